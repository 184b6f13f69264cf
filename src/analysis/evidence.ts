import type { AnyHop } from '../meshes/mesh.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { Expectation } from '../record/runRecord.ts';
import type { ServiceTally, TrialRecord } from '../record/trialRecord.ts';

export interface SeenRequests {
  requests: number;
  byIdentity: ServiceTally['byIdentity'];
}

/** A service that gets each request, with whom it has to come from. */
export interface ServiceSeen {
  /** Undefined for the first service, which several pods may be. */
  pod: string | undefined;
  expected: string | null;
  seen: Measured<SeenRequests>;
}

/**
 * What each service counted over the whole trial: first that which the client calls, then those behind it. Each of them
 * has to have counted every request once, with the identity of the one that calls it.
 */
export function seenByEachService(
  trial: TrialRecord,
  expectation: Pick<Expectation, 'peerIdentity' | 'further'>,
): ServiceSeen[] {
  const further = expectation.further ?? [];
  const isFurther = (pod: string) => further.some((each) => each.pod === pod);
  const first = { ...trial, services: trial.services.filter(({ pod }) => !isFurther(pod)) };
  return [
    { pod: undefined, expected: expectation.peerIdentity, seen: seenByServices(first) },
    ...further.map(({ pod, peerIdentity }) => ({
      pod,
      expected: peerIdentity,
      seen: seenByServices({ ...trial, services: trial.services.filter((service) => service.pod === pod) }),
    })),
  ];
}

/** What pods that share the requests of one service counted together; missing as soon as one of them could not be asked. */
function seenByServices(trial: Pick<TrialRecord, 'services'>): Measured<SeenRequests> {
  if (trial.services.length === 0) return { missing: 'no service counted the requests of this trial' };
  const seen: SeenRequests = { requests: 0, byIdentity: [] };
  for (const { pod, tally } of trial.services) {
    if (isMissing(tally)) return { missing: `${pod}: ${tally.missing}` };
    seen.requests += tally.requests;
    seen.byIdentity = [...seen.byIdentity, ...tally.byIdentity];
  }
  return seen;
}

/** How many of the requests carried exactly this peer identity; null counts those that carried none. */
export function withIdentity(seen: SeenRequests, identity: string | null): number {
  return seen.byIdentity.reduce((sum, row) => (row.identity === identity ? sum + row.requests : sum), 0);
}

/**
 * A counter of the hop's proxy after the trial.
 *
 * @returns null when the proxy answered and has no such counter: proxies create some of them on first use.
 */
export function counterAfter(trial: TrialRecord, hop: AnyHop, counter: string): Measured<number | null> {
  return readCounter(trial, 'after', { hop, counter });
}

/** By how much a counter grew over the trial; one that the proxy did not have before the trial was at 0. */
export function counterGrowth(trial: TrialRecord, hop: AnyHop, counter: string): Measured<number> {
  const before = readCounter(trial, 'before', { hop, counter });
  if (isMissing(before)) return before;
  const after = readCounter(trial, 'after', { hop, counter });
  if (isMissing(after)) return after;
  return (after ?? 0) - (before ?? 0);
}

function readCounter(
  trial: TrialRecord,
  when: 'before' | 'after',
  { hop, counter }: { hop: AnyHop; counter: string },
): Measured<number | null> {
  const counters = trial.counters.find((entry) => entry.hop === hop);
  if (counters === undefined) return { missing: `the counters of the ${hop} proxy were not read` };
  const values = counters[when];
  if (isMissing(values)) return { missing: `the ${hop} proxy's counters ${when} the trial: ${values.missing}` };
  return Object.hasOwn(values, counter) ? (values[counter] ?? null) : null;
}
