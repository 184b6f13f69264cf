/**
 * Where `holds` turns false, which it does once on the way from `low` to `high`; to the last bit of a double.
 *
 * @param between two finite bounds; the point is one of them where `holds` does not change between them
 */
export function turningPoint(holds: (at: number) => boolean, between: { low: number; high: number }): number {
  let { low, high } = between;
  let middle = (low + high) / 2;
  // Between two neighbouring doubles there is none, and the middle is one of the two.
  while (middle !== low && middle !== high) {
    if (holds(middle)) low = middle;
    else high = middle;
    middle = (low + high) / 2;
  }
  return middle;
}
