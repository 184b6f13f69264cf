import { createRequire } from 'node:module';
import { runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool } from './tool.ts';

const PROGRAM = createRequire(import.meta.url).resolve('autocannon/autocannon.js');

/** The fields of its result that are read here; latencies in ms. */
interface AutocannonResult {
  duration: number;
  requests: { total: number };
  latency: { p50: number; p99: number };
}

export const autocannon: Tool = {
  id: 'autocannon',
  title: 'autocannon, as it prints',
  rate: 'per connection',
  resolution: '1 ms, cut off',
  find: () => versionOf(['node', PROGRAM, '--version']),
  async run({ url, ratePerSecond, connections, seconds, core }) {
    const rate = ratePerSecond === undefined ? [] : ['-R', String(ratePerSecond)];
    const argv = ['node', PROGRAM, '-c', String(connections), '-d', String(seconds), ...rate, '--json', '-n', url];
    const { stdout, cpuMs } = await runTimed(argv, { core });
    const result = JSON.parse(stdout) as AutocannonResult;
    return {
      requests: result.requests.total,
      seconds: result.duration,
      p50Us: result.latency.p50 * 1000,
      p99Us: result.latency.p99 * 1000,
      cpuMs,
      lagP99Us: NO_LAG,
    };
  },
};
