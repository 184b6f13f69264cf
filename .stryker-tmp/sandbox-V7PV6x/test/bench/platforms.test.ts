// @ts-nocheck
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { addedIn, RUNS, type RunId, rowText, stepsOf } from './platformRuns.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const KEPT = path.join(ROOT, 'docs/measured/platforms');

async function recorded() {
  const runs = new Map<RunId, Awaited<ReturnType<typeof addedIn>>>();
  for (const { id } of RUNS) runs.set(id, await addedIn(nodeHost(), path.join(KEPT, id)));
  return runs;
}

describe('the steps from one machine to a cluster, as they were recorded', () => {
  it('are all there, each from at least six valid blocks', async () => {
    expect(RUNS.every(({ id }) => existsSync(path.join(KEPT, id, 'run.json')))).toBe(true);
    for (const found of (await recorded()).values()) {
      for (const { added } of found.values()) expect(added.blocks).toBeGreaterThanOrEqual(6);
    }
  });

  it('stand in the document as the records give them', async () => {
    const text = readFileSync(path.join(ROOT, 'docs/kubernetes.md'), 'utf8');
    for (const row of stepsOf(await recorded())) expect(text).toContain(rowText(row));
  });

  it('add up: local, the steps and the rest give the cluster', async () => {
    const rows = stepsOf(await recorded());
    const cluster = rows.at(-1)?.us.pointUs ?? Number.NaN;
    const sum = rows.slice(0, -1).reduce((total, { us }) => total + us.pointUs, 0);
    expect(sum).toBeCloseTo(cluster, 6);
  });
});
