import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { FIGURES_FILE, figuresText, type RunFigures } from '../../src/history/figures.ts';
import { INDEX_FILE } from '../../src/history/storeIndex.ts';
import type { Host } from '../../src/host/host.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { temporaryDirectory } from '../temporary.ts';
import { daily, QUIET, runIdOf } from './fixture.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example');

interface HistoryDocument {
  conclusion: { outcome: string; exitCode: number; sentence: string };
  series: { scenario: string; runs: { folder: string; runId: string }[] }[];
  leftOut: { folder: string; kind: string; because: string }[];
  notes: string[];
}

async function history(store: string, host: Host = nodeHost(), ...more: string[]) {
  const ran = await runInProcess(['history', store, '--json', ...more], host);
  return { ...ran, document: ran.stdout === '' ? undefined : (JSON.parse(ran.stdout) as HistoryDocument) };
}

const put = (store: string, own: RunFigures, folder = own.runId) => {
  mkdirSync(path.join(store, folder), { recursive: true });
  writeFileSync(path.join(store, folder, FIGURES_FILE), figuresText(own));
};

function quietStore(): string {
  const store = path.join(temporaryDirectory(), 'runs');
  for (const own of daily(QUIET)) put(store, own);
  return store;
}

/** A real run's records, without the files that are rendered of them. */
function putRecords(store: string, folder: string, edit: (record: Record<string, unknown>) => object = (same) => same) {
  const at = path.join(store, folder);
  cpSync(EXAMPLE, at, { recursive: true });
  rmSync(path.join(at, FIGURES_FILE), { force: true });
  const file = path.join(at, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify(edit({ ...record, runId: folder })));
  return at;
}

const leftOutOf = ({ document }: Awaited<ReturnType<typeof history>>) =>
  Object.fromEntries((document?.leftOut ?? []).map(({ folder, kind, because }) => [folder, `${kind}: ${because}`]));

describe('a folder of runs', () => {
  it('is judged by its figures, and by the records of a run that has none', async () => {
    const store = quietStore();
    putRecords(store, 'a-real-run');
    const { code, document } = await history(store);
    expect(code).toBe(4);
    expect(document?.series.map(({ scenario, runs }) => [scenario, runs.length])).toEqual([
      ['nightly', 12],
      ['quick-start', 1],
    ]);
    expect(document?.leftOut).toEqual([]);
  });

  it('gives the same figures from the records as a report writes', async () => {
    const store = temporaryDirectory();
    const at = putRecords(store, 'run');
    const quantities = async () => JSON.stringify((await history(store)).document?.series);
    const before = await quantities();
    rmSync(path.join(store, INDEX_FILE));
    expect([0, 1, 4]).toContain((await runInProcess(['report', at])).code);
    writeFileSync(path.join(at, 'run.json'), 'no more read');
    expect(await quantities()).toBe(before);
    expect(before).toContain('added p50');
  });

  it('may hold files beside the runs, which are none', async () => {
    const store = quietStore();
    writeFileSync(path.join(store, 'README.md'), 'about these runs');
    writeFileSync(path.join(store, 'history.html'), '<!doctype html>');
    expect(leftOutOf(await history(store))).toEqual({});
  });

  it('is refused where there is none, or no run in it', async () => {
    const nowhere = await history('/nowhere');
    expect([nowhere.code, nowhere.stdout]).toEqual([2, '']);
    expect(nowhere.stderr).toMatch(/^error: \/nowhere: ENOENT/);
    const empty = await history(temporaryDirectory());
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain('there is no run in this folder');
    const other = await history(quietStore(), nodeHost(), '--scenario', 'weekly');
    expect([other.code, other.stderr.match(/hint: .*/)?.[0]]).toEqual([2, 'hint: scenarios here: nightly']);
  });
});

