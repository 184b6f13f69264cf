import { readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runRecordSchema } from '../../src/record/runRecord.ts';
import { type FakeHost, fakeHost } from '../host/fakeHost.ts';
import { fakePlatform } from '../host/fakePlatform.ts';
import { temporaryDirectory } from '../temporary.ts';
import { copyOfExample } from './hostileRun.ts';
import { runInProcess } from './inProcess.ts';

/** A copy of the example run, so that whatever is written is seen. */
function example() {
  const run = copyOfExample(path.join(temporaryDirectory(), 'run'));
  const report = (...words: string[]) => runInProcess(['report', run, ...words]);
  const filesOf = () =>
    readdirSync(run, { recursive: true, encoding: 'utf8' })
      .sort()
      .map((name) => `${name} ${statSync(path.join(run, name)).mtimeMs}`);
  return { run, report, filesOf };
}

const namesOf = (stdout: string) => stdout.match(/^Budgets: .*$/m)?.[0];

/** The sentences of a section of the summary, each on one line. */
function sectionOf(stdout: string, title: string): string[] {
  const [, section = ''] = stdout.split(`${title}\n`);
  const [own = ''] = section.split('\n\n');
  return own
    .split(/^ {2}- /m)
    .slice(1)
    .map((entry) => entry.replace(/\s+/g, ' ').trim());
}

describe('meshtax report --budgets', () => {
  it.each([
    ['documented', 0],
    ['istio-1.24', 4],
    ['linkerd-2021-11', 0],
  ])('judges a recorded run against the built-in set %s, and writes nothing', async (set, code) => {
    const { report, filesOf } = example();
    const before = filesOf();
    const told = await report('--budgets', set);
    expect([told.code, told.stderr, namesOf(told.stdout)]).toEqual([code, '', `Budgets: ${set}`]);
    expect(told.stdout).not.toContain('Full report');
    expect(filesOf()).toEqual(before);
  });

  it('prints which conditions of a set the run does not meet', async () => {
    const { stdout } = await example().report('--budgets', 'linkerd-2021-11');
    expect(sectionOf(stdout, 'Stated conditions that the run does not meet, or that cannot be checked')).toEqual([
      "stated for Istio 1.12.0, here ran upstream Envoy 1.40.0 in Istio's sidecar topology, not Istio (envoy at 1,000/s)",
      'stated for bare metal, this machine is virtual (envoy at 1,000/s)',
      'stated at 2,000/s, judged at 1,000/s (envoy at 1,000/s)',
      'cannot be checked: payload, sidecars on the path, workers, connections (envoy at 1,000/s)',
    ]);
  });

  it('names the sets where a name is neither a set nor a file', async () => {
    const { code, stderr } = await example().report('--budgets', 'linkerd-2021');
    expect([code, stderr]).toEqual([
      2,
      "error: linkerd-2021: ENOENT: no such file or directory, open 'linkerd-2021'\n" +
        '  hint: name a budgets file, or a built-in set: documented, istio-1.24, linkerd-2021-11\n',
    ]);
  });

  it('shows the fleet of 100 pods as the documented figures come to, beside what this run would use', async () => {
    const { stdout } = await example().report('--budgets', 'documented');
    const flat = stdout.replace(/\s+/g, ' ');
    for (const said of [
      'CPU reserved by the sidecars of 100 pods at most 10 cores (advisory): envoy at 1,000/s, 10 cores',
      'memory reserved by the sidecars of 100 pods at most 12.5 GiB (advisory): envoy at 1,000/s, 12.5 GiB',
      '100 pods of 128 MiB each, as the line assumes since the sidecars of this run reserve nothing',
      'CPU used by the sidecars of 100 pods at most 10 cores (advisory): envoy at 1,000/s, 19.1 cores (18.6 to 19.8)',
      "100 pods, taken to carry this run's load of 1,000/s each: the whole interval, 18.6 to 19.8 cores, is above 10 cores",
    ]) {
      expect(flat).toContain(said);
    }
  });
});

