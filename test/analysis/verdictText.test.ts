import { describe, expect, it } from 'vitest';
import type { BudgetVerdict, Estimate, VerdictWord } from '../../src/analysis/result.ts';
import { addedText, budgetLimit, rangeText, verdictSentence } from '../../src/analysis/verdictText.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';

function sentence(
  verdict: VerdictWord,
  line: Omit<BudgetLine, 'role' | 'source'>,
  [point, low, high]: [number, number, number],
  method: 'signed-rank' | 'exact' = 'signed-rank',
): string {
  const estimate: Estimate = { point, low, high, n: 6, confidence: 0.96875, method };
  const judged: BudgetVerdict = {
    line: { ...line, role: 'required', source: 'scenario' },
    treatment: 'envoy',
    load: 0,
    arrivalRatePerSecond: 1000,
    estimate,
    verdict,
    betterThanDocumented: false,
    because: 'that is so',
  };
  return verdictSentence(judged);
}

describe('a verdict as a sentence', () => {
  it('names the treatment that a line is held against', () => {
    const line = { metric: 'added-latency', percentile: 'p50', atMost: 100, against: 'old' } as const;
    expect(sentence('within', line, [30, 20, 40])).toBe(
      'envoy adds 0.030 ms to old at p50 (96.9 % interval 0.020 to 0.040) at 1,000/s: within the 0.1 ms budget',
    );
    expect(sentence('inconclusive', line, [90, 70, 110])).toBe(
      'Whether the latency that envoy adds to old at p50 at 1,000/s is within the 0.1 ms budget cannot be said, since that is so',
    );
  });

  it.each<[Omit<BudgetLine, 'role' | 'source'>, [number, number, number], string]>([
    [
      { metric: 'added-latency', percentile: 'p99', atMost: 15_000 },
      [1300, 1100, 1700],
      'envoy adds 1.3 ms at p99 (96.9 % interval 1.1 to 1.7) at 1,000/s: within the 15 ms budget',
    ],
    [
      { metric: 'proxy-cpu', atMost: 100 },
      [80, 70, 90],
      "envoy's costliest proxy takes 80 millicores (96.9 % interval 70 to 90) at 1,000/s: within the 100 millicores budget",
    ],
    [
      { metric: 'proxy-cpu-per-1000-rps', atMost: 200 },
      [80, 70, 90],
      "envoy's costliest proxy takes 80 millicores per 1,000/s (96.9 % interval 70 to 90) at 1,000/s: within the 200 millicores per 1,000/s budget",
    ],
    [
      { metric: 'proxy-memory', atMost: 128 * 2 ** 20 },
      [70 * 2 ** 20, 65 * 2 ** 20, 75 * 2 ** 20],
      "envoy's costliest proxy holds 70 MiB (96.9 % interval 65 to 75) at 1,000/s: within the 128 MiB budget",
    ],
    [
      { metric: 'fleet-cpu-used', pods: 50, atMost: 10_000 },
      [9000, 8000, 9500],
      'the sidecars of 50 pods of envoy use 9.0 cores of CPU (96.9 % interval 8.0 to 9.5) at 1,000/s: within the 10 cores budget',
    ],
    [
      { metric: 'fleet-memory-used', atMost: 2 ** 34 },
      [2 ** 33, 2 ** 32, 2 ** 33.5],
      'the sidecars of 100 pods of envoy use 8 GiB of memory (96.9 % interval 4 to 11) at 1,000/s: within the 16 GiB budget',
    ],
    [
      { metric: 'added-latency', atMost: 15_000 },
      [1300, 1100, 1700],
      'envoy adds 1.3 ms at no percentile (96.9 % interval 1.1 to 1.7) at 1,000/s: within the 15 ms budget',
    ],
    [
      { metric: 'fleet-memory-used', pods: 1, atMost: 2 ** 34 },
      [2 ** 33, 2 ** 32, 2 ** 33.5],
      'the sidecars of 1 pod of envoy use 8 GiB of memory (96.9 % interval 4 to 11) at 1,000/s: within the 16 GiB budget',
    ],
    [
      { metric: 'success-rate', atLeast: 0.999 },
      [0.9997, 0.9992, 0.9999],
      'envoy answers 99.97 % (96.9 % interval 99.92 to 99.99) of the requests at 1,000/s: within the budget of at least 99.9 %',
    ],
    [
      { metric: 'set-up-time', atMost: 2e6 },
      [1.35e6, 1.1e6, 1.6e6],
      'envoy takes 1.4 s (96.9 % interval 1.1 to 1.6) to be ready at 1,000/s: within the 2 s budget',
    ],
    [
      { metric: 'added-set-up-time', atMost: 2e6 },
      [0.85e6, 0.6e6, 1.1e6],
      'envoy adds 0.8 s (96.9 % interval 0.6 to 1.1) until it is ready at 1,000/s: within the 2 s budget',
    ],
  ])('on %j', (line, figures, expected) => {
    expect(sentence('within', line, figures)).toBe(expected);
  });

  it('of a reservation gives one value, without an interval', () => {
    const line = { metric: 'fleet-memory-reserved', pods: 100, atMost: 10 * 2 ** 30 } as const;
    const exact = 12.5 * 2 ** 30;
    expect(sentence('over', line, [exact, exact, exact], 'exact')).toBe(
      'the sidecars of 100 pods of envoy reserve 12.5 GiB of memory: over the 10 GiB budget',
    );
  });

  it('of a reservation gives its range where sidecars reserve differently', () => {
    const line = { metric: 'fleet-cpu-reserved', pods: 10, atMost: 4000 } as const;
    expect(sentence('within', line, [2000, 1000, 3000], 'exact')).toBe(
      'the sidecars of 10 pods of envoy reserve 2.0 cores of CPU (96.9 % interval 1.0 to 3.0): within the 4 cores budget',
    );
  });

  it('has more digits where rounding would put a bound on its budget', () => {
    expect(sentence('within', { metric: 'added-latency', percentile: 'p50', atMost: 5000 }, [4000, 3000, 4960])).toBe(
      'envoy adds 4.00 ms at p50 (96.9 % interval 3.00 to 4.96) at 1,000/s: within the 5 ms budget',
    );
  });

  it('says that it has no number where none is finite', () => {
    const line = { metric: 'added-latency', percentile: 'p50', atMost: 5000 } as const;
    expect(sentence('within', line, [1, 0, Number.POSITIVE_INFINITY])).toBe('no finite number came of the trials');
  });

  it('that is over an upper limit is over it', () => {
    expect(sentence('over', { metric: 'proxy-cpu', atMost: 50 }, [80, 70, 90])).toBe(
      "envoy's costliest proxy takes 80 millicores (96.9 % interval 70 to 90) at 1,000/s: over the 50 millicores budget",
    );
  });

  it('that is over a lower limit is under it', () => {
    expect(sentence('over', { metric: 'success-rate', atLeast: 0.999 }, [0.99, 0.985, 0.995])).toBe(
      'envoy answers 99.0 % (96.9 % interval 98.5 to 99.5) of the requests at 1,000/s: under the 99.9 % that the budget asks',
    );
  });

  it.each<[Omit<BudgetLine, 'role' | 'source'>, string]>([
    [
      { metric: 'added-latency', percentile: 'p50', atMost: 5000 },
      'the latency that envoy adds at p50 at 1,000/s is within the 5 ms budget',
    ],
    [
      { metric: 'proxy-cpu', atMost: 100 },
      "the CPU of envoy's costliest proxy at 1,000/s is within the 100 millicores budget",
    ],
    [
      { metric: 'proxy-cpu-per-1000-rps', atMost: 100 },
      "the CPU of envoy's costliest proxy for each 1,000/s at 1,000/s is within the 100 millicores per 1,000/s budget",
    ],
    [
      { metric: 'proxy-memory', atMost: 2 ** 20 },
      "the memory of envoy's costliest proxy at 1,000/s is within the 1 MiB budget",
    ],
    [
      { metric: 'fleet-cpu-reserved', atMost: 2000 },
      'the CPU that the sidecars of 100 pods of envoy reserve is within the 2 cores budget',
    ],
    [
      { metric: 'fleet-memory-reserved', pods: 1, atMost: 2 ** 30 },
      'the memory that the sidecars of 1 pod of envoy reserve is within the 1 GiB budget',
    ],
    [
      { metric: 'fleet-cpu-used', atMost: 2000 },
      'the CPU that the sidecars of 100 pods of envoy use at 1,000/s is within the 2 cores budget',
    ],
    [
      { metric: 'added-latency', atMost: 5000 },
      'the latency that envoy adds at no percentile at 1,000/s is within the 5 ms budget',
    ],
    [
      { metric: 'success-rate', atLeast: 0.5 },
      'the success rate of envoy at 1,000/s is within the budget of at least 50 %',
    ],
    [{ metric: 'set-up-time', atMost: 2e6 }, 'the set-up time of envoy at 1,000/s is within the 2 s budget'],
    [
      { metric: 'added-set-up-time', atMost: 2e6 },
      'the set-up time that envoy adds at 1,000/s is within the 2 s budget',
    ],
  ])('that is inconclusive on %j', (line, subject) => {
    expect(sentence('inconclusive', line, [1, 0, 2])).toBe(`Whether ${subject} cannot be said, since that is so`);
  });

  it('whose figure is missing cannot say, whatever its verdict', () => {
    const judged: BudgetVerdict = {
      line: { metric: 'set-up-time', atMost: 2e6, role: 'required', source: 'scenario' },
      treatment: 'envoy',
      load: 0,
      arrivalRatePerSecond: 1000,
      estimate: { missing: 'lost' },
      verdict: 'within',
      betterThanDocumented: false,
      because: 'it was lost',
    };
    expect(verdictSentence(judged)).toBe(
      'Whether the set-up time of envoy at 1,000/s is within the 2 s budget cannot be said, since it was lost',
    );
  });
});

