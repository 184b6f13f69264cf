import { describe, expect, it } from 'vitest';
import { turningPoint } from '../../../src/analysis/stats/bisection.ts';

describe('the turning point of a condition', () => {
  it('is exact to the last bit', () => {
    expect(Math.abs(turningPoint((at) => at * at < 2, { low: 0, high: 2 }) - Math.SQRT2)).toBeLessThan(1e-15);
    expect(turningPoint((at) => at < 0.3, { low: 0, high: 1 })).toBeCloseTo(0.3, 15);
  });

  it('is a bound where the condition does not change between the two', () => {
    expect(turningPoint(() => true, { low: 0, high: 1 })).toBe(1);
    expect(turningPoint(() => false, { low: 1, high: 2 })).toBe(1);
  });
});
