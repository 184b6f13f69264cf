import { defineConfig } from 'vitest/config';

/** The tests that mutants of the analysis are held against: those beside it, without the ones that take seconds each. */
export default defineConfig({
  test: {
    dir: 'test/analysis',
    exclude: ['**/visible.test.ts', '**/coverage.test.ts'],
    testTimeout: 20_000,
  },
});
