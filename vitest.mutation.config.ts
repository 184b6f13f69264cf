import { defineConfig } from 'vitest/config';

/** The tests that mutants of the analysis are held against: those beside it, without the ones that take seconds each. */
export default defineConfig({
  test: {
    dir: 'test/analysis',
    exclude: ['**/visible.test.ts', '**/coverage.test.ts'],
    testTimeout: 20_000,
    // One worker that keeps the modules: a mutant is a switch within them, and loading them takes longer than most tests.
    pool: 'threads',
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
