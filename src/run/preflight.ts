import type { Host } from '../host/host.ts';
import { UserError } from '../host/problems.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { RunRecord } from '../record/runRecord.ts';
import type { LoadSpec, Scenario } from '../scenario/scenario.ts';

/** What an agent or a proxy holds besides its connections: libraries, logs, event loops, listeners, admin; rounded up. */
const DESCRIPTORS_BESIDES = 64;
/** How long the end that closed a connection keeps its port: TCP_TIMEWAIT_LEN in Linux's include/net/tcp.h. */
const TIME_WAIT_SECONDS = 60;
/** From 1024 on: what the local platform widens a pod's range to for such a load. */
const PORTS_OF_A_POD = 65_535 - 1024 + 1;

/**
 * Refuses a load that this machine's limits would break in mid-trial; asked before anything is made.
 * @returns what could not be found out, each in one sentence
 * @throws UserError (exit 3) with what is needed, what there is, and the way out
 */
export async function refuseAboveLimits(host: Host, scenario: Scenario): Promise<readonly string[]> {
  // In a cluster the limits are those of the pods.
  if (scenario.platform !== 'local') return [];
  const limit = await openFilesLimit(host);
  if (isMissing(limit)) return [`whether the open files suffice is not known: ${limit.missing}`];
  const needed = descriptorsOf(scenario.load);
  if (needed <= limit) return [];
  const { connections } = scenario.load;
  throw new UserError(
    `${connections} connections need ${needed} open files in a process, and the limit here is ${limit}`,
    { exitCode: 3, hint: `raise it with "ulimit -n ${needed}" before the run, or lower load.connections` },
  );
}

/** A proxy holds each connection twice, downstream and upstream. */
const descriptorsOf = ({ connections }: LoadSpec) => 2 * connections + DESCRIPTORS_BESIDES;

/** Of this process, which Node has raised to the hard limit when it started; what is started by it inherits it. */
async function openFilesLimit(host: Host): Promise<Measured<number>> {
  const text = await host.readText('/proc/self/limits').catch(() => undefined);
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(text ?? '')?.[1];
  if (soft === undefined) return { missing: 'there is no such line in /proc/self/limits' };
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/**
 * Refuses a load that closes connections faster than the system gives their ports back: the driver would wait for a
 * port instead of measuring. On loopback (mode ports) Linux gives a port back after a second (tcp_tw_reuse = 2).
 * @throws UserError (exit 3)
 */
export function refusePortExhaustion(load: LoadSpec, platform: RunRecord['platform']): void {
  const { requestsPerConnection, warmUpMs, durationMs } = load;
  if (requestsPerConnection === undefined || platform.id !== 'local' || platform.mode === 'ports') return;
  const rate = Math.max(...load.arrivalRatesPerSecond);
  const seconds = Math.min(TIME_WAIT_SECONDS, (warmUpMs + durationMs) / 1000);
  const needed = Math.ceil((rate / requestsPerConnection) * seconds) + load.connections;
  if (needed <= PORTS_OF_A_POD) return;
  const least = Math.ceil((rate * seconds) / (PORTS_OF_A_POD - load.connections));
  throw new UserError(
    `${rate}/s with ${requestsPerConnection} requests per connection needs ${needed} ports in ${seconds} s, and a pod has ${PORTS_OF_A_POD}: a closed connection keeps its port for ${TIME_WAIT_SECONDS} s`,
    { exitCode: 3, hint: `load.requestsPerConnection of ${least} or more, a lower rate, or shorter trials` },
  );
}
