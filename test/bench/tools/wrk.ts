import type { Measured } from '../../../src/record/measured.ts';
import { runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool } from './tool.ts';

const US: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000 };

/** "     50%  537.00us" of wrk's latency distribution. */
function percentile(output: string, of: string): Measured<number> {
  const [, amount, unit] = new RegExp(`^\\s+${of}%\\s+([\\d.]+)(us|ms|s|m)$`, 'm').exec(output) ?? [];
  return amount === undefined ? { missing: 'not in its output' } : Number(amount) * (US[unit ?? ''] ?? Number.NaN);
}

export const wrk: Tool = {
  id: 'wrk',
  title: 'wrk',
  rate: 'none',
  resolution: '1 µs, printed with two decimals of its unit',
  find: () => versionOf(['wrk', '-v']),
  async run({ url, connections, seconds, core }) {
    const argv = ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '10s', url];
    const { stdout, cpuMs } = await runTimed(argv, { core });
    const [, requests, length] = /(\d+) requests in ([\d.]+)s/.exec(stdout) ?? [];
    return {
      requests: Number(requests),
      seconds: Number(length),
      p50Us: percentile(stdout, '50'),
      p99Us: percentile(stdout, '99'),
      cpuMs,
      lagP99Us: NO_LAG,
    };
  },
};
