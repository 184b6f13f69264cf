// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { confidenceText, figureOf, figureText, limitText, numberOf } from '../../src/analysis/figure.ts';
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
  ] as const)('prints an estimate of %s %o as %s', (id, value, expected) => {
    expect(figureText(figureOf(id, value))).toBe(expected);
  });

  it('adds digits where rounding would put a bound on or over the budget beside it', () => {
    const value = estimate(4000, 3000, 4960);
    expect(figureText(figureOf('latency', value))).toBe('4.0 ms (3.0 to 5.0)');
    expect(figureText(figureOf('latency', value, 5000))).toBe('4.00 ms (3.00 to 4.96)');
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
  });
});
