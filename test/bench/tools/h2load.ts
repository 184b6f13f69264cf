import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { quantileOf, runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool } from './tool.ts';

export const h2load: Tool = {
  id: 'h2load',
  title: 'h2load',
  rate: 'per connection',
  resolution: '1 µs',
  find: () => versionOf(['h2load', '--version']),
  async run({ url, ratePerSecond, connections, seconds, core, directory }) {
    const log = path.join(directory, 'h2load.log');
    const rate = ratePerSecond === undefined ? [] : ['--rps', String(ratePerSecond / connections)];
    const argv = ['h2load', '--h1', '-t1', '-c', String(connections), '-D', String(seconds), ...rate];
    const { cpuMs } = await runTimed([...argv, `--log-file=${log}`, url], { core });
    // Start in µs, status, latency in µs, each after a tab.
    const lines = (await readFile(log, 'utf8')).trim().split('\n');
    const latencies = Float64Array.from(lines, (line) => Number(line.split('\t')[2])).sort();
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
