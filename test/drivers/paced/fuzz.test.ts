import { expect, it } from 'vitest';
import { fuzzResponses } from './fuzz.ts';

it('reads 2,000 mutated answers without an exception, and the same however they are cut', () => {
  const { faults, seen } = fuzzResponses(2000, 1);
  expect(faults.slice(0, 3)).toEqual([]);
  // Mutations that all came out the same would have tried nothing.
  expect(['ok', 'protocol', 'status-5xx'].filter((outcome) => (seen.get(outcome) ?? 0) < 20)).toEqual([]);
});
