import { isMissing } from '../../../src/record/measured.ts';
import { type DriveOptions, drive } from '../drive.ts';
import type { Tool, ToolTask } from './tool.ts';

const WARM_UP_MS = 1000;

function optionsOf(task: ToolTask, closed: boolean): DriveOptions {
  return {
    host: task.host,
    port: task.port,
    ratePerSecond: task.ratePerSecond ?? 0,
    connections: task.connections,
    warmUpMs: WARM_UP_MS,
    durationMs: task.seconds * 1000,
    arrivals: 'constant',
    seed: 1,
    bodyBytes: task.bodyBytes,
    core: task.core,
    closed,
  };
}

/** This product's own driver, in an agent as in a run; without a rate it is its closed loop. */
export const own: Tool = {
  id: 'meshtax',
  title: 'meshtax',
  rate: 'open',
  resolution: '1 µs up to 2 ms, 0.1 % above',
  find: async () => 'as built',
  async run(task) {
    const driven = await drive(optionsOf(task, task.ratePerSecond === undefined));
    return {
      requests: driven.completed,
      ofLast: driven.sent,
      seconds: task.seconds,
      p50Us: driven.responseUs.p50,
      p99Us: driven.responseUs.p99,
      // Over the warm-up and the rehearsal as well, so that it is rather too much.
      cpuMs: driven.cpuMs * (task.seconds / (task.seconds + WARM_UP_MS / 1000)),
      lagP99Us: isMissing(driven.lagUs) ? driven.lagUs : driven.lagUs.p99,
      waitP99Us: isMissing(driven.waitUs) ? driven.waitUs : driven.waitUs.p99,
    };
  },
};
