import { describe, expect, it } from 'vitest';
import { exactProportion } from '../../../src/analysis/stats/proportion.ts';

const interval = (count: number, trials: number) => exactProportion(count, { trials, confidence: 0.95 });

describe('the exact interval of a proportion', () => {
  it('without any event runs from 0 to 1 - 0.025^(1/n)', () => {
    expect(interval(0, 10)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 10), 12) });
    expect(interval(0, 24_000)).toEqual({ low: 0, high: expect.closeTo(1 - 0.025 ** (1 / 24_000), 12) });
  });

  it('where every trial is an event runs from 0.025^(1/n) to 1', () => {
    expect(interval(10, 10)).toEqual({ low: expect.closeTo(0.025 ** (1 / 10), 12), high: 1 });
  });

  it('of 1 in 2 solves 1 - (1 - p)^2 = 0.025 and 1 - p^2 = 0.025', () => {
    expect(interval(1, 2)).toEqual({
      low: expect.closeTo(1 - Math.sqrt(0.975), 12),
      high: expect.closeTo(Math.sqrt(0.975), 12),
    });
  });

  it('of 2 in 10 is the one of the tables: 2.5 to 55.6 %', () => {
    expect(interval(2, 10)).toEqual({ low: expect.closeTo(0.0252, 4), high: expect.closeTo(0.5561, 4) });
  });

  it('of a single trial leaves out 2.5 % at the far end', () => {
    expect(interval(0, 1)).toEqual({ low: 0, high: expect.closeTo(0.975, 12) });
    expect(interval(1, 1)).toEqual({ low: expect.closeTo(0.025, 12), high: 1 });
  });

  it('refuses more events than trials', () => {
    expect(() => interval(-1, 2)).toThrow('-1 events in 2 trials');
    expect(() => interval(3, 2)).toThrow('3 events in 2 trials');
    expect(() => interval(0, 0)).toThrow(RangeError);
  });
});