describe('the parts of a sentence', () => {
  const line: BudgetLine = { metric: 'added-latency', atMost: 5000, role: 'required', source: 'scenario' };
  const of = (low: number, high: number, method: 'signed-rank' | 'exact' = 'signed-rank'): Estimate => ({
    point: (low + high) / 2,
    low,
    high,
    n: 6,
    confidence: 0.96875,
    method,
  });
  const endless = of(0, Number.POSITIVE_INFINITY);

  it('tell a limit as it was set, and a range with its unit, an exact value alone', () => {
    expect([budgetLimit(line), budgetLimit({ ...line, metric: 'proxy-cpu', atMost: 1.5 })]).toEqual([
      '5 ms',
      '1.5 millicores',
    ]);
    expect([rangeText(line, of(1000, 4000)), rangeText(line, of(1000, 1000, 'exact'))]).toEqual([
      '1.0 to 4.0 ms',
      '1 ms',
    ]);
    expect(rangeText(line, of(3000, 4960))).toBe('3.00 to 4.96 ms');
    expect(rangeText(line, endless)).toBe('no finite number came of the trials');
  });

  it('tell what is added at a percentile, with more digits beside a limit that it would round to', () => {
    expect(addedText('p99', of(3000, 4960))).toBe('4.0 ms at p99 (96.9 % interval 3.0 to 5.0)');
    expect(addedText('p99', of(3000, 4960), 5000)).toBe('3.98 ms at p99 (96.9 % interval 3.00 to 4.96)');
    expect(addedText('p99', endless)).toBe('no finite number came of the trials');
  });
});
