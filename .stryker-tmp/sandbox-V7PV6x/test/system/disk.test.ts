// @ts-nocheck
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ledgersOf,
  leftOf,
  NOTHING,
  runCli,
  startCli,
  until,
  type Workplace,
  whyNoEnvoy,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# What happens when the disk is full?
name: disk
treatments:
  - mesh: none
  - mesh: none
    name: again
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;

const mounts: string[] = [];
afterEach(() => {
  for (const mount of mounts.splice(0)) execFileSync('umount', [mount]);
});

/** reports/ of the workplace on a small disk of its own. */
function smallDisk(place: Workplace, options: string): string {
  const directory = path.join(place.directory, 'reports');
  mkdirSync(directory);
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', directory]);
  mounts.push(directory);
  return directory;
}

const whyNoMount = () => (process.getuid?.() === 0 ? undefined : 'needs root to mount a small disk');

const onlyRun = (reports: string) => path.join(reports, readdirSync(reports)[0] ?? '');
const recordsIn = (run: string) => readdirSync(path.join(run, 'trials'));

describe('a disk that is full in mid-run', () => {
  it('ends the run with exit 4, the file and the reason, and every record that is there is whole', async (context) => {
    const reason = whyNoMount();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const reports = smallDisk(place, 'size=100k');
    const run = await runCli(place, ['run', writeScenario(place, SCENARIO)]);
    expect(run.stderr).toMatch(/error: ENOSPC: no space left on device.*reports.*\.json'/);
    expect(run.stderr).toMatch(/hint: free some space there, or name another folder with --out/);
    expect(run.code).toBe(4);
    const folder = onlyRun(reports);
    expect(recordsIn(folder).length).toBeGreaterThan(0);
    expect(recordsIn(folder).filter((name) => !/^\d{5}\.json$/.test(name))).toEqual([]);
    // The summary needs no disk; what could not be written is said beside it.
    expect(run.stdout).toMatch(/^This run did not finish/m);
    expect(run.stderr).toMatch(/the report could not be written: ENOSPC/);
    expect(ledgersOf(place)).toEqual([]);
    expect(leftOf(place)).toEqual(NOTHING);
    const reported = await runCli(place, ['report', folder, '--out', path.join(place.directory, 'elsewhere')]);
    expect(reported).toMatchObject({ code: 4, stdout: expect.stringContaining('This run did not finish') });
    expect(existsSync(path.join(place.directory, 'elsewhere', 'report.html'))).toBe(true);
  }, 90_000);
});

describe('a place that cannot be written to', () => {
  it('is refused before anything is made, where it is a read-only disk', async (context) => {
    const reason = whyNoMount();
    if (reason !== undefined) return context.skip(reason);
    const place = workplace();
    smallDisk(place, 'size=1m,ro');
    const { code, stdout, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO)]);
    expect(stderr).toMatch(/EROFS: read-only file system/);
    expect(stderr).toContain('hint: name another parent folder with --out');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(readdirSync(place.directory).sort()).toEqual(['reports', 'scenario.yaml']);
  });

  it('is refused where it is a file', async () => {
    const place = workplace();
    writeFileSync(path.join(place.directory, 'reports'), '');
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO)]);
    expect(stderr).toMatch(/the run's folder cannot be made: E(EXIST|NOTDIR)/);
    expect(code).toBe(2);
    expect(readdirSync(place.directory).sort()).toEqual(['reports', 'scenario.yaml']);
  });

  it('is refused for the ledger, without which nothing could be found again, and no run folder is left', async () => {
    const place = workplace();
    writeFileSync(path.join(place.directory, 'state'), '');
    const { code, stderr } = await runCli(place, ['run', writeScenario(place, SCENARIO)]);
    expect(stderr).toMatch(/what this run makes cannot be written down in .*state.meshtax.ledger: E(EXIST|NOTDIR)/);
    expect(stderr).toContain('hint: set XDG_STATE_HOME to a folder that can be written to');
    expect(code).toBe(3);
    expect(readdirSync(path.join(place.directory, 'reports'))).toEqual([]);
  });
});

describe('a run folder that vanishes in mid-run', () => {
  it('ends the run with a named error, and everything is taken down', async (context) => {
    const reason = whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const place = workplace();
    const reports = path.join(place.directory, 'reports');
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO)]);
    await until('the first record', () =>
      existsSync(reports) && existsSync(path.join(onlyRun(reports), 'trials', '00001.json')) ? true : undefined,
    );
    const folder = onlyRun(reports);
    const moved = path.join(place.directory, 'moved');
    renameSync(folder, moved);
    expect(await cli.ended, cli.stderr()).toBe(4);
    expect(cli.stderr()).toMatch(/error: ENOENT: no such file or directory/);
    expect(cli.stderr()).not.toContain('a bug in meshtax');
    renameSync(moved, folder);
    expect(ledgersOf(place)).toEqual([]);
    expect(leftOf(place)).toEqual(NOTHING);
    expect((await runCli(place, ['report', folder])).stdout).toMatch(/^This run did not finish/m);
  }, 60_000);
});

describe('a report that cannot be written', () => {
  it('is printed all the same', async (context) => {
    if (process.getuid?.() !== 0) context.skip('needs root to mount a small disk');
    const place = workplace();
    const reports = smallDisk(place, 'size=64k');
    const example = path.resolve(import.meta.dirname, '../../reports/example');
    const { code, stdout, stderr } = await runCli(place, ['report', example, '--out', reports]);
    expect(stderr).toMatch(/the report could not be written: ENOSPC/);
    expect(stdout.length).toBeGreaterThan(500);
    expect([1, 3, 4]).toContain(code);
    // Nothing half-written stands under a report's name.
    for (const name of readdirSync(reports)) expect(statSync(path.join(reports, name)).size).toBeGreaterThan(0);
    expect(readdirSync(reports).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