describe('meshtax report --on-inconclusive', () => {
  async function judged(...words: string[]) {
    const { run, report } = example();
    const file = path.join(run, 'open.yaml');
    // Inside the interval of the example's added p50.
    writeFileSync(file, '- { metric: added-latency, percentile: p50, atMost: 760us }\n');
    const { code, stdout } = await report('--budgets', file, ...words);
    return [code, stdout.split('\n')[0], stdout.replace(/\s+/g, ' ').includes('as --on-inconclusive pass asks')];
  }

  it('pass ends an inconclusive run with 0 and says so; fail, the default, with 4', async () => {
    expect(await judged('--on-inconclusive', 'pass')).toEqual([0, '? Inconclusive', true]);
    expect(await judged('--on-inconclusive', 'fail')).toEqual([4, '? Inconclusive', false]);
    expect(await judged()).toEqual([4, '? Inconclusive', false]);
  });

  it('takes nothing else', async () => {
    const { code, stderr } = await example().report('--on-inconclusive', 'ignore');
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      "error: option '--on-inconclusive <what>' argument 'ignore' is invalid. Allowed choices are fail, pass.",
    ]);
  });
});

describe('meshtax run --budgets', () => {
  const SCENARIO = `# Does the budget hold?
name: budgeted
treatments:
  - mesh: none
  - { mesh: none, name: again }
load: { arrivalRate: 1000/s, connections: 16, warmUp: 1s, duration: 4s }
blocks: { min: 6 }
budgets: [{ metric: added-latency, percentile: p50, atMost: 1us }]
`;
  const BUDGETS = '- { metric: success-rate, atLeast: 99.9%, for: again, source: our SLO }\n';

  function machine(): FakeHost {
    const host = fakeHost({
      uid: 1000,
      env: { HOME: '/home/user' },
      files: {
        '/home/user/scenario.yaml': SCENARIO,
        '/home/user/slo.yaml': BUDGETS,
        '/proc/self/limits': 'Max open files            1024                 1024                 files\n',
        '/proc/4711/stat': `4711 (node) S ${'0 '.repeat(18)}77 0`,
      },
    });
    const { readText } = host;
    return { ...host, readText: (file) => (file.includes('chart.umd') ? Promise.resolve('') : readText(file)) };
  }

  async function ran(budgets: string) {
    const host = machine();
    const words = ['run', '/home/user/scenario.yaml', '--out', '/home/user/reports', '--quiet', '--budgets', budgets];
    const told = await runInProcess(words, host, async () => fakePlatform);
    const file = [...host.files.keys()].find((name) => name.endsWith('/run.json')) ?? '';
    const record = runRecordSchema.parse(JSON.parse(host.files.get(file) ?? '{}'));
    return { ...told, host, folder: path.dirname(file), record };
  }

  it('judges against a file, keeps its text in the record, and report judges the same without the file', async () => {
    const { code, stdout, host, folder, record } = await ran('/home/user/slo.yaml');
    expect([code, namesOf(stdout)]).toEqual([0, 'Budgets: slo.yaml']);
    expect([record.budgetsFile, record.budgetsText, record.scenarioText]).toEqual(['slo.yaml', BUDGETS, SCENARIO]);
    host.files.delete('/home/user/slo.yaml');
    const again = await runInProcess(['report', folder], host);
    expect([again.code, again.stdout]).toEqual([0, stdout]);
  });

  it('keeps budgets that another version may not read: they are refused by the run they are of', async () => {
    const { host, folder, record } = await ran('/home/user/slo.yaml');
    host.files.set(`${folder}/run.json`, JSON.stringify({ ...record, budgetsText: '- { metric: joy, atMost: 1 }' }));
    const { code, stderr } = await runInProcess(['report', folder], host);
    expect([code, stderr]).toEqual([
      2,
      `error: the budgets in the record of ${record.runId} are not valid in this version of meshtax\n` +
        '  hint: report it with the version that made it\n',
    ]);
  });

  it('judges against a built-in set, whose name is its text', async () => {
    const { stdout, record } = await ran('istio-1.24');
    expect(namesOf(stdout)).toBeUndefined();
    expect([record.budgetsFile, record.budgetsText]).toEqual(['istio-1.24', 'istio-1.24']);
  });

  it('refuses a wrong file before anything is measured', async () => {
    const host = machine();
    host.files.set('/home/user/slo.yaml', BUDGETS.replace('again', 'agian'));
    const words = [
      'run',
      '/home/user/scenario.yaml',
      '--out',
      '/home/user/reports',
      '--budgets',
      '/home/user/slo.yaml',
    ];
    const { code, stderr } = await runInProcess(words, host, async () => fakePlatform);
    expect([code, stderr.split('\n')[0]]).toEqual([
      2,
      'error: slo.yaml:1:48  [0].for: agian is neither a mesh nor the name of a treatment',
    ]);
    expect([...host.files.keys()].filter((name) => name.startsWith('/home/user/reports'))).toEqual([]);
  });
});
