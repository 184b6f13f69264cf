import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { watch } from '../../src/agent/watch.ts';
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

const window = { kind: 'watch' as const, fromUs: 10_000, toUs: 13_500, everyMs: 1 };

describe('watching', () => {
  it('samples at once, at the start of the window, within it at each step, and at its end', async () => {
    const { parts, metered } = scripted(2000);
    const { machine, processes, hiccups } = await watch({ ...window, pids: [process.pid] }, parts);
    const times = [2000, 10_000, 11_000, 12_000, 13_000, 13_500];
    expect(machine.map(({ atUs }) => atUs)).toEqual(times);
    const [own] = processes;
    expect(own?.pid).toBe(process.pid);
    expect(Array.isArray(own?.samples) ? own.samples.map(({ atUs }) => atUs) : own?.samples).toEqual(times);
    expect([metered, hiccups]).toEqual([[[10_000, 13_500]], HICCUPS]);
  });

  it('stamps each sample with the time at which it was taken, not the one at which it was due', async () => {
    const { parts } = scripted(2000.4, 300);
    const { machine } = await watch({ ...window, everyMs: 2, pids: [] }, parts);
    expect(machine.map(({ atUs }) => atUs)).toEqual([2000, 10_300, 12_300, 13_800]);
  });

  it('says of a process that is gone that it is, and goes on with the others', async () => {
    const { pid } = spawnSync('true');
    const { parts } = scripted(0);
    const { processes } = await watch({ ...window, pids: [pid, process.pid] }, parts);
    expect(processes.map(({ samples }) => (Array.isArray(samples) ? samples.length : samples))).toEqual([
      { missing: expect.stringContaining(`process ${pid} could not be read: ENOENT`) },
      6,
    ]);
  });

  it('hands on why there is no meter', async () => {
    const { parts } = scripted(0);
    const meter = async () => ({ missing: 'the thread ended' });
    expect((await watch({ ...window, pids: [] }, { ...parts, meter })).hiccups).toEqual({
      missing: 'the thread ended',
    });
  });
});
