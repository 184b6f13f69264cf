import path from 'node:path';
import { analyseRun } from '../analysis/analyse.ts';
import { numberText } from '../analysis/figure.ts';
import { keyLoad } from '../analysis/keyLoad.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { countOf } from '../analysis/wording.ts';
import { readEnvironment } from '../collectors/hostFacts.ts';
import type { Host } from '../host/host.ts';
import { reasonOf } from '../host/problems.ts';
import type { PlatformId } from '../platforms/index.ts';
import type { CheckLine } from '../platforms/platform.ts';
import { isMissing } from '../record/measured.ts';
import { readRun } from '../record/runDirectory.ts';
import type { Environment } from '../record/runRecord.ts';
import { sensitivityRows } from '../report/comparisons.ts';
import { parseAgain } from './scenarioFile.ts';

const WHAT = 'how small an effect a run here can see';
/** Newest first; further back, the machine may have been another. */
const LOOKED_AT = 5;

/**
 * What runs on this machine can tell apart, as the newest finished one found by its own noise. Before any run there is
 * no such figure: stalls alone do not tell what they do to a percentile.
 * @param folder the folder that runs land in
 */
export async function visibleEffects(host: Host, folder: string, platform: PlatformId): Promise<CheckLine> {
  const here = await readEnvironment(host);
  const faults: string[] = [];
  const names = await runsIn(host, folder, faults);
  const newest = names.filter((name) => /^\d/.test(name)).toSorted((a, b) => (a < b ? 1 : -1));
  for (const name of newest.slice(0, LOOKED_AT)) {
    try {
      const recorded = await readRun(host, path.join(folder, name));
      const analysis = analyseRun({ ...recorded, scenario: parseAgain(recorded.run) });
      const told = isOwn(analysis, platform, here) ? effectText(analysis) : undefined;
      if (told !== undefined) return { what: WHAT, outcome: 'ok', detail: [told, ...faults].join('; ') };
    } catch (error) {
      faults.push(`${name} cannot be read: ${reasonOf(error)}`);
    }
  }
  const detail = [`no finished run with ${platform} proxies lies in ${folder}`, ...faults].join('; ');
  return { what: WHAT, outcome: 'skipped', detail, hint: 'meshtax run makes one; --runs FOLDER reads those elsewhere' };
}

async function runsIn(host: Host, folder: string, faults: string[]): Promise<readonly string[]> {
  try {
    return (await host.exists(folder)) ? await host.list(folder) : [];
  } catch (error) {
    faults.push(`${folder} cannot be read: ${reasonOf(error)}`);
    return [];
  }
}

/** Measured to its end on a machine such as this one; what was imported says nothing of it. */
function isOwn({ run, incomplete }: RunAnalysis, platform: PlatformId, here: Environment): boolean {
  if (run.platform.id !== platform || run.platform.mode === 'imported' || incomplete) return false;
  // The nodes of a cluster are not this machine.
  if (platform !== 'local') return true;
  const { environment } = run;
  if (isMissing(environment) || isMissing(environment.cpuModel)) return false;
  return environment.cpuModel === here.cpuModel && environment.cores === here.cores;
}

/** `0.074 ms at p50, 0.19 ms at p90: 4 of 5 runs of 10 blocks would see it (envoy at 1,000/s, run …)`; undefined where there is none. */
function effectText(analysis: RunAnalysis): string | undefined {
  const load = keyLoad(analysis.loads);
  if (load === undefined) return undefined;
  const rate = ratePerSecond(load.arrivalRatePerSecond);
  const rows = sensitivityRows(analysis).filter((row) => row.rate === rate);
  const own = rows.filter((row) => row.treatment === rows[0]?.treatment && !isMissing(row.smallestEffect));
  if (own.length === 0) return undefined;
  const effects = own.map(({ smallestEffect, percentile }) => `${numberText(smallestEffect, 'ms')} at ${percentile}`);
  const blocks = countOf(load.blocksValid, 'block');
  return `${effects.join(', ')}: 4 of 5 runs of ${blocks} would see it (${own[0]?.treatment} at ${rate}, run ${analysis.run.runId})`;
}
