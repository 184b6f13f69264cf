/** CLOCK_MONOTONIC in µs with fractions, without the garbage that a bigint makes at each reading. */
// @ts-nocheck

export function monotonicClock(): { nowUs(): number } {
  const offset = Number(process.hrtime.bigint()) / 1000 - performance.now() * 1000;
  return { nowUs: () => performance.now() * 1000 + offset };
}
