import { isMissing, type Measured } from '../../record/measured.ts';
import type { Hiccups, TrialRecord } from '../../record/trialRecord.ts';
import { median } from '../stats/quantile.ts';
import { connectionWaits, sendingLag } from '../window.ts';
import { countOf, msText, shareText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, notMeasured } from './gate.ts';

const LATE_AT_MOST = 0.05;

/** From where on a request counts as late, and within what half of them are to be sent. */
interface Punctuality {
  lateFromUs: number;
  medianAtMostUs: number;
}

const PACED: Punctuality = { lateFromUs: 1000, medianAtMostUs: 100 };
/**
 * k6 sleeps as Go does, in epoll_wait, whose timeout is whole milliseconds (golang/go issue 53824): alone on an idle core
 * its requests are evenly 0 to 1 ms late, and late by what disturbs it only beyond that.
 */
const K6: Punctuality = { lateFromUs: 2000, medianAtMostUs: 1000 };

/** Of several clients, k6 stands for all of them. */
const punctualityOf = ({ clients }: TrialRecord): Punctuality =>
  clients.some(({ driver }) => driver === 'k6') ? K6 : PACED;

function judgeLateness(trial: TrialRecord): Judgement {
  const lag = sendingLag(trial);
  const middle = lag.quantile(0.5);
  if (middle === undefined) return notMeasured('no request of the window has a recorded lag');
  const { lateFromUs, medianAtMostUs } = punctualityOf(trial);
  const late = lag.countAbove(lateFromUs) / lag.count;
  const isOnTime = late <= LATE_AT_MOST && middle <= medianAtMostUs;
  const detail = `${shareText(late)} of ${countOf(lag.count, 'request')} sent over ${lateFromUs / 1000} ms late, half of them within ${middle} µs`;
  // Where the two are not told apart, the system may be what the requests waited for.
  const whoseFault = isOnTime || !isMissing(connectionWaits(trial)) ? '' : '; waiting for a free connection is in it';
  return answered(isOnTime, `${detail}${whoseFault}`, late);
}

const lateness: Gate = {
  id: 'lateness',
  question: 'Did the driver send on time?',
  threshold:
    'at most 5 % of the requests sent over 1 ms after they were due and a connection was free, and half of them within 100 µs; by k6 over 2 ms, and within 1 ms',
  reason:
    "Response time counts from the intended start, so the driver's own lateness is in it. A paced driver alone on a core sends half of its requests within some 50 µs; a host that takes 1 to 2 % of the time makes up to 5 % late in bursts, which interval and noise floor cover. More is the driver's own doing. k6 wakes up by a clock of 1 ms, so that its requests are evenly 0 to 1 ms late on an idle core, alike with and without a mesh.",
  remedy: "Keep the driver's core free of other work, or lower the arrival rate.",
  kind: 'machine',
  required: true,
  judge: judgeLateness,
};

const LOST_AT_MOST = 0.05;
const LONGEST_BELOW_US = 100_000;
const TIMES_THE_BLOCK = 4;
const ABOVE_THE_BLOCK = 0.01;

type Meter = (trial: TrialRecord) => Measured<Hiccups>;

const shareLost = ({ lostUs, windowUs }: Hiccups): number => lostUs / windowUs;

/** Of several clients, the one that lost the largest share of its window stands for the generator. */
const generatorMeter: Meter = (trial) => {
  let worst: Hiccups | undefined;
  for (const { id, hiccups } of trial.clients) {
    if (isMissing(hiccups)) return { missing: `client ${id}: ${hiccups.missing}` };
    if (worst === undefined || shareLost(hiccups) > shareLost(worst)) worst = hiccups;
  }
  return worst ?? { missing: 'the trial has no client' };
};

const systemMeter: Meter = (trial) => trial.hiccups;

function judgeStalls(meter: Meter, trial: TrialRecord, { peers }: GateContext): Judgement {
  const found = meter(trial);
  if (isMissing(found)) return notMeasured(found.missing);
  if (!(found.windowUs > 0)) return notMeasured('the meter ran for no time');
  const others = peers.filter((peer) => peer.spec.index !== trial.spec.index);
  const shares = [trial, ...others].flatMap((peer) => {
    const hiccups = meter(peer);
    return isMissing(hiccups) || !(hiccups.windowUs > 0) ? [] : [shareLost(hiccups)];
  });
  const lost = shareLost(found);
  const usual = median(shares) ?? lost;
  const isFair =
    lost <= LOST_AT_MOST && found.longestUs < LONGEST_BELOW_US && lost <= TIMES_THE_BLOCK * usual + ABOVE_THE_BLOCK;
  const detail = `${shareText(lost)} of the window lost in ${countOf(found.stalls, 'stall')} over 1 ms, the longest ${msText(found.longestUs)}; median of the block's trials ${shareText(usual)}`;
  return answered(isFair, detail, lost);
}

const STALLS = {
  threshold:
    "at most 5 % of the window lost and no stall of 100 ms or more; and at most 4 times the median of the block's trials plus 1 %",
  reason:
    'A virtual machine whose host is shared loses 1 to 2 % of each core by itself, with stalls of up to some 25 ms: that is noise, which the interval over blocks covers. Several per cent, or one stall of 100 ms as when a host throttles, no comparison can carry; and a trial that lost far more than its neighbours was measured on another machine than they.',
  kind: 'machine',
  required: false,
} as const;

const stallsGenerator: Gate = {
  ...STALLS,
  id: 'stalls-generator',
  question: "Was the driver's core left to the driver?",
  remedy: 'Stop other work on this machine, or use one whose cores are not shared.',
  judge: (trial, context) => judgeStalls(generatorMeter, trial, context),
};

const stallsSystem: Gate = {
  ...STALLS,
  id: 'stalls-system',
  question: 'Were the cores under test left to the system under test?',
  remedy: 'Stop other work on this machine, or use one whose cores are not shared.',
  judge: (trial, context) => judgeStalls(systemMeter, trial, context),
};

const STOLEN_AT_MOST = 0.05;

function judgeSteal({ machine }: TrialRecord): Judgement {
  if (isMissing(machine)) return notMeasured(machine.missing);
  const [first, last] = [machine[0], machine.at(-1)];
  if (first === undefined || last === undefined || first === last) return notMeasured('the machine was not read twice');
  // The count is the kernel's since it started.
  if (last.stealNs === 0)
    return notMeasured('this kernel has never counted any: no host takes time, or it does not tell');
  const elapsedUs = last.atUs - first.atUs;
  const stolen = (last.stealNs - first.stealNs) / (elapsedUs * 1000);
  const detail = `${shareText(stolen)} of a core's time over ${(elapsedUs / 1e6).toFixed(1)} s`;
  return answered(stolen <= STOLEN_AT_MOST, detail, stolen);
}

const steal: Gate = {
  id: 'steal',
  question: 'Did the host leave the machine its time?',
  threshold: "at most 5 % of one core's time stolen, by the kernel's own count over all cores",
  reason:
    'As much as the stall gates allow. The count is in steps of 10 ms (proc_stat(5)) and a host need not tell, so that a pass here says less than a pass of the stall gates, while a failure says the same.',
  remedy: 'Use a machine whose cores are not shared, or run when its neighbours are quiet.',
  kind: 'machine',
  required: false,
  judge: judgeSteal,
};

/** Was the machine steady enough to measure on? */
export const machineGates: readonly Gate[] = [lateness, stallsGenerator, stallsSystem, steal];
