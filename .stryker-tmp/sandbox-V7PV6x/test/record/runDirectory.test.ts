// @ts-nocheck
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { UserError } from '../../src/host/problems.ts';
import { createRunDirectory, openRunDirectory, readRun } from '../../src/record/runDirectory.ts';
import { temporaryDirectory } from '../temporary.ts';
import { deploymentRecord, runRecord, summaryOf, trialRecord } from './records.ts';

const host = nodeHost();

async function recordedRun() {
  const parent = temporaryDirectory();
  const directory = await createRunDirectory(host, parent, 'run-1');
  await directory.writeRun(runRecord());
  await directory.writeDeployment(deploymentRecord('b1-none-r0'));
  for (const index of [2, 1, 10]) await directory.writeTrial(trialRecord(index), summaryOf(trialRecord(index)));
  const at = (...parts: string[]) => path.join(directory.path, ...parts);
  return { parent, directory, at };
}

const problemOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'none',
    (error: unknown) =>
      error instanceof UserError ? { exitCode: error.exitCode, message: error.message, hint: error.hint } : error,
  );

describe('the folder of a run', () => {
  it('gives back what was written, the trials in their order', async () => {
    const { directory } = await recordedRun();
    expect(await readRun(host, directory.path)).toEqual({
      run: runRecord(),
      deployments: [deploymentRecord('b1-none-r0')],
      trials: [trialRecord(1), trialRecord(2), trialRecord(10)],
    });
  });

  it('holds one file per record, and a line for each trial and event in the order that they came', async () => {
    const { directory, at } = await recordedRun();
    await directory.event({ kind: 'said', text: 'one' });
    await directory.event({ kind: 'said', text: 'two' });
    expect(await directory.writeReport('report.md', '# Report\n')).toBe(at('report.md'));
    const lines = (name: string) =>
      readFileSync(at(name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    expect(readdirSync(at()).sort()).toEqual([
      'deployments',
      'events.jsonl',
      'report.md',
      'run.json',
      'summary.jsonl',
      'trials',
    ]);
    expect(readdirSync(at('trials')).sort()).toEqual(['00001.json', '00002.json', '00010.json']);
    expect(lines('summary.jsonl')).toEqual([2, 1, 10].map((index) => summaryOf(trialRecord(index))));
    expect(lines('events.jsonl')).toEqual([
      { kind: 'said', text: 'one' },
      { kind: 'said', text: 'two' },
    ]);
  });

  it('takes the last word on how the run ended', async () => {
    const { directory } = await recordedRun();
    const ended = { at: '2030-01-01T00:10:00.000Z', because: 'six valid blocks', complete: true };
    await openRunDirectory(host, directory.path).writeRun({ ...runRecord(), ended });
    expect((await readRun(host, directory.path)).run).toEqual({ ...runRecord(), ended });
  });

  it('is made below a parent that does not exist yet, and never twice', async () => {
    const parent = path.join(temporaryDirectory(), 'a', 'b');
    await createRunDirectory(host, parent, 'run-1');
    expect(await problemOf(createRunDirectory(host, parent, 'run-1'))).toEqual({
      exitCode: 2,
      message: expect.stringMatching(/^the run's folder cannot be made: EEXIST.*run-1/),
      hint: 'name another parent folder with --out',
    });
  });

  it('cannot be made below a file', async () => {
    const parent = path.join(temporaryDirectory(), 'file');
    writeFileSync(parent, '');
    expect(await problemOf(createRunDirectory(host, parent, 'run-1'))).toMatchObject({ exitCode: 2 });
  });

  it('can be read before anything was measured, and ignores files of other kinds', async () => {
    const directory = temporaryDirectory();
    await openRunDirectory(host, directory).writeRun(runRecord());
    expect(await readRun(host, directory)).toEqual({ run: runRecord(), deployments: [], trials: [] });
    mkdirSync(path.join(directory, 'trials'));
    writeFileSync(path.join(directory, 'trials', '00001.json.4711.tmp'), '{"half":');
    expect((await readRun(host, directory)).trials).toEqual([]);
  });
});

describe('a folder that is not a whole run', () => {
  it('is named where it is not there', async () => {
    const { at } = await recordedRun();
    rmSync(at(), { recursive: true });
    expect(await problemOf(readRun(host, at()))).toEqual({
      exitCode: 2,
      message: expect.stringContaining(`${at('run.json')}: ENOENT`),
      hint: 'name the folder of a run, such as reports/RUN',
    });
  });

  it('is named with the file that is damaged', async () => {
    const { at } = await recordedRun();
    writeFileSync(at('trials', '00002.json'), '{"schema":');
    expect(await problemOf(readRun(host, at()))).toEqual({
      exitCode: 2,
      message: expect.stringMatching(/trials\/00002\.json: not JSON: /),
      hint: 'the file is damaged; remove it to report without it',
    });
    rmSync(at('trials', '00002.json'));
    expect((await readRun(host, at())).trials.map((trial) => trial.spec.index)).toEqual([1, 10]);
  });

  it.each([
    ['run.json', { ...runRecord(), schema: 'meshtax/run@2' }, 'schema'],
    ['deployments/b1-none-r0.json', { ...deploymentRecord('x'), block: 1.5 }, 'block'],
    ['trials/00001.json', { ...trialRecord(1), hiccups: { missing: 4 } }, 'hiccups'],
    ['trials/00001.json', { ...trialRecord(1), runId: undefined }, 'runId'],
  ])('is named with the file of another version and the place in it: %s, %#', async (name, value, place) => {
    const { at } = await recordedRun();
    writeFileSync(at(name), JSON.stringify(value));
    expect(await problemOf(readRun(host, at()))).toEqual({
      exitCode: 2,
      message: expect.stringContaining(`${at(name)}: not a record of this version at ${place}`),
      hint: 'the run was made by another version of meshtax, or changed by hand',
    });
  });

  it('is named where a record has a key that nobody knows', async () => {
    const { at } = await recordedRun();
    writeFileSync(at('run.json'), JSON.stringify({ ...runRecord(), surprise: 1 }));
    expect(await problemOf(readRun(host, at()))).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining('surprise'),
    });
  });
});
