import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  eventsOf,
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  until,
  whyNoEnvoy,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# What is left when a run is cut off?
name: cut
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 1s }
blocks: { min: 6 }
`;

/** Starts a run and resolves in the middle of its third trial, a meshed one up or just gone. */
async function runIntoThirdTrial() {
  const place = workplace();
  const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--seed', '5']);
  await until('the third trial', () =>
    eventsOf(place).find(({ kind, index }) => kind === 'trial-started' && index === 3),
  );
  await sleep(700);
  return { place, cli };
}

describe('a run that is killed in mid-trial', () => {
  it('leaves nothing after meshtax clean, and its finished trials can be reported', async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const { place, cli } = await runIntoThirdTrial();
    // While it runs, the same look finds its processes, its namespaces and its folder.
    const seen = leftOf(place);
    expect(seen.directories).toHaveLength(1);
    expect(seen.labelled.length).toBeGreaterThanOrEqual(4);
    cli.child.kill('SIGKILL');
    expect(await cli.ended).toBe('SIGKILL');

    const cleaned = await runCli(place, ['clean']);
    expect(cleaned).toMatchObject({ code: 0 });
    expect(cleaned.stdout).toMatch(/^removed directory /m);
    expect(leftOf(place)).toEqual(NOTHING);
    expect(readdirSync(path.join(place.directory, 'state', 'meshtax', 'ledger'))).toEqual([]);
    expect((await runCli(place, ['clean'])).stdout).toBe('nothing to remove\n');

    expect(trialsOf(place).map((trial) => trial.spec.index)).toEqual([1, 2]);
    const reported = await runCli(place, ['report', runFolder(place) ?? '']);
    expect(reported.code, reported.stderr).toBe(4);
    expect(reported.stdout).toMatch(/^This run did not finish/m);
    expect(existsSync(path.join(runFolder(place) ?? '', 'report.html'))).toBe(true);
  }, 120_000);
});

describe.each([
  { signal: 'SIGINT' as const, code: 130 },
  { signal: 'SIGTERM' as const, code: 143 },
  { signal: 'SIGHUP' as const, code: 129 },
])('a run that gets $signal', ({ signal, code }) => {
  it(`takes everything down and exits ${code}`, async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const { place, cli } = await runIntoThirdTrial();
    cli.child.kill(signal);
    expect(await cli.ended, cli.stderr()).toBe(code);
    expect(leftOf(place)).toEqual(NOTHING);
    expect(readdirSync(path.join(place.directory, 'state', 'meshtax', 'ledger'))).toEqual([]);
    expect(trialsOf(place).map((trial) => trial.spec.index)).toEqual([1, 2]);
  }, 120_000);
});
