// @ts-nocheck
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { parseAgain } from '../../src/cli/scenarioFile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { isMissing } from '../../src/record/measured.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { runInProcess } from '../cli/inProcess.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example');

/** The example run's own estimate of the added p50, in µs. */
async function estimateUs(): Promise<number> {
  const recorded = await readRun(nodeHost(), EXAMPLE);
  const [load] = analyseRun({ ...recorded, scenario: parseAgain(recorded.run) }).loads;
  const treatment = load?.treatments.find(({ isBaseline }) => !isBaseline);
  const added = treatment?.overhead.find(({ percentile }) => percentile === 'p50')?.addedUs;
  if (added === undefined || isMissing(added)) throw new Error('the example run has no estimate');
  return added.point;
}

async function reportWith(budgetUs: number): Promise<{ code: number; firstLine: string | undefined }> {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'meshtax-test-')), 'budgets.yaml');
  writeFileSync(file, `- { metric: added-latency, percentile: p50, atMost: ${Math.round(budgetUs)}us, for: envoy }\n`);
  const { code, stdout } = await runInProcess(['report', EXAMPLE, '--budgets', file]);
  return { code, firstLine: stdout.split('\n')[0] };
}

describe('the example run, judged again', () => {
  it('is over, inconclusive and within a p50 budget of 0.3, 1 and 3 times its own estimate', async () => {
    const estimate = await estimateUs();
    expect(await Promise.all([0.3, 1, 3].map((times) => reportWith(times * estimate)))).toEqual([
      { code: 1, firstLine: '✗ Over budget' },
      { code: 4, firstLine: '? Inconclusive' },
      { code: 0, firstLine: '✓ Within budget' },
    ]);
  });
});
