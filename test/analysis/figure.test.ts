import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceText, figureOf, figureText, limitText, numberOf, numberText } from '../../src/analysis/figure.ts';
import { isMissing } from '../../src/record/measured.ts';
import { estimate } from '../report/fixture/loads.ts';

describe('figureOf', () => {
  it('prints µs as ms, with the digits that the interval speaks for', () => {
    expect(figureOf('latency', estimate(524, 493, 551))).toEqual({
      point: '0.52',
      low: '0.49',
      high: '0.55',
      unit: 'ms',
      blocks: 6,
      confidence: '96.9 %',
    });
  });

  it.each([
    ['latency', estimate(492, 471, 517), '0.492 ms (0.471 to 0.517)'],
    ['latency', estimate(1334, 1081, 1702), '1.3 ms (1.1 to 1.7)'],
    ['latency', estimate(-4, -22, 17), '-0.004 ms (-0.022 to 0.017)'],
    ['latency', estimate(12_400, 9_800, 15_900), '12 ms (10 to 16)'],
    ['cpu', estimate(137.9, 132.384, 144.1055), '138 millicores (132 to 144)'],
    ['cpu', estimate(42.5, 40.8, 44.4), '42.5 millicores (40.8 to 44.4)'],
    ['memory', estimate(48.3e6, 47.9e6, 48.8e6), '46.1 MiB (45.7 to 46.5)'],
    ['cpuPerThousandRequests', estimate(85, 81.6, 88.8), '85 ms (82 to 89)'],
    ['rate', estimate(23_675, 20_700, 26_650), '23,675 requests/s (20,700 to 26,650)'],
    ['rate', estimate(1000.4, 1000.1, 1000.8), '1000.4 requests/s (1000.1 to 1000.8)'],
    ['cpu', estimate(2300, 2000, 2600), '2300 millicores (2000 to 2600)'],
  ] as const)('prints an estimate of %s %o as %s', (id, value, expected) => {
    expect(figureText(figureOf(id, value))).toBe(expected);
  });

  it('adds digits where rounding would put a bound on or over the budget beside it', () => {
    const value = estimate(4000, 3000, 4960);
    expect(figureText(figureOf('latency', value))).toBe('4.0 ms (3.0 to 5.0)');
    expect(figureText(figureOf('latency', value, 5000))).toBe('4.00 ms (3.00 to 4.96)');
  });

  it('adds no more digits than were measured, even where a bound then reads as the budget', () => {
    // CPU carries one decimal: 99.98 reads as 100.0.
    expect(figureText(figureOf('cpu', estimate(99.5, 99, 99.98), 100))).toBe('99.5 millicores (99.0 to 100.0)');
  });

  it('adds none where rounding leaves both bounds where they are, on the budget or beside it', () => {
    expect(figureText(figureOf('latency', estimate(4000, 3000, 5000), 5000))).toBe('4.0 ms (3.0 to 5.0)');
    expect(figureText(figureOf('latency', estimate(4000, 3000, 4960), 10_000))).toBe('4.0 ms (3.0 to 5.0)');
    expect(figureText(figureOf('latency', estimate(4000, 3040, 5000), 3000))).toBe('4.00 ms (3.04 to 5.00)');
  });

  const exact = (point: number, low: number, high: number) =>
    ({ point, low, high, n: 3, confidence: 1, method: 'exact' }) as const;

  it('prints an exact value by itself, as short as it is, and a range where exact values differ', () => {
    const one = figureOf('fleetCpu', exact(12_500, 12_500, 12_500));
    expect(one).toEqual({
      point: '12.5',
      low: '12.5',
      high: '12.5',
      unit: 'cores',
      blocks: 3,
      confidence: '100 %',
      isExact: true,
    });
    expect(figureText(one)).toBe('12.5 cores');
    expect(figureText(figureOf('fleetCpu', exact(2000, 1000, 3000)))).toBe('2.0 cores (1.0 to 3.0)');
  });

  it('prints an estimated value without spread with its interval all the same', () => {
    expect(figureText(figureOf('latency', estimate(500, 500, 500)))).toBe('0.500 ms (0.500 to 0.500)');
  });

  it('keeps every bound on its side of a budget that differs from it by 1 µs or more', () => {
    const us = fc.integer({ min: -50_000, max: 50_000 });
    fc.assert(
      fc.property(us, us, us, (a, b, limit) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const figure = figureOf('latency', estimate((low + high) / 2, low, high), limit);
        if (isMissing(figure)) throw new Error('a finite estimate has a figure');
        expect(Math.sign(Number(figure.low) - limit / 1000)).toBe(Math.sign(low - limit));
        expect(Math.sign(Number(figure.high) - limit / 1000)).toBe(Math.sign(high - limit));
      }),
    );
  });

  it('keeps a missing value with its reason and never makes it a number', () => {
    expect(figureOf('latency', { missing: 'needs 25,000 requests' })).toEqual({ missing: 'needs 25,000 requests' });
    expect(figureText({ missing: 'needs 25,000 requests' })).toBe('— (needs 25,000 requests)');
    const infinite = { missing: 'no finite number came of the trials' };
    expect(figureOf('cpu', estimate(1, Number.NEGATIVE_INFINITY, 2))).toEqual(infinite);
    expect(numberOf('cpu', Number.NaN)).toEqual(infinite);
  });
});

describe('numberOf and limitText', () => {
  it('prints a measured number to three significant digits', () => {
    expect([611.8, 1712, 61_180].map((us) => numberOf('latency', us))).toEqual(['0.612', '1.71', '61.2']);
  });

  it('prints as many digits as are asked, and the unit after them', () => {
    expect([numberOf('latency', 1712, 2), numberOf('latency', 1712, 4)]).toEqual(['1.7', '1.712']);
    expect(numberText('1.71', 'ms')).toBe('1.71 ms');
    expect(numberText({ missing: 'no valid trial' }, 'ms')).toBe('— (no valid trial)');
    expect(numberOf('latency', { missing: 'no valid trial' })).toEqual({ missing: 'no valid trial' });
  });

  it('prints each quantity in its own unit', () => {
    const limits = [
      limitText('cpu', 100),
      limitText('cpuPerThousandRequests', 85),
      limitText('cpuPerThousandPerSecond', 85),
      limitText('fleetCpu', 10_000),
      limitText('fleetMemory', 2 ** 33),
      limitText('success', 0.999),
      limitText('setUp', 1_500_000),
    ];
    expect(limits).toEqual([
      '100 millicores',
      '85 ms',
      '85 millicores per 1,000/s',
      '10 cores',
      '8 GiB',
      '99.9 %',
      '1.5 s',
    ]);
  });

  it('prints a limit as exactly as it was set', () => {
    expect([limitText('latency', 5000), limitText('latency', 250), limitText('memory', 128 * 1024 * 1024)]).toEqual([
      '5 ms',
      '0.25 ms',
      '128 MiB',
    ]);
  });
});

describe('confidenceText', () => {
  const figures = [estimate(1, 0, 2), { ...estimate(1, 0, 2), n: 8, confidence: 0.9453 }, { missing: 'no block' }];

  it('gives one confidence where all figures share it, and a range where they do not', () => {
    const [first, second, third] = figures.map((value) => figureOf('cpu', value));
    if (first === undefined || second === undefined || third === undefined) throw new Error('three figures were made');
    expect(confidenceText([first, third])).toBe('96.9 % confidence over 6 blocks');
    expect(confidenceText([first, second])).toBe('94.5 to 96.9 % confidence over 6 to 8 blocks');
    expect(confidenceText([third])).toBeUndefined();
    expect(confidenceText([])).toBeUndefined();
  });
});
