// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { isMissing } from '../../src/record/measured.ts';

describe('a measured value', () => {
  it('is missing only where it says so with a reason', () => {
    expect(isMissing({ missing: 'not there' })).toBe(true);
    expect([0, '', null, false, [], {}, { value: 1 }].map((value) => isMissing<unknown>(value))).toEqual(
      Array(7).fill(false),
    );
  });
});
