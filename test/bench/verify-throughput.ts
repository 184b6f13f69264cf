/**
 * npm run verify:throughput: how much does the driver put through on one core, and is it on time there? Against a C server
 * that answers as fast as another core lets it, in turn with wrk and autocannon. Takes some 3 minutes; the machine has to
 * be idle. `npm run verify:throughput -- 1` does one round and keeps nothing. Exit 1 where a check fails; 0, said aloud, where there is
 * nothing to verify with.
 */
import { readFile } from 'node:fs/promises';
import { shareCores } from '../../src/platforms/local/cores.ts';
import { isMissing, type Measured } from '../../src/record/measured.ts';
import { buildServer } from './ground-truth/build.ts';
import { keepMeasured } from './keepMeasured.ts';
import { achievedOf, checkThroughput, measureThroughput } from './throughput.ts';
import { TOOLS } from './tools/index.ts';

const ROUNDS = 5;
const COMPARED = new Set(['meshtax', 'wrk', 'autocannon']);
const rounds = Number(process.argv[2] ?? ROUNDS);

const us = (value: Measured<number> | undefined) =>
  value === undefined || isMissing(value) ? '—' : `${Math.round(value)} µs`;

const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
const cores = shareCores(/^Cpus_allowed_list:(.*)$/m.exec(status)?.[1] ?? '');
const [serverCore, toolCore] = isMissing(cores) ? [] : [cores.system[0], cores.driver[0]];
const built = await buildServer();
if (isMissing(built) || serverCore === undefined || toolCore === undefined) {
  console.log(`SKIPPED: ${isMissing(built) ? built.missing : 'tool and server need a core each'}`);
  process.exit(0);
}
try {
  const tools = TOOLS.filter(({ id }) => COMPARED.has(id));
  for (const { id, find } of tools) {
    const version = await find();
    if (isMissing(version)) throw new Error(`${id} is not here: ${version.missing}`);
  }
  const runs = await measureThroughput({ built, serverCore, toolCore }, tools, rounds);
  for (const run of runs) {
    const { tool, asked, said } = run;
    const load = asked.ratePerSecond === undefined ? 'closed loop' : `open loop at ${asked.ratePerSecond}/s`;
    const late = `lag p99 ${us(said.lagP99Us)}, wait p99 ${us(said.waitP99Us)}, response p99 ${us(said.p99Us)}`;
    console.log(`${tool}, ${load}: ${Math.round(achievedOf(run))}/s; ${late}`);
  }
  const checks = checkThroughput(runs);
  for (const { name, limit, found, holds } of checks) console.log(`${holds ? 'pass' : 'FAIL'}  ${name}: ${found} (${limit})`);
  if (rounds >= ROUNDS) keepMeasured('throughput', { runs, checks });
  process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;
} finally {
  await built.remove();
}
