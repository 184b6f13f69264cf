import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool } from './tool.ts';

/** The fields of fortio's result that are read here; durations in s. */
interface FortioResult {
  ActualDuration: number;
  DurationHistogram: { Count: number; Percentiles: { Percentile: number; Value: number }[] };
}

export const fortio: Tool = {
  id: 'fortio',
  title: 'fortio',
  rate: 'per connection',
  resolution: '10 µs as it is run here (-r 0.00001); 1 ms unless told',
  find: () => versionOf(['fortio', 'version']),
  async run({ url, ratePerSecond, connections, seconds, core, directory }) {
    const file = path.join(directory, 'fortio.json');
    // A rate of 0 is as fast as it goes.
    const load = ['-qps', String(ratePerSecond ?? 0), '-c', String(connections), '-t', `${seconds}s`];
    const argv = ['fortio', 'load', ...load, '-r', '0.00001', '-p', '50,99', '-json', file, '-quiet', url];
    const { cpuMs } = await runTimed(argv, { core });
    const result = JSON.parse(await readFile(file, 'utf8')) as FortioResult;
    const at = (wanted: number) => {
      const found = result.DurationHistogram.Percentiles.find(({ Percentile }) => Percentile === wanted);
      return found === undefined ? { missing: 'not in its output' } : found.Value * 1e6;
    };
    return {
      requests: result.DurationHistogram.Count,
      seconds: result.ActualDuration / 1e9,
      p50Us: at(50),
      p99Us: at(99),
      cpuMs,
      lagP99Us: NO_LAG,
    };
  },
};
