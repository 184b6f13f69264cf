// @ts-nocheck
import { isMissing, type Measured } from '../../record/measured.ts';
import type { ProcessRecord, TrialRecord } from '../../record/trialRecord.ts';
import { grouped } from '../rounding.ts';
import { countOf, msText, shareText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, notMeasured } from './gate.ts';

const THROTTLED_AT_MOST = 0.01;

type Throttling = NonNullable<ProcessRecord['throttling']>;

/** What a process's CPU limits did between the first and the last reading, in words, and the share of its periods. */
function throttled(readings: Throttling | undefined): Measured<{ share: number; text: string }> {
  if (readings === undefined) return { missing: 'nobody looked at its CPU limit' };
  if (isMissing(readings)) return readings;
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined || first === last) return { missing: 'it was not read twice' };
  const periods = last.periods - first.periods;
  const held = last.throttledPeriods - first.throttledPeriods;
  if (periods < 0 || held < 0) return { missing: 'its counts began anew' };
  if (last.periods === 0) return { share: 0, text: 'no CPU limit is set' };
  // A group that never wanted to run has no periods, and was not held back in any.
  const share = periods === 0 ? 0 : held / periods;
  return { share, text: `held back in ${grouped(held)} of ${countOf(periods, 'period')} (${shareText(share)})` };
}

/** A proxy has to be watched; of the others, those whose limits somebody looked at. */
function judgeThrottling(trial: TrialRecord, { isMeshed }: GateContext): Judgement {
  const looked = trial.processes.filter(({ throttling }) => throttling !== undefined);
  const proxies = trial.processes.filter(({ role }) => role === 'proxy');
  if (isMeshed && proxies.length === 0) return notMeasured('no proxy of this trial was watched');
  if (looked.length === 0) {
    return isMeshed ? notMeasured('nobody looked at the CPU limits here') : answered(true, 'no proxy expected');
  }
  const judged = [...new Set([...(isMeshed ? proxies : []), ...looked])];
  const texts: string[] = [];
  const unknown: string[] = [];
  let worst = 0;
  for (const { role, hop, throttling } of judged) {
    const who = role === 'proxy' ? `${hop} proxy` : role;
    const found = throttled(throttling);
    if (isMissing(found)) {
      unknown.push(`${who}: ${found.missing}`);
      continue;
    }
    worst = Math.max(worst, found.share);
    texts.push(`${who}: ${found.text}`);
  }
  // One that was held back is enough; that the others were not takes readings of all of them.
  if (worst > THROTTLED_AT_MOST || unknown.length === 0) {
    return answered(worst <= THROTTLED_AT_MOST, [...texts, ...unknown].join('; '), worst);
  }
  return notMeasured(unknown.join('; '));
}

const throttling: Gate = {
  id: 'throttling',
  question: 'Was a proxy, the service or the driver held back by a CPU limit?',
  threshold: 'each of them throttled in at most 1 % of the periods of its CPU limits',
  reason:
    "Who has used up a quota stands still for the rest of the limit's period of 100 ms (kernel, sched-bwc), and every request in it waits as long: that is the limit's latency, not the mesh's. 1 % of the periods reaches p99.",
  remedy:
    'Raise or remove the CPU limit of the proxies, or of the container that the whole run is in, or lower the arrival rate.',
  kind: 'machine',
  required: false,
  judge: judgeThrottling,
};

function judgeRestarts({ restarts }: TrialRecord): Judgement {
  if (restarts === undefined) return notMeasured('nobody looked');
  if (isMissing(restarts)) return notMeasured(restarts.missing);
  if (restarts.length === 0) return answered(true, 'none ended', 0);
  const texts = restarts.map(
    ({ container, pod, count, reason }) => `${container} of pod ${pod} ended ${countOf(count, 'time')}: ${reason}`,
  );
  return answered(false, texts.join('; '), restarts.length);
}

const restarts: Gate = {
  id: 'restarts',
  question: 'Did every proxy, agent and container run through?',
  threshold: 'none ended or was started again during the trial',
  reason:
    'A proxy that starts anew has lost its connections, its warm caches and its counters: what was measured is partly its start, and its memory and CPU are those of two processes.',
  remedy:
    'Look at the reason: OOMKilled asks for a higher memory limit; a failed probe for more CPU or a lower arrival rate.',
  kind: 'machine',
  required: false,
  judge: judgeRestarts,
};

const PAUSE_BELOW_US = 100_000;

function judgePause(trial: TrialRecord): Judgement {
  const texts: string[] = [];
  let longest = 0;
  for (const { pod, tally } of trial.services) {
    if (isMissing(tally)) return notMeasured(tally.missing);
    if (tally.longestPauseUs === undefined) return notMeasured('the service did not meter its own pauses');
    longest = Math.max(longest, tally.longestPauseUs);
    texts.push(`${pod} ${msText(tally.longestPauseUs)}`);
  }
  if (texts.length === 0) return notMeasured('the trial has no service');
  return answered(longest < PAUSE_BELOW_US, `longest pause of the service: ${texts.join(', ')}`, longest);
}

const servicePause: Gate = {
  id: 'service-pause',
  question: 'Did the service keep answering?',
  threshold: "the service's loop never stood still for 100 ms or more, its asked service time left out",
  reason:
    'The service tells its own pauses, so that a slow proxy, whose delays are the result, is never taken for one. A shared host takes up to some 25 ms, a garbage collection of this small service less; 100 ms, as for the stall gates, is a stopped, throttled or swapped-out service, and it would stand in the tail as if the mesh had made it.',
  remedy: 'Find what stops the service: a debugger, a memory limit that makes it swap, a CPU limit, a frozen machine.',
  kind: 'machine',
  required: false,
  judge: judgePause,
};

/** Was everything left to run as it was deployed? */
export const containerGates: readonly Gate[] = [throttling, restarts, servicePause];
