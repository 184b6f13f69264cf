import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { MODES } from '../../src/platforms/local/modes.ts';
import { temporaryDirectory } from '../temporary.ts';
import { runInProcess } from './inProcess.ts';

/** One command in this process, with a state folder of its own. */
async function cli(...argv: string[]) {
  const home = temporaryDirectory();
  const real = nodeHost();
  const env = (name: string) => (name === 'XDG_STATE_HOME' ? path.join(home, 'state') : real.env(name));
  return { ...(await runInProcess(argv, { ...real, env })), home };
}

function scenarioFile(text: string): string {
  const file = path.join(temporaryDirectory(), 'asked.yaml');
  writeFileSync(file, text);
  return file;
}

describe('meshtax', () => {
  it('prints its commands, examples and exit codes with --help, on stdout', async () => {
    const { code, stdout, stderr } = await cli('--help');
    expect([code, stderr]).toEqual([0, '']);
    for (const command of ['run', 'check', 'plan', 'report', 'list', 'schema', 'clean']) {
      expect(stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    }
    expect(stdout).toMatch(/^Examples:\n {2}meshtax run /m);
    expect(stdout).toMatch(/^ {4}4 {2}measured, but invalid, or inconclusive/m);
  });

  it('names every local mode in the help of run and of check', async () => {
    for (const command of ['run', 'check']) {
      const words = (await cli(command, '--help')).stdout.split(/[\s,]+/);
      expect(MODES.filter((mode) => !words.includes(mode))).toEqual([]);
    }
  });

  it('refuses to check a mode of a cluster, which has none', async () => {
    const { code, stderr } = await cli('check', '--platform', 'kubernetes', '--mode', 'root');
    expect([code, stderr]).toEqual([2, 'error: --mode is for this machine: a cluster has no modes\n']);
  });

  it('refuses a flag that it does not know, and names the one that was meant', async () => {
    const { code, stdout, stderr } = await cli('run', '--mdoe', 'root');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: unknown option '--mdoe'\n\(Did you mean --mode\?\)/);
  });

  it('refuses a scenario that is not there, as wrong usage', async () => {
    const { code, stderr } = await cli('run', '/nowhere/asked.yaml');
    expect(code).toBe(2);
    expect(stderr).toBe(
      "error: /nowhere/asked.yaml: ENOENT: no such file or directory, open '/nowhere/asked.yaml'\n" +
        '  hint: name a scenario, such as scenarios/quick-start.yaml\n',
    );
  });

  it('prints every problem of a scenario with its place, and creates nothing', async () => {
    const file = scenarioFile(
      '# q\nname: a\ntreatments: [{ mesh: none }, { mesh: envoyy }]\nload: { arrivalRate: fast }\n',
    );
    const { code, stderr, home } = await cli('run', file);
    expect(code).toBe(2);
    expect([...stderr.matchAll(/^error: asked\.yaml:(\d+:\d+)/gm)].map(([, place]) => place)).toEqual(['3:38', '4:22']);
    expect(existsSync(path.join(home, 'state'))).toBe(false);
  });

  it('refuses a platform or a mode that there is not', async () => {
    expect((await cli('run', '--platform', 'moon')).stderr).toBe(
      'error: there is no platform "moon"\n  hint: platforms: local, kubernetes\n',
    );
    expect((await cli('plan', '--platform', 'moon')).stderr).toBe(
      'error: there is no platform "moon"\n  hint: platforms: local, kubernetes\n',
    );
    expect(await cli('run', '--mode', 'magic')).toMatchObject({ code: 2 });
  });
});

describe('meshtax plan', () => {
  it('prints the order of the trials and the worst case, the same for the same seed, and touches nothing', async () => {
    const first = await cli('plan', '--seed', '7');
    const again = await cli('plan', '--seed', '7');
    expect([first.code, first.stderr, again.stdout]).toEqual([0, '', first.stdout]);
    expect(first.stdout.match(/^block .* at 1000\/s: /gm)).toHaveLength(12);
    expect(first.stdout).toMatch(/^seed 7; at most 72 trials in \d+ s$/m);
    expect(readdirSync(first.home)).toEqual([]);
  });
});

describe('meshtax list and schema', () => {
  it('print what can be asked for', async () => {
    const list = await cli('list');
    expect([list.code, list.stdout.match(/^\S.*$/gm)]).toEqual([
      0,
      ['meshes', 'platforms', 'drivers', 'collectors', 'profiles', 'budget sets', 'report formats'],
    ]);
    const schema = await cli('schema');
    expect([schema.code, Object.keys(JSON.parse(schema.stdout).properties ?? {})]).toEqual([
      0,
      expect.arrayContaining(['name', 'treatments', 'load', 'blocks', 'budgets']),
    ]);
  });
});

describe('meshtax report and clean', () => {
  it('refuse a folder that holds no run', async () => {
    expect(await cli('report', '/nowhere')).toMatchObject({ code: 2, stdout: '' });
  });

  it('find nothing to remove where nothing was left', async () => {
    expect(await cli('clean')).toMatchObject({ code: 0, stdout: 'nothing to remove\n', stderr: '' });
  });
});
