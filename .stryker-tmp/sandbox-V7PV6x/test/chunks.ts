// @ts-nocheck
import fc from 'fast-check';

/** The pieces of a text as a network may deliver it: at least one, together the whole. */
export function cutAt(whole: Buffer, places: readonly number[]): Buffer[] {
  const cuts = [...new Set(places.map((place) => place % (whole.length + 1)))].sort((a, b) => a - b);
  const ends = [...cuts.filter((cut) => cut > 0 && cut < whole.length), whole.length];
  return ends.map((end, i) => whole.subarray(ends[i - 1] ?? 0, end));
}

/** Places at which to cut; many of them close together, since a head is short. */
export const places = fc.array(fc.oneof(fc.nat({ max: 120 }), fc.nat({ max: 100_000 })), { maxLength: 30 });
