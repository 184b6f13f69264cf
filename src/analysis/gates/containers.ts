import { isMissing, type Measured } from '../../record/measured.ts';
import type { ProcessRecord, TrialRecord } from '../../record/trialRecord.ts';
import { grouped } from '../rounding.ts';
import { countOf, shareText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, notMeasured } from './gate.ts';

const THROTTLED_AT_MOST = 0.01;

type Throttling = NonNullable<ProcessRecord['throttling']>;

/** What a proxy's CPU limit did between the first and the last reading, in words, and the share of its periods. */
function throttled(readings: Throttling | undefined): Measured<{ share: number; text: string }> {
  if (readings === undefined) return { missing: 'it has no control group of its own' };
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

function judgeThrottling(trial: TrialRecord, { isMeshed }: GateContext): Judgement {
  if (!isMeshed) return answered(true, 'no proxy expected');
  const proxies = trial.processes.filter(({ role }) => role === 'proxy');
  if (proxies.length === 0) return notMeasured('no proxy of this trial was watched');
  if (proxies.every(({ throttling }) => throttling === undefined)) {
    return notMeasured('the proxies have no control group of their own here');
  }
  const texts: string[] = [];
  const unknown: string[] = [];
  let worst = 0;
  for (const { hop, throttling } of proxies) {
    const found = throttled(throttling);
    if (isMissing(found)) {
      unknown.push(`${hop} proxy: ${found.missing}`);
      continue;
    }
    worst = Math.max(worst, found.share);
    texts.push(`${hop} proxy: ${found.text}`);
  }
  // One that was held back is enough; that the others were not takes readings of all of them.
  if (worst > THROTTLED_AT_MOST || unknown.length === 0) {
    return answered(worst <= THROTTLED_AT_MOST, [...texts, ...unknown].join('; '), worst);
  }
  return notMeasured(unknown.join('; '));
}

const throttling: Gate = {
  id: 'throttling',
  question: 'Was a proxy held back by its CPU limit?',
  threshold: 'each proxy throttled in at most 1 % of the periods of its CPU limit',
  reason:
    "A proxy that has used up its quota stands still for the rest of the limit's period of 100 ms, and every request in it waits as long: that is the limit's latency, not the mesh's.",
  remedy: "Raise or remove the proxies' CPU limit, or lower the arrival rate.",
  kind: 'machine',
  required: false,
  judge: judgeThrottling,
};

function judgeRestarts({ restarts }: TrialRecord): Judgement {
  if (restarts === undefined) return notMeasured('this platform has no containers');
  if (isMissing(restarts)) return notMeasured(restarts.missing);
  if (restarts.length === 0) return answered(true, 'no container ended', 0);
  const texts = restarts.map(
    ({ container, pod, count, reason }) =>
      `container ${container} of pod ${pod} ended ${countOf(count, 'time')}: ${reason}`,
  );
  return answered(false, texts.join('; '), restarts.length);
}

const restarts: Gate = {
  id: 'restarts',
  question: 'Did every container run through?',
  threshold: 'no container ended or was started again during the trial',
  reason:
    'A container that starts anew has lost its connections, its warm caches and its counters: what was measured is partly its start, and its memory and CPU are those of two processes.',
  remedy:
    'Look at the reason: OOMKilled asks for a higher memory limit; a failed probe for more CPU or a lower arrival rate.',
  kind: 'machine',
  required: false,
  judge: judgeRestarts,
};

/** Were the containers left to run as they were deployed? */
export const containerGates: readonly Gate[] = [throttling, restarts];
