import { envoyCountersPath, readEnvoyCounters } from '../../meshes/envoy/admin.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { Admin } from '../asking.ts';

/** Envoy's count of the requests to its admin port since it started, the one that asks for it included. */
const ANSWERED = 'http.admin.downstream_rq_total';

/** The text of one of the proxy's own pages. */
export async function pageOf(admin: Admin, path: string): Promise<Measured<string>> {
  const answer = await admin(path);
  const [page] = path.split('?');
  if ('refused' in answer) return { missing: `the proxy's ${page}: ${answer.refused}` };
  return answer.status === 200 ? answer.body : { missing: `the proxy's ${page}: status ${answer.status}` };
}

/** Counters by their exact names; null for one that the proxy does not have yet. */
export async function readCounters(
  admin: Admin,
  names: readonly string[],
): Promise<Measured<Record<string, number | null>>> {
  const page = await pageOf(admin, envoyCountersPath(names));
  return isMissing(page) ? page : readEnvoyCounters(page, names);
}

/** An Envoy's admin port, and whether the process behind it is still the one that answered first. */
export interface SameEnvoy {
  admin: Admin;
  /** Why it is another process; undefined where it is the same. */
  beganAnew(): Promise<Measured<string | undefined>>;
}

/**
 * Tells an Envoy that was started again behind the same port, as a supervisor does: the first process has counted at
 * least what it answered here, and its successor has not. Its uptime would not do, since that is the difference of two
 * whole seconds of the wall clock, and a start anew within two seconds of the first can look like none.
 */
export function sameEnvoy(ask: Admin): SameEnvoy {
  let heard = 0;
  const admin: Admin = async (path) => {
    const answer = await ask(path);
    if ('status' in answer) heard += 1;
    return answer;
  };
  return {
    admin,
    beganAnew: async () => {
      const counters = await readCounters(admin, [ANSWERED]);
      if (isMissing(counters)) return counters;
      const counted = counters[ANSWERED] ?? 0;
      if (counted >= heard) return undefined;
      return `it began anew: ${counted} of the ${heard} answers of its admin port are its own`;
    },
  };
}
