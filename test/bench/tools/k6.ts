import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { quantileOf, runTimed, versionOf } from './command.ts';
import { NO_LAG, type Tool, type ToolTask } from './tool.ts';

/** A script of k6's own kind: plain JavaScript, since that is what its users write. */
function scriptOf({ url, ratePerSecond, connections, seconds }: ToolTask): string {
  const scenario =
    ratePerSecond === undefined
      ? { executor: 'constant-vus', vus: connections, duration: `${seconds}s` }
      : {
          executor: 'constant-arrival-rate',
          rate: ratePerSecond,
          timeUnit: '1s',
          duration: `${seconds}s`,
          preAllocatedVUs: connections,
        };
  const options = { scenarios: { load: scenario }, systemTags: ['status'], discardResponseBodies: true };
  return `import http from 'k6/http';
export const options = ${JSON.stringify(options)};
export default function () { http.get(${JSON.stringify(url)}); }
`;
}

async function latenciesIn(csv: string): Promise<Float64Array> {
  const found: number[] = [];
  for await (const line of createInterface({ input: createReadStream(csv) })) {
    if (line.startsWith('http_req_duration,')) found.push(Number(line.split(',')[2]) * 1000);
  }
  return Float64Array.from(found).sort();
}

export const k6: Tool = {
  id: 'k6',
  title: 'k6',
  rate: 'open',
  resolution: '1 ns, from every request',
  find: () => versionOf(['k6', 'version']),
  async run(task) {
    const script = path.join(task.directory, 'k6.js');
    const csv = path.join(task.directory, 'k6.csv');
    await writeFile(script, scriptOf(task));
    const argv = ['k6', 'run', '--quiet', '--no-usage-report', '--out', `csv=${csv}`, script];
    const { cpuMs } = await runTimed(argv, { core: task.core });
    const latencies = await latenciesIn(csv);
    return {
      requests: latencies.length,
      seconds: task.seconds,
      p50Us: quantileOf(latencies, 0.5),
      p99Us: quantileOf(latencies, 0.99),
      cpuMs,
      lagP99Us: NO_LAG,
    };
  },
};
