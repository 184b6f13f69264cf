// @ts-nocheck
import { LatencyHistogram } from '../record/histogram.ts';
import type { ServiceTally } from '../record/trialRecord.ts';

/** Counts what the sample service saw since the tally was begun. */
export interface Tally {
  connection(peer: string): void;
  request(seen: { identity: string | null; attempt: number | null; bodyBytes: number; answeredBytes: number }): void;
  served(us: number): void;
  malformed(): void;
  /** A sign of life, in µs of any clock that stays the same: the time since the last one was a pause. */
  alive(atUs: number): void;
  /** The time until now was spent on purpose, and was no pause. */
  worked(untilUs: number): void;
  snapshot(): ServiceTally;
}

export function createTally(): Tally {
  const byIdentity = new Map<string, { identity: string | null; attempt: number | null; requests: number }>();
  const peers = new Map<string, number>();
  const serviceTime = LatencyHistogram.create();
  const sums = { requests: 0, requestBodyBytes: 0, responseBodyBytes: 0, malformed: 0 };
  let lastAliveUs: number | undefined;
  let longestPauseUs = 0;
  return {
    connection: (peer) => {
      peers.set(peer, (peers.get(peer) ?? 0) + 1);
    },
    request(seen) {
      sums.requests++;
      sums.requestBodyBytes += seen.bodyBytes;
      sums.responseBodyBytes += seen.answeredBytes;
      const key = `${seen.attempt} ${seen.identity}`;
      const entry = byIdentity.get(key);
      if (entry === undefined) byIdentity.set(key, { identity: seen.identity, attempt: seen.attempt, requests: 1 });
      else entry.requests++;
    },
    served: (us) => serviceTime.record(us),
    malformed: () => {
      sums.malformed++;
    },
    alive(atUs) {
      if (lastAliveUs !== undefined) longestPauseUs = Math.max(longestPauseUs, atUs - lastAliveUs);
      lastAliveUs = atUs;
    },
    worked: (untilUs) => {
      lastAliveUs = untilUs;
    },
    snapshot: () => ({
      ...sums,
      longestPauseUs: Math.round(longestPauseUs),
      byIdentity: [...byIdentity.values()].map((entry) => ({ ...entry })),
      peers: [...peers].map(([address, connections]) => ({ address, connections })),
      serviceTime: serviceTime.encode(),
    }),
  };
}
