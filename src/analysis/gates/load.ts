import { isMissing } from '../../record/measured.ts';
import type { TrialRecord } from '../../record/trialRecord.ts';
import { grouped } from '../rounding.ts';
import { connectionWaits, measuredSegments, windowCounts } from '../window.ts';
import { countOf, shareText } from '../wording.ts';
import { answered, type Gate, type Judgement, notMeasured } from './gate.ts';

const NOTHING_SCHEDULED = 'no request was scheduled in the window';

const SENT_AT_LEAST = 0.999;
const RATE_WITHIN = 0.01;

function judgeRate(trial: TrialRecord): Judgement {
  const { scheduled, sent, completed } = windowCounts(trial);
  if (scheduled === 0) return notMeasured(NOTHING_SCHEDULED);
  const missed = 1 - sent / scheduled;
  // Over the same window, the ratio of the rates is that of the counts; a quotient minus 1 would be off by a rounding.
  const off = Math.abs(completed - scheduled) / scheduled;
  const detail = `${shareText(sent / scheduled)} of ${countOf(scheduled, 'scheduled request')} sent, ${grouped(completed)} completed, ${shareText(off)} off the offered rate`;
  return answered(sent >= SENT_AT_LEAST * scheduled && off <= RATE_WITHIN, detail, Math.max(missed, off));
}

const rateAchieved: Gate = {
  id: 'rate-achieved',
  question: 'Was the arrival rate held?',
  threshold: 'at least 99.9 % of the scheduled requests sent, and the achieved rate within 1 % of the offered one',
  reason:
    'A response time belongs to the rate it was measured at: near saturation one per cent of load can move the tail by more than a proxy does.',
  remedy: 'Lower the arrival rate, or give driver and system more cores.',
  kind: 'load',
  required: true,
  judge: judgeRate,
};

function judgeUnsent(trial: TrialRecord): Judgement {
  const { scheduled, unsent } = windowCounts(trial);
  if (scheduled === 0) return notMeasured(NOTHING_SCHEDULED);
  const dials = trial.clients.flatMap(({ connections }) =>
    Object.entries(connections.failedDials ?? {}).map(
      ([failure, times]) => `${countOf(times, 'connection')} not opened: ${failure}`,
    ),
  );
  const detail = [`${grouped(unsent)} of ${countOf(scheduled, 'scheduled request')} unsent`, ...dials].join('; ');
  return answered(unsent === 0, detail, unsent);
}

const unsent: Gate = {
  id: 'unsent',
  question: 'Was every scheduled request sent?',
  threshold: 'no unsent request in the window',
  reason:
    'A request that is left out is one that would have waited: leaving it out hides exactly the slow ones (coordinated omission).',
  remedy: 'Raise the number of connections, lower the arrival rate, or lengthen the timeout.',
  kind: 'load',
  required: true,
  judge: judgeUnsent,
};

const WAIT_FROM_US = 1000;
const WAITED_AT_MOST = 0.05;

function judgeWaits(trial: TrialRecord): Judgement {
  const told = connectionWaits(trial);
  if (isMissing(told)) return notMeasured(told.missing);
  const long = told.waits.countAbove(WAIT_FROM_US) / told.requests;
  const detail = `${shareText(long)} of ${countOf(told.requests, 'request')} waited over 1 ms for a free connection`;
  return answered(long <= WAITED_AT_MOST, detail, long);
}

const freeConnection: Gate = {
  id: 'free-connection',
  question: 'Was a connection free when a request fell due?',
  threshold: 'at most 5 % of the requests waited over 1 ms for a free connection',
  reason:
    'Response time counts from the intended start, so that the wait is in it, and with another number of connections it would be another one. Where more falls due than is answered, it grows for as long as the trial lasts.',
  remedy: 'Raise the number of connections; where that does not help, the system does not hold this rate: lower it.',
  kind: 'load',
  // A closed loop has no such wait, and other tools do not tell it.
  required: false,
  judge: judgeWaits,
};

const FAILED_AT_MOST = 0.001;

function judgeErrors(trial: TrialRecord): Judgement {
  const { sent, failed } = windowCounts(trial);
  if (sent === 0) return notMeasured('no request was sent in the window');
  const byClass = new Map<string, number>();
  for (const { outcome, requests } of measuredSegments(trial).flatMap((segment) => segment.streams)) {
    if (outcome !== 'ok' && requests > 0) byClass.set(outcome, (byClass.get(outcome) ?? 0) + requests);
  }
  const classes = [...byClass].map(([outcome, requests]) => `${grouped(requests)} ${outcome}`).join(', ');
  const detail = `${grouped(failed)} of ${countOf(sent, 'request')} failed (${shareText(failed / sent)})${classes && `: ${classes}`}`;
  return answered(failed <= FAILED_AT_MOST * sent, detail, failed / sent);
}

const errors: Gate = {
  id: 'errors',
  question: 'Were the requests answered?',
  threshold: 'at most 0.1 % of the sent requests failed',
  reason:
    'Failures are often faster than answers and have no response time to compare; more of them than the p99.9 tail holds could decide a percentile.',
  remedy: "Look at the trial's first failures by class; a proxy that is still starting needs a longer warm-up.",
  kind: 'load',
  required: true,
  judge: judgeErrors,
};

function judgePayload(trial: TrialRecord): Judgement {
  const payload = { responses: 0, bodyBytes: 0, wrongSize: 0 };
  let expected = 0;
  for (const segment of measuredSegments(trial)) {
    const own = segment.payload;
    if (isMissing(own)) return notMeasured(own.missing);
    expected += own.expectedBytes ?? own.responses * trial.requested.responseBytes;
    payload.responses += own.responses;
    payload.bodyBytes += own.bodyBytes;
    payload.wrongSize += own.wrongSize;
  }
  if (payload.responses === 0) return notMeasured('no response arrived in the window');
  const detail = `${countOf(payload.bodyBytes, 'byte')} in ${countOf(payload.responses, 'response')}, ${grouped(expected)} expected, ${grouped(payload.wrongSize)} of the wrong size`;
  return answered(payload.wrongSize === 0 && payload.bodyBytes === expected, detail, payload.wrongSize);
}

const payload: Gate = {
  id: 'payload',
  question: 'Did every response carry the asked body?',
  threshold: 'no response of the wrong size, and the body bytes are responses times the asked size',
  reason:
    'A short answer, such as an error page with status 200, is a different and usually a cheaper request than the one that was asked about.',
  remedy: 'Check what answers on the path: the service answers /bytes/N with N bytes.',
  kind: 'load',
  // A script of the user's own sends what it likes, and its bodies are known to nobody.
  required: false,
  judge: judgePayload,
};

/** Was the load that was asked for really put on, and answered? */
export const loadGates: readonly Gate[] = [rateAchieved, unsent, freeConnection, errors, payload];
