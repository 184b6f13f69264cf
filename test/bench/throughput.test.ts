import { describe, expect, it } from 'vitest';
import type { ComparedRun } from './compare.ts';
import { checkThroughput } from './throughput.ts';

const run = (tool: string, perSecond: number, open?: { asked: number; lagP99Us: number }): ComparedRun => ({
  tool,
  asked: { connections: 64, seconds: 5, ...(open === undefined ? {} : { ratePerSecond: open.asked }) },
  said: {
    requests: 5 * perSecond,
    seconds: 5,
    p50Us: 100,
    p99Us: 3000,
    cpuMs: 400,
    lagP99Us: open?.lagP99Us ?? { missing: 'a closed loop is never late' },
  },
  truth: { missing: 'this server records nothing' },
});

const held = (runs: readonly ComparedRun[]) => checkThroughput(runs).map(({ found, holds }) => [found, holds]);

describe('the check of the throughput', () => {
  it('takes medians over the runs, and stands right on its limits', () => {
    const closed = [run('meshtax', 160_000), run('autocannon', 100_000)];
    const open = (lagP99Us: number, perSecond = 99_900) => run('meshtax', perSecond, { asked: 100_000, lagP99Us });
    expect(held([...closed, open(9000), open(1999), open(30)])).toEqual([
      ['1.60', true],
      ['99.90 %', true],
      ['1999 µs', true],
    ]);
    expect(held([run('meshtax', 159_000), run('autocannon', 100_000), open(2000, 99_800)])).toEqual([
      ['1.59', false],
      ['99.80 %', false],
      ['2000 µs', false],
    ]);
  });

  it('does not hold where a tool was not measured', () => {
    expect(held([run('meshtax', 160_000)]).map(([, holds]) => holds)).toEqual([false, false, false]);
  });
});
