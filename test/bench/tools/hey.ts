import { quantileOf, runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool } from './tool.ts';

export const hey: Tool = {
  id: 'hey',
  title: 'hey',
  rate: 'per connection',
  resolution: '100 µs',
  async find() {
    // It prints its usage, and ends with 1, where it is asked for nothing.
    const found = await versionOf(['hey']);
    return typeof found === 'string' ? 'hey' : found;
  },
  async run({ url, ratePerSecond, connections, seconds, core }) {
    const rate = ratePerSecond === undefined ? [] : ['-q', String(ratePerSecond / connections)];
    const argv = ['hey', '-z', `${seconds}s`, '-c', String(connections), ...rate, '-o', 'csv', url];
    const { stdout, cpuMs } = await runTimed(argv, { core });
    const [, ...lines] = stdout.trim().split('\n');
    const latencies = Float64Array.from(lines, (line) => Number(line.split(',')[0]) * 1e6).sort();
    return {
      requests: latencies.length,
      seconds,
      p50Us: quantileOf(latencies, 0.5),
      p99Us: quantileOf(latencies, 0.99),
      cpuMs,
      lagP99Us: NO_LAG,
    };
  },
};
