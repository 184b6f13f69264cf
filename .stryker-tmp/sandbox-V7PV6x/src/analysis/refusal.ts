// @ts-nocheck
import { isMissing, type Measured } from '../record/measured.ts';
import type { Expectation } from '../record/runRecord.ts';
import type { ControlRecord } from '../record/trialRecord.ts';

/**
 * Whether a plaintext request was refused: its connection was cut, or the proxy answered it with the mesh's own status
 * of refusal. The service answers with a status as well, so that one counts only where the service saw nothing.
 */
export function isRefused(control: ControlRecord, expectation: Expectation | undefined): Measured<boolean> {
  const { observed, reachedService } = control;
  if (isMissing(observed)) return observed;
  if ('refused' in observed) return true;
  if (expectation?.refusalStatus === undefined || observed.status !== expectation.refusalStatus) return false;
  return isMissing(reachedService) ? reachedService : reachedService === 0;
}
