// @ts-nocheck
import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runRecordSchema } from '../../src/record/runRecord.ts';
import {
  CLI,
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  startCli,
  trialStarted,
  trialsOf,
  whyNoEnvoy,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# What does a run do where the machine sets it a limit?
name: limits
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;

describe('a second run on the same machine', () => {
  it('is refused with exit 3 and the pid of the first, makes nothing, and leaves the first alone', async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const first = startCli(place, ['run', writeScenario(place, SCENARIO)]);
    await trialStarted(place, 1);
    const other = workplace();
    const second = await runCli(other, ['run', writeScenario(other, SCENARIO)]);
    expect(second).toMatchObject({ code: 3, stdout: '' });
    expect(second.stderr).toMatch(
      new RegExp(`another run measures on this machine: \\S+-limits-\\w+ \\(pid ${first.child.pid}, uid \\d+\\)`),
    );
    expect(second.stderr).toContain(`kill ${first.child.pid}`);
    expect(readdirSync(other.directory)).toEqual(['scenario.yaml']);
    // What only reads goes on meanwhile.
    for (const command of [['plan', 'scenario.yaml'], ['clean']]) {
      expect(await runCli(other, command)).toMatchObject({ code: 0 });
    }
    await trialStarted(place, 2);
    first.child.kill('SIGINT');
    expect(await first.ended).toBe(130);
    expect(leftOf(place)).toEqual(NOTHING);
  }, 120_000);
});

describe('a limit of open files that the load does not fit in', () => {
  it('is named before anything is made, with what is needed', () => {
    const place = workplace();
    const file = writeScenario(place, SCENARIO.replace('connections: 4', 'connections: 40'));
    const argv = ['-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath, CLI, 'run', file];
    const run = spawnSync('sh', argv, {
      cwd: place.directory,
      env: { ...process.env, ...place.env },
      encoding: 'utf8',
    });
    expect(run.stderr).toMatch(
      /40 connections need 144 open files in a process, and the limit here is 128\n.*ulimit -n 144/,
    );
    expect(run.status).toBe(3);
    expect(readdirSync(place.directory)).toEqual(['scenario.yaml']);
  });
});

/** In every Node process of the run, the wall clock jumps forward by three hours once a file is there. */
const JUMPING_CLOCK = `
import { existsSync } from 'node:fs';
const Real = Date;
const now = () => Real.now() + (existsSync(process.env.TEST_JUMP) ? 3 * 3_600_000 : 0);
globalThis.Date = class extends Real {
  constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
  static now() { return now(); }
};
`;

describe('a wall clock that is set in mid-run', () => {
  it('spoils no trial and no proof, and is told with its size', async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const preload = path.join(place.directory, 'clock.mjs');
    const flag = path.join(place.directory, 'jump');
    writeFileSync(preload, JUMPING_CLOCK);
    chmodSync(place.directory, 0o755); // the agents have users of their own
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO)], {
      NODE_OPTIONS: `--import ${pathToFileURL(preload).href}`,
      TEST_JUMP: flag,
    });
    await trialStarted(place, 2);
    writeFileSync(flag, '');
    await trialStarted(place, 7);
    cli.child.kill('SIGINT');
    expect(await cli.ended, cli.stderr()).toBe(130);
    expect(leftOf(place)).toEqual(NOTHING);

    const trials = trialsOf(place);
    expect(trials.map(({ spec }) => spec.index)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const { clients } of trials) {
      const { counts, fromUs, toUs } = clients[0]?.segments.at(-1) ?? expect.fail('no segment');
      expect(counts).toMatchObject({ failed: 0, unsent: 0, sent: counts.scheduled });
      expect(toUs - fromUs).toBe(500_000);
    }
    const file = path.join(runFolder(place) ?? '', 'run.json');
    const run = runRecordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    expect(run.clockJumps).toHaveLength(1);
    expect(Math.round((run.clockJumps?.[0]?.byMs ?? 0) / 60_000)).toBe(180);
    const reported = await runCli(place, ['report', path.dirname(file)]);
    const said = 'the wall clock was set during the run (+10800 s)';
    expect(readFileSync(path.join(path.dirname(file), 'summary.md'), 'utf8'), reported.stderr).toContain(said);
  }, 120_000);
});
