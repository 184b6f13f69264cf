// @ts-nocheck
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DeploymentRecord } from '../../../src/record/runRecord.ts';

/** What can be done to a deployment that is up; each tells what it saw of its own effect. */

const podPid = (deployment: DeploymentRecord, name: string): number => {
  const pid = deployment.pods.find((pod) => pod.name === name)?.pid;
  if (typeof pid !== 'number') throw new Error(`no pid of pod ${name} is recorded`);
  return pid;
};

const proxyPids = (deployment: DeploymentRecord): number[] =>
  deployment.proxies.map(({ pid }) => (typeof pid === 'number' ? pid : Number.NaN));

/** Half of the client's new connections leave past its proxy, and arrive past the server's. */
export function bypass(deployment: DeploymentRecord): void {
  const inPod = (name: string, ...rule: string[]) => {
    const pid = String(podPid(deployment, name));
    execFileSync('nsenter', ['--target', pid, '--net', 'iptables', '--table', 'nat', '--insert', ...rule]);
  };
  const tcp = ['--protocol', 'tcp', '--dport'];
  const half = ['--match', 'statistic', '--mode', 'nth', '--every', '2', '--packet', '0'];
  const byDriver = ['--match', 'owner', '!', '--uid-owner', '1337'];
  inPod('server', 'PREROUTING', ...tcp, '8081', '--jump', 'REDIRECT', '--to-ports', '8080');
  const past = ['--jump', 'DNAT', '--to-destination', '10.77.0.2:8081'];
  inPod('client', 'OUTPUT', ...tcp, '8080', ...byDriver, ...half, ...past);
}

const stateOf = (pid: number) => /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '?';

/** Stops a pod's agent again and again. @returns the states that it was seen in while stopped */
export async function stop(
  deployment: DeploymentRecord,
  pod: string,
  bursts: { times: number; stoppedMs: number; runningMs: number },
): Promise<string> {
  const pid = podPid(deployment, pod);
  let seen = '';
  for (let i = 0; i < bursts.times; i++) {
    process.kill(pid, 'SIGSTOP');
    try {
      await sleep(bursts.stoppedMs);
      seen += stateOf(pid);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await sleep(bursts.runningMs);
  }
  return seen;
}

/** Kills the Envoy that the server's supervisor started. @returns the pids before and after */
export async function killSupervised(deployment: DeploymentRecord): Promise<[number, number]> {
  const supervisor = deployment.proxies.find(({ hop }) => hop === 'server')?.pid;
  const childOf = () => Number(readFileSync(`/proc/${supervisor}/task/${supervisor}/children`, 'utf8').trim());
  const before = childOf();
  process.kill(before, 'SIGKILL');
  await sleep(400);
  return [before, childOf()];
}

const CPU = '/sys/fs/cgroup/cpu';
const FREEZER = '/sys/fs/cgroup/freezer';

export const whyNoCpuGroup = () =>
  existsSync(path.join(CPU, 'cpu.cfs_quota_us')) || existsSync(path.join(CPU, 'tasks'))
    ? undefined
    : `needs cgroup 1's cpu controller at ${CPU}`;
export const whyNoFreezer = () =>
  existsSync(path.join(FREEZER, 'tasks')) ? undefined : `needs cgroup 1's freezer at ${FREEZER}`;

/** Puts both proxies under a CPU limit. @returns what tells the periods it held them back in, and takes it away again */
export function limitProxies(deployment: DeploymentRecord, quotaUs: number): () => Promise<number> {
  const group = path.join(CPU, `meshtax-test-${process.pid}`);
  mkdirSync(group);
  writeFileSync(path.join(group, 'cpu.cfs_period_us'), '100000');
  writeFileSync(path.join(group, 'cpu.cfs_quota_us'), String(quotaUs));
  for (const pid of proxyPids(deployment)) writeFileSync(path.join(group, 'cgroup.procs'), String(pid));
  return async () => {
    const held = Number(/^nr_throttled (\d+)$/m.exec(readFileSync(path.join(group, 'cpu.stat'), 'utf8'))?.[1]);
    writeFileSync(path.join(group, 'cpu.cfs_quota_us'), '-1');
    await removeGroup(group, CPU);
    return held;
  };
}

/** Freezes the second worker of each proxy. @returns what tells how many were frozen, and thaws them */
export function freezeSecondWorkers(deployment: DeploymentRecord): () => Promise<number> {
  const group = path.join(FREEZER, `meshtax-test-${process.pid}`);
  mkdirSync(group);
  const threads = proxyPids(deployment).flatMap((pid) =>
    readdirSync(`/proc/${pid}/task`).filter(
      (thread) => readFileSync(`/proc/${pid}/task/${thread}/comm`, 'utf8').trim() === 'wrk:worker_1',
    ),
  );
  for (const thread of threads) writeFileSync(path.join(group, 'tasks'), thread);
  writeFileSync(path.join(group, 'freezer.state'), 'FROZEN');
  return async () => {
    writeFileSync(path.join(group, 'freezer.state'), 'THAWED');
    await removeGroup(group, FREEZER);
    return threads.length;
  };
}

/** A group can go once it is empty; its threads go back to the root, or end. */
async function removeGroup(group: string, root: string): Promise<void> {
  for (const thread of readFileSync(path.join(group, 'tasks'), 'utf8').split('\n').filter(Boolean)) {
    try {
      writeFileSync(path.join(root, 'tasks'), thread);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
  await sleep(50);
  rmdirSync(group);
}

export const whyNoRealTime = () =>
  spawnSync('chrt', ['-f', '50', 'true']).status === 0
    ? undefined
    : 'needs the right to run with real-time priority (chrt)';

/** Takes a core for 30 of every 100 ms, before anything of ordinary priority. @returns the ms that it had it */
export async function hog(core: number, forMs: number): Promise<number> {
  const program = `import time
end, had = time.monotonic() + ${forMs / 1000}, 0
while time.monotonic() < end:
    begin = time.process_time()
    until = time.monotonic() + 0.03
    while time.monotonic() < until: pass
    had += time.process_time() - begin
    time.sleep(0.07)
print(round(had * 1000))`;
  const child = spawn('taskset', ['-c', String(core), 'chrt', '-f', '50', 'python3', '-c', program]);
  let printed = '';
  child.stdout.on('data', (part) => {
    printed += part;
  });
  await new Promise((resolve) => child.once('close', resolve));
  return Number(printed);
}
