// @ts-nocheck
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  eventsOf,
  ledgersOf,
  leftOf,
  NOTHING,
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
    expect(ledgersOf(place)).toEqual([]);
    expect(trialsOf(place).map((trial) => trial.spec.index)).toEqual([1, 2]);
  }, 120_000);
});
