// @ts-nocheck
import type { Measured } from '../record/measured.ts';
import type { DeploymentRecord } from '../record/runRecord.ts';
import { BLOCKS_NEEDED, estimateOverBlocks } from './estimate.ts';
import type { Estimate, SetUpFigures } from './result.ts';
import { mean } from './stats/quantile.ts';
import type { JudgedTrial } from './validity.ts';
import { countOf } from './wording.ts';

/**
 * How long a treatment's deployments took until they were ready, in µs: one value for each block, that of the cell's first
 * deployment in it. A deployment that serves several blocks counts once, in its first.
 *
 * `addedUs` is, per block, that value minus the mean of the block's baselines; a baseline adds nothing to itself.
 * @param trials all that measure at one load, of every treatment
 */
export function setUpOf(trials: readonly JudgedTrial[], of: { treatment: string; baseline: string }): SetUpFigures {
  const own = firstDeployments(trials, of.treatment);
  const baseline = firstDeployments(trials, of.baseline);
  const added = [...own].flatMap(([block, taken]) => {
    const without = mean(baseline.get(block) ?? []);
    const withIt = mean(taken);
    return without === undefined || withIt === undefined ? [] : [withIt - without];
  });
  return {
    takenUs: overDeployments([...own.values()].flatMap((taken) => mean(taken) ?? [])),
    addedUs:
      of.treatment === of.baseline
        ? { missing: 'the baseline is what the other treatments are compared with' }
        : overDeployments(added),
  };
}

function overDeployments(timesUs: readonly number[]): Measured<Estimate> {
  if (timesUs.length >= BLOCKS_NEEDED) return estimateOverBlocks(timesUs);
  return {
    missing: `only ${countOf(timesUs.length, 'block')} with a deployment of its own, a 95 % interval needs ${BLOCKS_NEEDED}`,
  };
}

/** By block, the time in µs that each cell of a treatment took: one, or the two of the baseline. */
function firstDeployments(trials: readonly JudgedTrial[], treatment: string): Map<number, number[]> {
  const cells = new Map<string, DeploymentRecord>();
  const counted = new Set<string>();
  const taken = new Map<number, number[]>();
  const inOrder = trials
    .filter(({ record }) => record.spec.cell.treatment === treatment)
    .toSorted((a, b) => a.record.spec.index - b.record.spec.index);
  for (const { record, deployment } of inOrder) {
    const { block, cell } = record.spec;
    const key = `${block} ${cell.replica}`;
    if (deployment === undefined || cells.has(key) || counted.has(deployment.id)) continue;
    cells.set(key, deployment);
    counted.add(deployment.id);
    taken.set(block, [...(taken.get(block) ?? []), deployment.readyAfterMs * 1000]);
  }
  return taken;
}
