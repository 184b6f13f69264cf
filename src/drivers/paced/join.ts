import { LatencyHistogram } from '../../record/histogram.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import type { Hiccups, SegmentRecord, StreamRecord } from '../../record/trialRecord.ts';
import type { DriveResult } from '../driver.ts';
import { KEPT_FAILURES, meanRate, type RecordedSegment } from './recorder.ts';
import { joinSamples, perSecondOf, tailEpisodesOf } from './timeline.ts';

/** What one thread of a paced drive did: plain data. */
export interface PacedPart {
  segments: RecordedSegment[];
  connections: DriveResult['connections'];
  hiccups: Measured<Hiccups>;
  failures: DriveResult['failures'];
}

/** The parts of all threads of a drive as the one drive that they were. */
export function joinParts(
  parts: readonly PacedPart[],
  { driver, model }: Pick<DriveResult, 'driver' | 'model'>,
): DriveResult {
  const [first] = parts;
  if (first === undefined) throw new Error('a drive without a thread');
  return {
    driver,
    model,
    connections: joinConnections(parts.map(({ connections }) => connections)),
    segments: first.segments.map((_, index) => joinSegments(parts.flatMap(({ segments }) => segments[index] ?? []))),
    hiccups: joinHiccups(parts.map(({ hiccups }) => hiccups)),
    failures: parts
      .flatMap(({ failures }) => failures)
      .sort((a, b) => Number(a['atUs']) - Number(b['atUs']))
      .slice(0, KEPT_FAILURES),
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

function joinConnections(parts: readonly DriveResult['connections'][]): DriveResult['connections'] {
  const failedDials: Record<string, number> = {};
  for (const part of parts) {
    for (const [failure, times] of Object.entries(part.failedDials ?? {})) {
      failedDials[failure] = (failedDials[failure] ?? 0) + times;
    }
  }
  return {
    requested: sumOf(parts.map(({ requested }) => requested)),
    ...sumWhereTold('open', parts),
    ...sumWhereTold('opened', parts),
    ...(Object.keys(failedDials).length === 0 ? {} : { failedDials }),
  };
}

function sumWhereTold(
  of: 'open' | 'opened',
  parts: readonly DriveResult['connections'][],
): { open?: number; opened?: number } {
  const told = parts.flatMap((part) => part[of] ?? []);
  return told.length === parts.length ? { [of]: sumOf(told) } : {};
}

function joinSegments(parts: readonly RecordedSegment[]): SegmentRecord {
  const [first] = parts;
  if (first === undefined) throw new Error('a segment that no thread recorded');
  const { spec } = first;
  const samples = joinSamples(parts.map((part) => part.samples));
  const count = (of: keyof SegmentRecord['counts']) => sumOf(parts.map(({ counts }) => counts[of]));
  const payload = (of: keyof RecordedSegment['payload']) => sumOf(parts.map((part) => part.payload[of]));
  return {
    name: spec.name,
    measured: spec.measured,
    fromUs: spec.fromMs * 1000,
    toUs: spec.toMs * 1000,
    requestedRatePerSecond: meanRate(spec),
    counts: {
      scheduled: count('scheduled'),
      sent: count('sent'),
      completed: count('completed'),
      failed: count('failed'),
      unsent: count('unsent'),
    },
    streams: parts.length === 1 ? first.streams : joinStreams(parts.flatMap(({ streams }) => streams)),
    perSecond: perSecondOf(samples),
    tailEpisodes: tailEpisodesOf(samples),
    payload: {
      responses: payload('responses'),
      bodyBytes: payload('bodyBytes'),
      expectedBytes: payload('expectedBytes'),
      wrongSize: payload('wrongSize'),
    },
  };
}

function joinStreams(streams: readonly StreamRecord[]): StreamRecord[] {
  const alike = new Map<string, StreamRecord[]>();
  for (const stream of streams) {
    const key = `${stream.target}\n${stream.outcome}`;
    alike.set(key, [...(alike.get(key) ?? []), stream]);
  }
  return [...alike.values()].map((group) => ({
    target: group[0]?.target ?? '',
    outcome: group[0]?.outcome ?? 'ok',
    requests: sumOf(group.map(({ requests }) => requests)),
    response: merged(group.map(({ response }) => response)),
    service: merged(group.map(({ service }) => service)),
    lag: merged(group.map(({ lag }) => lag)),
    ...waitsOf(group),
  }));
}

/** A thread that had no such request has nothing to tell; one that had some and tells nothing spoils it for all. */
function waitsOf(streams: readonly StreamRecord[]): Pick<StreamRecord, 'wait'> {
  const asked = streams.filter(({ requests }) => requests > 0);
  const told = asked.flatMap(({ wait }) => (wait === undefined ? [] : [wait]));
  return told.length === 0 || told.length < asked.length ? {} : { wait: merged(told) };
}

const merged = (encoded: readonly string[]): string => LatencyHistogram.merged(encoded).encode();

/** Threads lose time each for themselves: their windows add up, and so does what was lost of them. */
function joinHiccups(parts: readonly Measured<Hiccups>[]): Measured<Hiccups> {
  const known: Hiccups[] = [];
  for (const part of parts) {
    if (isMissing(part)) return part;
    known.push(part);
  }
  const [first] = known;
  if (first === undefined) return { missing: 'no thread metered its loop' };
  return {
    ...first,
    windowUs: sumOf(known.map(({ windowUs }) => windowUs)),
    lostUs: sumOf(known.map(({ lostUs }) => lostUs)),
    longestUs: Math.max(...known.map(({ longestUs }) => longestUs)),
    stalls: sumOf(known.map(({ stalls }) => stalls)),
  };
}
