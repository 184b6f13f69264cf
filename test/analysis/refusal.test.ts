import { describe, expect, test } from 'vitest';
import { isRefused } from '../../src/analysis/refusal.ts';
import type { Expectation } from '../../src/record/runRecord.ts';
import type { ControlRecord } from '../../src/record/trialRecord.ts';
import { scene } from './fixtures/scene.ts';

const tried = (
  observed: ControlRecord['observed'],
  reachedService: ControlRecord['reachedService'] = 0,
): ControlRecord => ({
  claim: 'plaintext-refused',
  observed,
  reachedService,
});

/** A mesh that refuses with this status, or by cutting the connection where there is none. */
const refusingWith = (refusalStatus?: number): Expectation => {
  const { expectation } = scene().deployment;
  return refusalStatus === undefined ? expectation : { ...expectation, refusalStatus };
};

describe('a plaintext request', () => {
  test('was refused where its connection was cut, whatever the mesh answers and the service counted', () => {
    const cut = { refused: 'ECONNRESET' };
    expect(isRefused(tried(cut), refusingWith())).toBe(true);
    expect(isRefused(tried(cut), refusingWith(403))).toBe(true);
    expect(isRefused(tried(cut, 1), refusingWith())).toBe(true);
    expect(isRefused(tried(cut), undefined)).toBe(true);
  });

  test('was refused where the mesh answered with its own status and the service saw nothing', () => {
    expect(isRefused(tried({ status: 403 }), refusingWith(403))).toBe(true);
    expect(isRefused(tried({ status: 403 }, 1), refusingWith(403))).toBe(false);
  });

  test('was answered under any other status, and under any at all where the mesh has none of its own', () => {
    expect(isRefused(tried({ status: 404 }), refusingWith(403))).toBe(false);
    expect(isRefused(tried({ status: 403 }), refusingWith())).toBe(false);
    expect(isRefused(tried({ status: 403 }), undefined)).toBe(false);
  });

  test('is not known where it was not observed, or a status came and the service could not be asked', () => {
    const missing = { missing: 'it did not answer' };
    expect(isRefused(tried(missing), refusingWith(403))).toEqual(missing);
    expect(isRefused(tried({ status: 403 }, missing), refusingWith(403))).toEqual(missing);
    // Neither of these asks the service.
    expect(isRefused(tried({ status: 404 }, missing), refusingWith(403))).toBe(false);
    expect(isRefused(tried({ refused: 'ECONNRESET' }, missing), refusingWith(403))).toBe(true);
  });
});
