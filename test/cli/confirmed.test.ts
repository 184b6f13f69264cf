import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { trialRecordSchema } from '../../src/record/trialRecord.ts';
import type { DeploymentSpec } from '../../src/scenario/trial.ts';
import { fakeHost } from '../host/fakeHost.ts';
import { platformWith } from '../host/fakePlatform.ts';
import { runInProcess } from './inProcess.ts';

const SCENARIO = `# Is an over confirmed?
name: over
treatments:
  - mesh: none
  - { mesh: none, name: slower, serviceTime: 300us }
load: { arrivalRate: 1000/s, connections: 16, warmUp: 1s, duration: 4s }
blocks: { min: 6, max: 7 }
budgets: [{ metric: added-latency, percentile: p50, atMost: 100us }]
`;

/** A run on a machine where a treatment's median is the baseline's plus what is told of its blocks. */
async function ran(addedUs: (spec: DeploymentSpec) => number) {
  const plain = fakeHost({
    uid: 1000,
    env: { HOME: '/home/user' },
    files: {
      '/home/user/scenario.yaml': SCENARIO,
      '/proc/self/limits': 'Max open files            1024                 1024                 files\n',
      '/proc/4711/stat': `4711 (node) S ${'0 '.repeat(18)}77 0`,
    },
  });
  const host = {
    ...plain,
    readText: (file: string) => (file.includes('chart.umd') ? Promise.resolve('') : plain.readText(file)),
  };
  const platform = platformWith((spec) => 500 + (spec.treatment.name === 'slower' ? addedUs(spec) : 0));
  const words = ['run', '/home/user/scenario.yaml', '--out', '/home/user/reports', '--seed', '3'];
  const { code, stdout, stderr } = await runInProcess(words, host, async () => platform);
  const trials = [...host.files]
    .filter(([name]) => name.includes('/trials/'))
    .map(([, text]) => trialRecordSchema.parse(JSON.parse(text)).spec)
    .sort((a, b) => a.index - b.index);
  const folder = path.dirname([...host.files.keys()].find((name) => name.endsWith('/run.json')) ?? '');
  return { code, said: stdout.replace(/\s+/g, ' '), stderr, trials, host, folder };
}

describe('a run whose required line is over', () => {
  it('goes on with as many fresh blocks, and ends with 1 where they are over too', async () => {
    const { code, said, stderr, trials, host, folder } = await ran(() => 300);
    expect(code).toBe(1);
    expect(said).toMatch(/^✗ Over budget slower adds 0\.300 ms at p50 \(96\.9 % interval 0\.300 to 0\.300\)/);
    expect(said).toContain('confirmed by 6 fresh blocks: 0.300 to 0.300 ms');
    expect(trials.map(({ purpose }) => purpose)).toEqual([...Array(18).fill('measure'), ...Array(18).fill('confirm')]);
    expect([...new Set(trials.map(({ block }) => block))]).toEqual([1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13]);
    expect(stderr).toContain('a required line is over: fresh blocks follow to confirm it');
    expect((await runInProcess(['report', folder], host)).code).toBe(1);
  });

  it('ends with 4 where the fresh blocks do not find it again', async () => {
    const { code, said } = await ran(({ block }) => (block <= 7 ? 300 : 50));
    expect(code).toBe(4);
    expect(said).toMatch(/^\? Inconclusive /);
    expect(said).toContain('but not confirmed by 6 fresh blocks: 0.050 to 0.050 ms');
  });
});

describe('a run whose required lines are kept', () => {
  it('ends without fresh blocks', async () => {
    const { code, trials } = await ran(() => 50);
    expect([code, trials.length]).toEqual([0, 18]);
  });
});
