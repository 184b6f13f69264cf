// @ts-nocheck
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CLI,
  ledgersOf,
  leftOf,
  NOTHING,
  onPath,
  runFolder,
  startCli,
  trialStarted,
  until,
  type Workplace,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# What happens when the terminal goes away?
name: terminal
treatments:
  - mesh: none
  - mesh: none
    name: again
load: { arrivalRate: 200/s, connections: 4, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;

const ledgersSoFar = (place: Workplace) =>
  existsSync(path.join(place.directory, 'state', 'meshtax', 'ledger')) ? ledgersOf(place) : [];

/** Opens a terminal, runs the program in it, and closes the terminal when its own standard input ends. */
const IN_A_TERMINAL = `import os, pty, sys, threading
pid, master = pty.fork()
if pid == 0: os.execv(sys.argv[1], sys.argv[1:])
def drain():
    try:
        while os.read(master, 4096): pass
    except OSError: pass
threading.Thread(target=drain, daemon=True).start()
sys.stdin.read()
os.close(master)
_, status = os.waitpid(pid, 0)
print(os.waitstatus_to_exitcode(status), flush=True)
os._exit(0)
`;

describe('a terminal that is closed in mid-run', () => {
  it('ends the run as a hangup does, with everything taken down', async (context) => {
    if (!onPath('python3')) context.skip('needs python3 for a terminal');
    const place = workplace();
    const argv = ['-c', IN_A_TERMINAL, process.execPath, CLI, 'run', writeScenario(place, SCENARIO)];
    const terminal = spawn('python3', argv, { cwd: place.directory, env: { ...process.env, ...place.env } });
    let printed = '';
    terminal.stdout.on('data', (part) => {
      printed += part;
    });
    const closed = new Promise((resolve) => terminal.once('close', resolve));
    await trialStarted(place, 2);
    terminal.stdin.end();
    await closed;
    expect(printed.trim()).toBe('129');
    expect(ledgersOf(place)).toEqual([]);
    expect(leftOf(place)).toEqual(NOTHING);
  }, 60_000);
});

describe('an output that nobody reads any more', () => {
  it('stops nothing, and everything is taken down', async () => {
    const place = workplace();
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO)]);
    await trialStarted(place, 1);
    cli.child.stdout?.destroy();
    cli.child.stderr?.destroy();
    await trialStarted(place, 3);
    cli.child.kill('SIGINT');
    expect(await cli.ended).toBe(130);
    expect(ledgersOf(place)).toEqual([]);
    expect(leftOf(place)).toEqual(NOTHING);
  }, 60_000);
});

describe('Ctrl-C', () => {
  it('at the very beginning leaves nothing, and no folder without a record', async () => {
    const place = workplace();
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO)]);
    await until('a ledger', () => (ledgersSoFar(place).length > 0 ? true : undefined));
    cli.child.kill('SIGINT');
    expect(await cli.ended, cli.stderr()).toBe(130);
    expect(ledgersOf(place)).toEqual([]);
    const folder = runFolder(place);
    if (folder !== undefined) expect(existsSync(path.join(folder, 'run.json'))).toBe(true);
  }, 60_000);

  it('again and again during the tear-down changes nothing', async () => {
    const place = workplace();
    const cli = startCli(place, ['run', writeScenario(place, SCENARIO)]);
    await trialStarted(place, 1);
    const again = setInterval(() => cli.child.kill('SIGINT'), 10);
    expect(await cli.ended, cli.stderr()).toBe(130);
    clearInterval(again);
    expect(cli.stderr().split('taking everything down').length - 1).toBe(1);
    expect(ledgersOf(place)).toEqual([]);
    expect(leftOf(place)).toEqual(NOTHING);
  }, 60_000);

  it('while a report is written leaves no half of a report', async () => {
    const place = workplace();
    const out = path.join(place.directory, 'out');
    const example = path.resolve(import.meta.dirname, '../../reports/example');
    const cli = startCli(place, ['report', example, '--out', out]);
    const files = () => (existsSync(out) ? readdirSync(out) : []);
    await until('the first file', () => (files().length > 0 ? true : undefined));
    cli.child.kill('SIGINT');
    expect([0, 130, 143]).toContain(await cli.ended);
    expect(files().filter((name) => name.endsWith('.tmp'))).toEqual([]);
  }, 60_000);
});
