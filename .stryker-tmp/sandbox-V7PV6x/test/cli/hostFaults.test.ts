// @ts-nocheck
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { deploymentRecordSchema, runRecordSchema } from '../../src/record/runRecord.ts';
import { trialRecordSchema } from '../../src/record/trialRecord.ts';
import { ledgerDirectory } from '../../src/run/ledger.ts';
import { failingHost } from '../host/failingHost.ts';
import { type FakeHost, type FakeMachine, fakeHost } from '../host/fakeHost.ts';
import { fakePlatform } from '../host/fakePlatform.ts';
import { runInProcess } from './inProcess.ts';

const SCENARIO = `# Does a fault of the machine lose anything?
name: faults
treatments:
  - mesh: none
  - { mesh: none, name: again }
load: { arrivalRate: 1000/s, connections: 16, warmUp: 1s, duration: 4s }
blocks: { min: 6 }
`;
const BUG = 'This is a bug in meshtax';

const machine = (files: Record<string, string> = {}): FakeMachine => ({
  uid: 1000,
  env: { HOME: '/home/user' },
  files: {
    '/home/user/scenario.yaml': SCENARIO,
    '/proc/self/limits': 'Max open files            1024                 1024                 files\n',
    '/proc/4711/stat': `4711 (node) S ${'0 '.repeat(18)}77 0`,
    ...files,
  },
});

/** What the report pages need of an installed package is read from the real one's place. */
function withAnyFile(host: FakeHost): FakeHost {
  const readText = host.readText;
  return { ...host, readText: (file) => (file.includes('chart.umd') ? Promise.resolve('') : readText(file)) };
}

interface Swept {
  code: number;
  stdout: string;
  stderr: string;
  failed: string | undefined;
  host: FakeHost;
}

async function once(argv: string[], files: Record<string, string>, n: number): Promise<Swept & { calls: number }> {
  const fake = withAnyFile(fakeHost(machine(files)));
  const { host, calls, failed } = failingHost(fake, n);
  const outcome = await runInProcess(argv, host, async () => fakePlatform);
  return { ...outcome, failed: failed(), host: fake, calls: calls() };
}

const swept: string[] = [];
afterAll(() => {
  process.stdout.write(`host calls made to fail, one in each run: ${swept.join(', ')}\n`);
});

/** Lets each call of a command fail in turn, and looks at what came of it. */
async function sweep(argv: string[], files: Record<string, string>, look: (swept: Swept, clean: Swept) => void) {
  const clean = await once(argv, files, 0);
  expect(clean.stderr).not.toContain(BUG);
  for (let n = 1; n <= clean.calls; n++) {
    const one = await once(argv, files, n);
    const where = `call ${n}, ${one.failed}:\n${one.stderr}`;
    expect(one.failed, where).toBeDefined();
    expect(one.stderr, where).not.toContain(BUG);
    expect([0, 1, 2, 3, 4], where).toContain(one.code);
    // A fault that changed the outcome is named; one that did not was recovered from.
    if (one.code !== clean.code) expect(one.stderr, where).toMatch(/error: .*made to fail|error: .*|not removed: /);
    look(one, clean);
  }
  swept.push(`${argv[0]} ${clean.calls}`);
}

/** Every record that is there is whole, and whatever was made is gone or written down. */
function nothingLost({ host, failed, stderr }: Swept): void {
  const schemas = { trials: trialRecordSchema, deployments: deploymentRecordSchema };
  for (const [file, text] of host.files) {
    const where = `${failed}: ${file}`;
    if (path.basename(file) === 'run.json')
      expect(runRecordSchema.safeParse(JSON.parse(text)).success, where).toBe(true);
    const schema = schemas[path.basename(path.dirname(file)) as keyof typeof schemas];
    if (schema !== undefined) expect(schema.safeParse(JSON.parse(text)).success, where).toBe(true);
  }
  const made = [...host.directories].filter((name) => name.startsWith('/tmp/meshtax-'));
  const ledgers = [...host.files].filter(([name]) => name.startsWith(ledgerDirectory(host)));
  if (made.length > 0)
    expect(ledgers.map(([, text]) => text).join(''), `${failed}\n${stderr}`).toContain('"directory"');
}

/** The files of a run that went well, for the commands that read one. */
async function recordedRun(): Promise<{ folder: string; files: Record<string, string> }> {
  const { host } = await once(['run', '/home/user/scenario.yaml', '--seed', '1', '--out', '/home/user/reports'], {}, 0);
  const files = Object.fromEntries([...host.files].filter(([name]) => name.startsWith('/home/user/reports/')));
  const folder = path.dirname(Object.keys(files).find((name) => name.endsWith('/run.json')) ?? '');
  return { folder, files };
}

describe('each call to the machine, failing once', () => {
  it('ends a run with a named error, or is recovered from, and loses no record', { timeout: 240_000 }, async () => {
    const argv = ['run', '/home/user/scenario.yaml', '--seed', '1', '--out', '/home/user/reports', '--quiet'];
    await sweep(argv, {}, nothingLost);
  });

  it('ends a report with a named error, or is recovered from, and changes no record', {
    timeout: 120_000,
  }, async () => {
    const { folder, files } = await recordedRun();
    await sweep(['report', folder], files, (one) => {
      nothingLost(one);
      for (const name of Object.keys(files).filter((file) => /trials|deployments|run\.json/.test(file))) {
        expect(one.host.files.get(name)).toBe(files[name]);
      }
    });
  });

  it('ends clean with a named problem, or is recovered from', async () => {
    const dead = JSON.stringify({ runId: 'dead', ownerPid: 99, ownerStart: '1' });
    const made = JSON.stringify({ what: 'directory', path: '/tmp/meshtax-dead' });
    const files = {
      '/home/user/.local/state/meshtax/ledger/dead.jsonl': `${dead}\n${made}\n`,
      '/tmp/meshtax-dead/file': '',
      '/proc/1/environ': 'A=b',
    };
    await sweep(['clean'], files, (one) => {
      // What is still there is still in the ledger, so that the next clean finds it.
      if (one.host.files.has('/tmp/meshtax-dead/file')) {
        expect(one.host.files.has('/home/user/.local/state/meshtax/ledger/dead.jsonl'), one.failed).toBe(true);
      }
    });
  });

  it('ends plan and check with a named error, or is recovered from', async () => {
    await sweep(['plan', '/home/user/scenario.yaml', '--seed', '1'], {}, () => {});
    await sweep(['check'], {}, () => {});
  });
});
