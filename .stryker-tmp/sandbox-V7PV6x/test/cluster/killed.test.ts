// @ts-nocheck
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../src/scenario/random.ts';
import { runCli, startCli, workplace, writeScenario } from '../system/cli.ts';
import { inventory, ourNamespaces, whyNoIstio } from './cluster.ts';

const SCENARIO = `# What is left in the cluster when a run is killed?
name: cut
platform: kubernetes
treatments:
  - mesh: none
  - mesh: istio
    settings: { mtls: strict }
load: { arrivalRate: 100/s, connections: 4, warmUp: 500ms, duration: 1s }
`;
const KILLS = 5;
/** From the first namespace to the middle of the second trial or so. */
const EARLIEST_MS = 700;
const LATEST_MS = 20_000;

describe('a run in a cluster that is killed', () => {
  it(`leaves nothing after meshtax clean, at ${KILLS} random moments`, async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const random = createRandom(20_261_125);
    const before = await inventory();
    const left: number[] = [];
    for (let round = 0; round < KILLS; round++) {
      const place = workplace();
      const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--seed', String(round)]);
      onTestFinished(() => void cli.child.kill('SIGKILL'));
      await sleep(EARLIEST_MS + random() * (LATEST_MS - EARLIEST_MS));
      cli.child.kill('SIGKILL');
      expect(await cli.ended, cli.stderr()).toBe('SIGKILL');
      left.push((await ourNamespaces()).length);
      const cleaned = await runCli(place, ['clean', '--platform', 'kubernetes']);
      expect(cleaned, cleaned.stderr).toMatchObject({ code: 0 });
      expect(await inventory()).toEqual(before);
      expect((await runCli(place, ['clean', '--platform', 'kubernetes'])).stdout).toBe('nothing to remove\n');
    }
    // Else nothing was shown: the kills came when nothing was up.
    expect(Math.max(...left)).toBeGreaterThan(0);
  }, 600_000);

  it('is left alone by everybody else, unless they name it', async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--seed', '1']);
    onTestFinished(() => void cli.child.kill('SIGKILL'));
    await sleep(6000);
    const busy = await runCli(place, ['clean', '--platform', 'kubernetes']);
    expect(busy.stderr).toMatch(/left alone: namespace \S+: run \S+ is under way/);
    cli.child.kill('SIGKILL');
    await cli.ended;
    const stranger = workplace();
    const refused = await runCli(stranger, ['clean', '--platform', 'kubernetes']);
    expect(refused.stderr).toMatch(/left alone: namespace \S+: run \S+ has no ledger of yours here/);
    const runId = /--run (\S+)/.exec(refused.stderr)?.[1] ?? '';
    const named = await runCli(stranger, ['clean', '--platform', 'kubernetes', '--run', runId]);
    expect(named.stdout).toMatch(/removed namespace/);
    expect(await ourNamespaces()).toEqual([]);
  }, 240_000);
});
