import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { local } from '../../../src/platforms/local/local.ts';
import { openLedger } from '../../../src/run/ledger.ts';
import { failingHost } from '../../host/failingHost.ts';
import { fakeAgents } from '../../host/fakeAgents.ts';
import { fakeHost } from '../../host/fakeHost.ts';
import { temporaryDirectory } from '../../temporary.ts';

const SPEC = {
  id: 'b1-none-r0-a1',
  block: 1,
  treatment: { name: 'none', mesh: 'none' as const, settings: {}, serviceTimeUs: 0 },
};

/** Opens the local platform in mode ports, deploys a baseline, takes it down: with the n-th call to the machine failing. */
async function once(n: number) {
  const agents = fakeAgents();
  const tools = ['setpriv', 'taskset', 'sh', 'python3', 'capsh', 'unshare'];
  // Sockets are real, and short enough for a socket's path.
  const home = temporaryDirectory();
  mkdirSync(path.join(home, 't'));
  const fake = {
    ...fakeHost({
      uid: 1000,
      env: { HOME: home },
      commands: Object.fromEntries(tools.map((tool) => [tool, `/usr/bin/${tool}`])),
      files: {
        '/agent.cjs': 'program',
        '/proc/self/status': 'CapEff:\t0000000000000000\n',
        '/proc/4711/stat': `4711 (node) S ${'0 '.repeat(18)}77 0`,
      },
      spawn: agents.spawn,
    }),
    tempDirectory: path.join(home, 't'),
  };
  fake.directories.add(fake.tempDirectory);
  const { host, calls, failed } = failingHost(fake, n);
  const ledger = await openLedger(fake, 'run');
  let error: unknown;
  const problems: string[] = [];
  try {
    const open = await local.open({
      host,
      ledger,
      options: {
        mode: 'ports',
        envoy: undefined,
        k6: undefined,
        pinning: false,
        link: 'veth',
        kubernetes: { kubeconfig: undefined, context: undefined, image: 'i', keep: false },
      },
      agentFile: '/agent.cjs',
      program: [],
      needsProxy: false,
      scenario: undefined,
      signal: new AbortController().signal,
      say: () => {},
    });
    try {
      const deployment = await open.deploy(SPEC as Parameters<typeof open.deploy>[0]);
      problems.push(...(await deployment.retire()));
    } finally {
      problems.push(...(await open.close()));
    }
  } catch (thrown) {
    error = thrown;
  }
  rmSync(home, { recursive: true, force: true });
  const left = [...fake.directories, ...fake.files.keys()].filter((name) => name.startsWith(`${fake.tempDirectory}/`));
  return { error, problems, left, running: agents.running.size, calls: calls(), failed: failed() };
}

it('takes down all that it made, or says what is left, whichever call to the machine fails', {
  timeout: 120_000,
}, async () => {
  const clean = await once(0);
  expect({ error: clean.error, problems: clean.problems, left: clean.left, running: clean.running }).toEqual({
    error: undefined,
    problems: [],
    left: [],
    running: 0,
  });
  for (let n = 1; n <= clean.calls; n++) {
    const one = await once(n);
    const where = `call ${n}, ${one.failed}`;
    if (one.error !== undefined)
      expect(String((one.error as Error).message), where).toMatch(/made to fail|not |cannot/);
    expect(one.running, `${where}: agents that go on running`).toBe(0);
    // What is left is told: by the error, or as a problem.
    const told = `${(one.error as Error | undefined)?.message ?? ''} ${one.problems.join(' ')}`;
    if (one.left.length > 0) expect(told, `${where}: ${one.left.join(', ')}`).toContain('made to fail');
  }
  process.stdout.write(`host calls of the local platform made to fail, one in each run: ${clean.calls}\n`);
});
