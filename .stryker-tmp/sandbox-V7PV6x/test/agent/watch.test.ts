// @ts-nocheck
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { watch } from '../../src/agent/watch.ts';
import { readThrottling } from '../../src/collectors/throttling.ts';
import type { Measured } from '../../src/record/measured.ts';
import type { Hiccups } from '../../src/record/trialRecord.ts';

const HICCUPS: Hiccups = {
  where: 'system',
  meter: 'scripted',
  thresholdUs: 500,
  windowUs: 3000,
  lostUs: 0,
  longestUs: 0,
  stalls: 0,
};

/** A clock that stands still but for sleeps, which end this much late; it keeps what it was asked to do. */
function scripted(startUs: number, lateUs = 0) {
  let nowUs = startUs;
  const metered: number[][] = [];
  return {
    metered,
    parts: {
      nowUs: () => nowUs,
      sleepUntil: async (us: number) => {
        nowUs = Math.max(nowUs, us + lateUs);
      },
      meter: async (fromUs: number, toUs: number): Promise<Measured<Hiccups>> => {
        metered.push([fromUs, toUs]);
        return HICCUPS;
      },
    },
  };
}

const window = {
  kind: 'watch' as const,
  fromUs: 10_000,
  toUs: 13_500,
  everyMs: 1,
  throttlingOf: [],
  hiccups: true,
};

describe('watching', () => {
  it('samples at once, at the start of the window, within it at each step, at its end, and once after it', async () => {
    const { parts, metered } = scripted(2000);
    const { machine, processes, hiccups } = await watch({ ...window, pids: [process.pid] }, parts);
    const times = [2000, 10_000, 11_000, 12_000, 13_000, 13_500, 213_500];
    expect(machine.map(({ atUs }) => atUs)).toEqual(times);
    const [own] = processes;
    expect(own?.pid).toBe(process.pid);
    expect(Array.isArray(own?.samples) ? own.samples.map(({ atUs }) => atUs) : own?.samples).toEqual(times);
    expect([metered, hiccups]).toEqual([[[10_000, 13_500]], HICCUPS]);
  });

  it('stamps each sample with the time at which it was taken, not the one at which it was due', async () => {
    const { parts } = scripted(2000.4, 300);
    const { machine } = await watch({ ...window, everyMs: 2, pids: [] }, parts);
    expect(machine.map(({ atUs }) => atUs)).toEqual([2000, 10_300, 12_300, 13_800, 213_800]);
  });

  it('says of a process that is gone that it is, and goes on with the others', async () => {
    const { pid } = spawnSync('true');
    const { parts } = scripted(0);
    const { processes } = await watch({ ...window, pids: [pid, process.pid] }, parts);
    expect(processes.map(({ samples }) => (Array.isArray(samples) ? samples.length : samples))).toEqual([
      { missing: expect.stringContaining(`process ${pid} could not be read: ENOENT`) },
      7,
    ]);
  });

  it('hands on why there is no meter', async () => {
    const { parts } = scripted(0);
    const meter = async () => ({ missing: 'the thread ended' });
    expect((await watch({ ...window, pids: [] }, { ...parts, meter })).hiccups).toEqual({
      missing: 'the thread ended',
    });
  });

  it('meters no stalls where another watcher does', async () => {
    const { parts, metered } = scripted(2000);
    const { hiccups } = await watch({ ...window, hiccups: false, pids: [] }, parts);
    expect([hiccups, metered]).toEqual([{ missing: 'not metered here' }, []]);
  });

  it('reads the CPU limit at both ends of the window, and only where it is asked to', async (context) => {
    try {
      readThrottling(process.pid, 'inside', 0);
    } catch (error) {
      context.skip(`needs a cpu.stat: ${(error as Error).message}`);
    }
    const { parts } = scripted(2000, 10);
    const pids = [process.pid, process.ppid];
    const { processes } = await watch({ ...window, pids, throttlingOf: [{ pid: process.pid, view: 'inside' }] }, parts);
    const [own, other] = processes;
    const { throttling } = own ?? {};
    expect(Array.isArray(throttling) ? throttling.map(({ atUs }) => atUs) : throttling).toEqual([10_010, 13_510]);
    expect(Object.keys(other ?? {})).toEqual(['pid', 'samples']);
  });

  it('says why a CPU limit could not be read', async () => {
    const { pid } = spawnSync('true');
    const { parts } = scripted(0);
    const { processes } = await watch({ ...window, pids: [pid], throttlingOf: [{ pid, view: 'inside' }] }, parts);
    expect(processes[0]?.throttling).toEqual({
      missing: `CPU limit of process ${pid} could not be read: process ${pid} sees no cpu.stat of a control group`,
    });
  });
});
