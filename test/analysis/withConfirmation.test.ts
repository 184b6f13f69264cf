import { describe, expect, test } from 'vitest';
import { loadsToConfirm, withConfirmation } from '../../src/analysis/confirmation.ts';
import type { BudgetVerdict, Estimate } from '../../src/analysis/result.ts';
import { latencyLine } from './fixtures/runs.ts';

const LINE = latencyLine(300);

const estimate = (low: number, high: number, n = 6): Estimate => ({
  point: (low + high) / 2,
  low,
  high,
  n,
  confidence: 0.96875,
  method: 'signed-rank',
});

const over = (change: Partial<BudgetVerdict> = {}): BudgetVerdict => ({
  line: LINE,
  treatment: 'envoy',
  load: 0,
  arrivalRatePerSecond: 1000,
  estimate: estimate(502, 548),
  verdict: 'over',
  betterThanDocumented: false,
  because: 'it is above',
  ...change,
});

const untried = { state: 'not-tried', because: 'no fresh blocks were run to confirm it' };

describe('a required line that is over', () => {
  test('stays over where fresh blocks are, too', () => {
    const because = 'confirmed by 7 fresh blocks: 0.41 to 0.49 ms';
    const again = over({ estimate: estimate(410, 490, 7) });
    expect(withConfirmation([over()], [again])).toEqual([
      over({
        because: `it is above; ${because}`,
        confirmation: { state: 'confirmed', estimate: estimate(410, 490, 7), because },
      }),
    ]);
  });

  test('stays over, and is to be confirmed, where there are no fresh blocks', () => {
    const told = over({ because: `it is above; ${untried.because}`, confirmation: { ...untried, state: 'not-tried' } });
    expect(withConfirmation([over()], [])).toEqual([told]);
  });

  test('is inconclusive where fresh blocks are not over, or do not tell', () => {
    const because = 'not confirmed by 1 fresh block: 0.29 to 0.37 ms';
    const open = over({ estimate: estimate(290, 370, 1), verdict: 'inconclusive' });
    expect(withConfirmation([over()], [open])).toEqual([
      over({
        verdict: 'inconclusive',
        because: `it is above, but ${because}`,
        confirmation: { state: 'refuted', estimate: estimate(290, 370, 1), because },
      }),
    ]);
    const lost = over({ estimate: { missing: 'lost' }, verdict: 'inconclusive', because: 'no block is valid' });
    expect(withConfirmation([over()], [lost])).toEqual([
      over({
        verdict: 'inconclusive',
        because: 'it is above, but the fresh blocks do not tell: no block is valid',
        confirmation: { state: 'refuted', because: 'the fresh blocks do not tell: no block is valid' },
      }),
    ]);
  });

  test('is confirmed only by the same line, treatment and load point', () => {
    for (const other of [{ line: latencyLine(300) }, { treatment: 'istio' }, { load: 1 }]) {
      const [judged] = withConfirmation([over()], [over(other)]);
      expect(judged?.confirmation).toEqual(untried);
    }
  });
});

test('no other line is tried again', () => {
  const within = over({ verdict: 'within' });
  const advisory = over({ line: latencyLine(300, { role: 'advisory' }) });
  expect(withConfirmation([within, advisory], [within, advisory])).toEqual([within, advisory]);
});

test('fresh blocks are wanted at each load point with a line to confirm, once and in order', () => {
  const at = (load: number, state?: 'confirmed' | 'refuted' | 'not-tried') =>
    over({ load, ...(state !== undefined && { confirmation: { state, because: 'so it is' } }) });
  expect(
    loadsToConfirm([
      at(10, 'not-tried'),
      at(9, 'not-tried'),
      at(10, 'not-tried'),
      at(1, 'confirmed'),
      at(2, 'refuted'),
      at(3),
    ]),
  ).toEqual([9, 10]);
});
