// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseBytes,
  parseDurationUs,
  parseMillicores,
  parsePercentile,
  parsePrecision,
  parseRate,
  parseShare,
} from '../../src/scenario/units.ts';

const ok = <T>(value: T) => ({ ok: true, value });
const refused = (message: string) => ({ ok: false, message });

describe('units', () => {
  it('reads rates per second, fractions included', () => {
    expect(['500/s', '0.5/s', ' 2000 /s '].map(parseRate)).toEqual([ok(500), ok(0.5), ok(2000)]);
  });

  it('refuses a rate without its unit, with a sign, an exponent or words', () => {
    const texts = ['500', '-5/s', '1e3/s', 'fast', '500/m', '', '.5/s', `${'9'.repeat(400)}/s`];
    expect(texts.map((text) => parseRate(text).ok)).toEqual(texts.map(() => false));
    expect(parseRate('fast')).toEqual(refused('expected a rate such as 500/s, got "fast"'));
  });

  it('reads durations into whole microseconds', () => {
    const texts = ['20s', '3ms', '500us', '1m', '0us', '0.5ms', '1.001s', '7\u00b5s', '7\u03bcs'];
    const values = [20_000_000, 3000, 500, 60_000_000, 0, 500, 1_001_000, 7, 7];
    expect(texts.map(parseDurationUs)).toEqual(values.map(ok));
  });

  it('refuses a duration finer than a microsecond rather than rounding it', () => {
    expect(parseDurationUs('0.5us')).toEqual(refused('expected whole microseconds, got "0.5us"'));
    expect(parseDurationUs('10')).toEqual(refused('expected a duration such as 20s, 3ms or 500us, got "10"'));
  });

  it('keeps decimal and binary sizes apart', () => {
    const texts = ['0B', '1kB', '1MB', '2GB', '1Ki', '1KiB', '128Mi', '1MiB', '1Gi', '1.5kB'];
    const values = [0, 1000, 1_000_000, 2_000_000_000, 1024, 1024, 134_217_728, 1_048_576, 1_073_741_824, 1500];
    expect(texts.map(parseBytes)).toEqual(values.map(ok));
  });

  it('refuses sizes whose prefix could mean either, and parts of a byte', () => {
    expect(parseBytes('1KB')).toEqual(refused('expected a size such as 0B, 1kB or 128Mi, got "1KB"'));
    expect(parseBytes('1.0001kB')).toEqual(refused('expected whole bytes, got "1.0001kB"'));
    expect(parseBytes('1 toString')).toEqual(refused('expected a size such as 0B, 1kB or 128Mi, got "1 toString"'));
  });

  it('reads CPU in millicores or in cores, as a text or a number', () => {
    expect(['100m', '2', '0.5', 2, 0.1].map(parseMillicores)).toEqual([100, 2000, 500, 2000, 100].map(ok));
    expect(parseMillicores(Number.NaN)).toEqual(refused('expected an amount of CPU such as 100m or 2, got NaN'));
    expect(parseMillicores(-1)).toEqual(refused('expected an amount of CPU such as 100m or 2, got -1'));
  });

  it('reads the percentiles that there are', () => {
    expect(['p50', 'p90', 'p99', 'p999'].map(parsePercentile)).toEqual(['p50', 'p90', 'p99', 'p999'].map(ok));
    expect(parsePercentile('p95')).toEqual(refused('expected one of p50, p90, p99, p999, got "p95"'));
  });

  it('reads a precision with either sign for plus or minus', () => {
    const expected = ok({ percentile: 'p99', halfWidthUs: 500 });
    expect(['p99 ± 0.5ms', 'p99 +- 0.5ms', 'p99±500us'].map(parsePrecision)).toEqual([expected, expected, expected]);
  });

  it('refuses a precision of no width, or without its parts', () => {
    expect(parsePrecision('p99 ± 0ms')).toEqual(refused('expected a half-width above 0, got "p99 ± 0ms"'));
    expect(parsePrecision('p99')).toEqual(refused('expected a precision such as p99 ± 0.5ms, got "p99"'));
    expect(parsePrecision('p98 ± 1ms')).toEqual(refused('expected one of p50, p90, p99, p999, got "p98"'));
    expect(parsePrecision('p99 ± 1ms ± 2ms').ok).toBe(false);
  });

  it('reads a share in per cent, to three decimals', () => {
    expect(['99.9%', '99.95 %', '100%', '0%', '99.999%'].map(parseShare)).toEqual(
      [0.999, 0.9995, 1, 0, 0.99999].map(ok),
    );
    expect(parseShare('0.999')).toEqual(refused('expected a share such as 99.9%, got "0.999"'));
    expect(parseShare('99.9999%')).toEqual(refused('expected a share with three decimals at most, got "99.9999%"'));
  });

  it('gives the same time for the same duration in any unit', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), (ms) => {
        const us = ok(ms * 1000);
        expect([`${ms}ms`, `${ms * 1000}us`, `${ms / 1000}s`].map(parseDurationUs)).toEqual([us, us, us]);
      }),
    );
  });

  it('answers any text with a value or a message, and never throws', () => {
    const parsers = [
      parseRate,
      parseDurationUs,
      parseBytes,
      parseMillicores,
      parsePercentile,
      parsePrecision,
      parseShare,
    ];
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{1,4}(\.\d{1,4})?[a-zA-Z/]{0,3}$/)), (text) => {
        for (const parse of parsers) {
          const parsed = parse(text);
          if (parsed.ok && typeof parsed.value === 'number') expect(parsed.value).toBeGreaterThanOrEqual(0);
          if (!parsed.ok) expect(parsed.message).toMatch(/^expected .*, got /s);
        }
      }),
    );
  });
});
