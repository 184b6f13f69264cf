// @ts-nocheck
import { spawnSync } from 'node:child_process';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readProcess } from '../../src/collectors/processes.ts';

/** Spends this much CPU time of this process, as it books it itself. */
function work(ms: number): void {
  const begun = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(begun);
    if (user + system >= ms * 1000) return;
  }
}

describe('a reading of a process', () => {
  it('holds at least the CPU time that was spent since the reading before', () => {
    const before = readProcess(process.pid, 1);
    work(60);
    const after = readProcess(process.pid, 2);
    // The kernel brings a running thread's time up to date at each tick of at most 10 ms.
    expect(after.cpuNs - before.cpuNs).toBeGreaterThanOrEqual(50_000_000);
    expect([before.atUs, after.atUs]).toEqual([1, 2]);
    expect(after.runDelayNs).toBeGreaterThanOrEqual(before.runDelayNs);
  });

  it('covers all threads, not only the main one, which waits here', async () => {
    const spin = `const { parentPort } = require('node:worker_threads');
      const begun = process.cpuUsage();
      for (let spent = 0; spent < 60_000; ) {
        const { user, system } = process.cpuUsage(begun);
        spent = user + system;
      }
      parentPort.postMessage('done');
      setInterval(() => {}, 1000);`;
    const before = readProcess(process.pid, 0);
    const worker = new Worker(spin, { eval: true });
    onTestFinished(() => void worker.terminate());
    await new Promise((resolve) => worker.once('message', resolve));
    expect(readProcess(process.pid, 0).cpuNs - before.cpuNs).toBeGreaterThanOrEqual(50_000_000);
  });

  it('holds its memory in bytes, anonymous and of files together no more than all', () => {
    const { rssBytes, rssAnonBytes, rssFileBytes } = readProcess(process.pid, 0);
    expect(rssAnonBytes).toBeGreaterThan(1_000_000);
    expect(rssFileBytes).toBeGreaterThan(1_000_000);
    expect(rssAnonBytes + rssFileBytes).toBeLessThanOrEqual(rssBytes);
  });

  it('fails for a process that is gone', () => {
    const { pid } = spawnSync('true');
    expect(() => readProcess(pid, 0)).toThrow('ENOENT');
  });
});
