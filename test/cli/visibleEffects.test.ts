import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { visibleEffects } from '../../src/cli/visibleEffects.ts';
import { readEnvironment } from '../../src/collectors/hostFacts.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { temporaryDirectory } from '../temporary.ts';
import { EXAMPLE } from './hostileRun.ts';

const WHAT = 'how small an effect a run here can see';

/** The example run, as if a machine like this one, or another, had made it. */
async function ran(runs: string, name: string, change: object = {}): Promise<void> {
  const folder = path.join(runs, name);
  cpSync(EXAMPLE, folder, { recursive: true });
  const file = path.join(folder, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  const { cpuModel, cores } = await readEnvironment(nodeHost());
  const environment = { ...record.environment, cpuModel, cores, ...change };
  writeFileSync(file, JSON.stringify({ ...record, environment }));
}

describe('what check says of small effects', () => {
  it('is what the newest finished run of the platform found by its own noise', async () => {
    const runs = temporaryDirectory();
    await ran(runs, '2026-01-01T00-00-00-mine');
    mkdirSync(path.join(runs, '2026-01-02T00-00-00-broken'));
    writeFileSync(path.join(runs, '2026-01-02T00-00-00-broken', 'run.json'), '{');
    const line = await visibleEffects(nodeHost(), runs, 'local');
    expect(line).toMatchObject({ what: WHAT, outcome: 'ok' });
    expect(line.detail).toMatch(
      /^0\.074 ms at p50, 0\.19 ms at p90, 0\.80 ms at p99: 4 of 5 runs of 10 blocks would see it \(envoy at 1,000\/s, run .*\); 2026-01-02T00-00-00-broken cannot be read: /,
    );
  });

  it('is nothing before there is a run, or only one of another platform', async () => {
    const runs = temporaryDirectory();
    await ran(runs, '2026-01-01T00-00-00-mine');
    for (const [folder, platform] of [
      [path.join(runs, 'nowhere'), 'local'],
      [runs, 'kubernetes'],
    ] as const) {
      expect(await visibleEffects(nodeHost(), folder, platform)).toEqual({
        what: WHAT,
        outcome: 'skipped',
        detail: `no finished run with ${platform} proxies lies in ${folder}`,
        hint: 'meshtax run makes one; --runs FOLDER reads those elsewhere',
      });
    }
  });

  it.each([
    ['another CPU', { cpuModel: 'a CPU of another maker' }],
    ['another number of cores', { cores: 4096 }],
  ])('is nothing that a machine with %s found', async (_, change) => {
    const runs = temporaryDirectory();
    await ran(runs, '2026-01-01T00-00-00-other', change);
    expect(await visibleEffects(nodeHost(), runs, 'local')).toMatchObject({ what: WHAT, outcome: 'skipped' });
  });
});