describe('a hostile store', () => {
  it('has each fault named, and the runs beside it judged', async () => {
    const store = quietStore();
    const cut = putRecords(store, 'a-truncated-trial');
    truncateSync(path.join(cut, 'trials', '00002.json'), 1000);
    truncateSync(path.join(putRecords(store, 'b-truncated-run'), 'run.json'), 500);
    putRecords(store, 'c-killed-half-way', ({ ended: _, ...record }) => record);
    putRecords(store, 'd-newer', (record) => ({ ...record, schema: 'meshtax/run@2', more: true }));
    putRecords(store, 'e-older', (record) => ({ ...record, schema: 'meshtax/run@0' }));
    putRecords(store, 'f-no-schema', ({ schema: _, ...record }) => record);
    rmSync(path.join(putRecords(store, 'g-no-run-record'), 'run.json'));
    mkdirSync(path.join(store, 'h-empty'));
    mkdirSync(path.join(store, 'i-other', 'pictures'), { recursive: true });
    symlinkSync(EXAMPLE, path.join(store, 'j-link'));
    cpSync(path.join(store, runIdOf(3)), path.join(store, 'k-copy'), { recursive: true });
    const seen = await history(store);
    expect(leftOutOf(seen)).toEqual({
      'a-truncated-trial': expect.stringMatching(/^unreadable: .*trials\/00002\.json: not JSON: /),
      'b-truncated-run': expect.stringMatching(/^unreadable: run\.json is damaged: /),
      'c-killed-half-way': 'unfinished: the run was killed half-way, or still goes on',
      'd-newer': 'unreadable: run.json is of a newer version (meshtax/run@2, where this one reads meshtax/run@1)',
      'e-older': 'unreadable: run.json is of an older version (meshtax/run@0, where this one reads meshtax/run@1)',
      'f-no-schema': expect.stringMatching(/^unreadable: .*run\.json: not a record of this version at schema/),
      'g-no-run-record': 'unreadable: run.json is not there',
      'h-empty': 'no-run: an empty folder',
      'i-other': 'no-run: a folder without a run',
      'j-link': 'unreadable: is a symbolic link, and none is followed',
      'k-copy': `duplicate: the same run as in ${runIdOf(3)}`,
    });
    const nightly = seen.document?.series.find(({ scenario }) => scenario === 'nightly');
    expect(nightly?.runs).toHaveLength(12);
    for (const folder of Object.keys(leftOutOf(seen))) expect(seen.stderr).toContain(folder);
  });

  it('has damaged figures read from the records instead, and says so', async () => {
    const store = temporaryDirectory();
    const whole = putRecords(store, 'run');
    await runInProcess(['report', whole]);
    truncateSync(path.join(whole, FIGURES_FILE), 300);
    const cut = await history(store);
    expect(cut.document?.notes).toEqual([
      expect.stringMatching(/^run\/figures\.json is damaged \(.*\): the records are read instead$/),
    ]);
    expect(cut.document?.series[0]?.runs).toHaveLength(1);
    writeFileSync(path.join(whole, FIGURES_FILE), JSON.stringify({ schema: 'meshtax/figures@2' }));
    expect((await history(store)).document?.notes).toEqual([
      'run/figures.json is of a newer version (meshtax/figures@2, where this one reads meshtax/figures@1): the records are read instead',
    ]);
  });

  it('of 10,000 empty folders names them by count, and judges the runs', async () => {
    const store = quietStore();
    for (let index = 0; index < 10_000; index += 1) mkdirSync(path.join(store, `empty-${index}`));
    const { code, document } = await history(store);
    expect([code, document?.leftOut.length]).toEqual([0, 10_000]);
    const { stdout } = await runInProcess(['history', store]);
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/empty-0, .* and 9,995 more folders: an empty folder/);
  }, 120_000);

  it('that grows and shrinks meanwhile loses what went, and nothing else', async () => {
    const store = quietStore();
    const real = nodeHost();
    const gone = runIdOf(5);
    const host: Host = {
      ...real,
      list: async (folder) => {
        const names = await real.list(folder);
        if (folder === store) rmSync(path.join(store, gone), { recursive: true, force: true });
        return names;
      },
    };
    const { document } = await history(store, host);
    expect(document?.series[0]?.runs).toHaveLength(11);
  });
});

