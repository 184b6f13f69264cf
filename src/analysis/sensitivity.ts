import type { Measured } from '../record/measured.ts';
import { BLOCKS_NEEDED } from './estimate.ts';
import type { LagOne } from './result.ts';
import { lagOneCorrelation } from './stats/correlation.ts';
import { standardDeviation } from './stats/quantile.ts';
import { visibleShift } from './stats/visible.ts';
import { countOf } from './wording.ts';

const tooFew = (blocks: number) => ({
  missing: `${countOf(blocks, 'block')} with a difference: ${BLOCKS_NEEDED} are needed`,
});

/** The smallest true shift that 4 of 5 runs with this spread and this many blocks would tell from 0, in the values' unit. */
export function smallestEffectOf(differences: readonly number[]): Measured<number> {
  const spread = standardDeviation(differences);
  const shift = visibleShift(differences.length);
  return spread === undefined || shift === undefined ? tooFew(differences.length) : spread * shift;
}

/** Whether successive differences hang together; independent ones stay within ±1.96/√n about 95 times in 100. */
export function lagOneOf(differences: readonly number[]): Measured<LagOne> {
  if (differences.length < BLOCKS_NEEDED) return tooFew(differences.length);
  const correlation = lagOneCorrelation(differences);
  if (correlation === undefined) return { missing: 'all blocks have the same difference' };
  return { correlation, band: 1.96 / Math.sqrt(differences.length) };
}
