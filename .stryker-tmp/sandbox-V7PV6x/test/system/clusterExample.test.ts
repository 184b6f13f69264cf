// @ts-nocheck
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import { parseAgain } from '../../src/cli/scenarioFile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRun } from '../../src/record/runDirectory.ts';

const RECORDED = path.resolve(import.meta.dirname, '../../reports/cluster');

async function analysed() {
  const recorded = await readRun(nodeHost(), RECORDED);
  return analyseRun({ ...recorded, scenario: parseAgain(recorded.run) });
}

describe('the recorded run in a cluster, judged again', () => {
  it('proves every request of every treatment, over at least six valid blocks', async () => {
    const { loads, trials } = await analysed();
    const [load] = loads;
    expect(load?.blocksValid).toBeGreaterThanOrEqual(6);
    expect(trials.filter(({ outcome }) => outcome === 'void')).toEqual([]);
    for (const { proof } of load?.treatments ?? []) {
      expect(proof.holds).toBe(true);
      expect(proof.seenWithIdentity).toBe(proof.sent);
    }
  });

  it('decides latency at p50 and CPU, and leaves p99 open for the reason that it gives', async () => {
    const { conclusion, verdicts } = await analysed();
    expect(conclusion.exitCode).toBe(0);
    const of = (metric: string, percentile?: string) =>
      verdicts
        .filter(({ line }) => line.metric === metric && line.percentile === percentile)
        .map(({ verdict }) => verdict);
    expect(of('added-latency', 'p50')).toEqual(['within', 'within']);
    expect(of('proxy-cpu')).not.toContain('inconclusive');
    expect(of('proxy-memory')).not.toContain('inconclusive');
    for (const { verdict, because, line } of verdicts) {
      if (line.percentile === 'p99')
        expect([verdict, because]).toEqual(['inconclusive', expect.stringContaining('stalls')]);
    }
  });

  it('names its build wherever it stands, and never as a release of Istio', async () => {
    const { loads, conclusion } = await analysed();
    for (const { isBaseline, build } of loads[0]?.treatments ?? []) {
      if (!isBaseline)
        expect(build).toMatch(/upstream Envoy 1\.39\.3, without Istio's own filters, not a release of Istio$/);
    }
    expect(conclusion.caveats.filter((caveat) => caveat.includes('not a release of Istio'))).toHaveLength(2);
  });
});