describe('the index', () => {
  it('answers the next time as the files did, also when they are only looked at', async () => {
    const store = quietStore();
    const first = await history(store);
    const real = nodeHost();
    const read: string[] = [];
    const host: Host = {
      ...real,
      readRegular: (file, limits) => {
        read.push(path.relative(store, file));
        return real.readRegular(file, limits);
      },
    };
    const second = await history(store, host);
    expect(second.stdout).toBe(first.stdout);
    expect(read).toEqual([INDEX_FILE]);
  });

  it('takes no notice of what has changed since: that is read anew', async () => {
    const store = quietStore();
    await history(store);
    const [changed] = daily([900]);
    if (changed === undefined) throw new Error('no run');
    put(store, changed);
    for (const own of daily([...QUIET, 700, 700]).slice(-2)) put(store, own);
    rmSync(path.join(store, runIdOf(4)), { recursive: true });
    const indexed = await history(store);
    rmSync(path.join(store, INDEX_FILE));
    const anew = await history(store);
    expect(indexed.stdout).toBe(anew.stdout);
    expect(anew.stdout).toContain('"point": 900');
  });

  it.each([
    [
      'cut short',
      (file: string) => truncateSync(file, 200),
      /^\.meshtax-index\.json is not used: .*; every run is read anew$/,
    ],
    [
      'of another shape',
      (file: string) => writeFileSync(file, '{"schema":"other"}'),
      /it is not an index of this version/,
    ],
    [
      'of another version of meshtax',
      (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace(/"tool":"[^"]*"/, '"tool":"0.0.1"')),
      /meshtax 0\.0\.1 made it/,
    ],
  ])('is not used where it is %s, which is said, and is made anew', async (_, damage, told) => {
    const store = quietStore();
    const before = await history(store);
    damage(path.join(store, INDEX_FILE));
    const { code, document } = await history(store);
    expect([code, document?.notes]).toEqual([before.code, [expect.stringMatching(told)]]);
    expect((await history(store)).stdout).toBe(before.stdout);
  });

  it('cannot be kept in a read-only folder, which is said, and changes nothing else', async () => {
    const store = quietStore();
    const host: Host = {
      ...nodeHost(),
      writeAtomically: () =>
        Promise.reject(Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' })),
    };
    const { code, document } = await history(store, host);
    expect([code, document?.notes]).toEqual([
      0,
      ['the index cannot be kept, so that every run is read each time: EROFS: read-only file system'],
    ]);
  });

  it('is whole after two have written it at once', async () => {
    const store = quietStore();
    const both = await Promise.all([history(store), history(store)]);
    expect(both[0].document?.series).toEqual(both[1].document?.series);
    expect((await history(store)).document?.notes).toEqual([]);
  });
});

describe('what is accepted', () => {
  it('is kept with its reason, and two who accept at once lose nothing', async () => {
    const store = quietStore();
    const accept = (day: number, because: string) =>
      runInProcess(['accept', path.join(store, runIdOf(day)), '--because', because]);
    const [first, second] = await Promise.all([accept(1, 'one reason'), accept(2, 'another\n reason')]);
    expect([first.code, second.code]).toEqual([0, 0]);
    const told = (await runInProcess(['history', store])).stdout.replace(/\s+/g, ' ');
    expect(told).toContain('"one reason"');
    expect(told).toContain('"another reason"');
  });

  it('is not joined with a line that was cut short, which is named', async () => {
    const store = quietStore();
    appendFileSync(path.join(store, 'baselines.jsonl'), '{"schema":"meshtax/base');
    await runInProcess(['accept', path.join(store, runIdOf(1)), '--because', 'it does more']);
    const { document, stdout } = await history(store);
    expect(document?.notes).toEqual(['baselines.jsonl:1 is not a baseline of this version, and is not used']);
    expect(stdout).toContain('it does more');
  });

  it('has to be a run that finished, with a reason', async () => {
    const store = quietStore();
    const run = path.join(store, runIdOf(1));
    expect((await runInProcess(['accept', run])).code).toBe(2);
    const none = await runInProcess(['accept', run, '--because', '  ']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('--because needs a reason')]);
    const missing = await runInProcess(['accept', path.join(store, 'nothing'), '--because', 'x']);
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('there is no such folder')]);
    putRecords(store, 'killed', ({ ended: _, ...record }) => record);
    const killed = await runInProcess(['accept', path.join(store, 'killed'), '--because', 'x']);
    expect([killed.code, killed.stderr]).toEqual([2, expect.stringContaining('killed half-way')]);
  });
});

describe('--keep', () => {
  it('removes older runs that no baseline rests on, and leaves alone what it cannot judge', async () => {
    const store = quietStore();
    for (const own of daily([...QUIET, 601, 602, 599]).slice(12)) put(store, own);
    putRecords(store, 'killed', ({ ended: _, ...record }) => record);
    mkdirSync(path.join(store, 'empty'));
    const { stderr } = await history(store, nodeHost(), '--keep', '2');
    expect(stderr).toContain('removed 3 runs; 10 older runs kept, since a baseline rests on them');
    const after = await history(store);
    expect(after.document?.series[0]?.runs.map(({ folder }) => Number(folder.slice(-4)))).toEqual([
      ...Array.from({ length: 10 }, (_, day) => day),
      13,
      14,
    ]);
    expect(Object.keys(leftOutOf(after)).sort()).toEqual(['empty', 'killed']);
  });

  it('refuses to keep none', async () => {
    expect((await history(quietStore(), nodeHost(), '--keep', '0')).code).toBe(2);
  });
});
