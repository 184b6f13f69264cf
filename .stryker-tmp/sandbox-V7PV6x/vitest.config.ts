// @ts-nocheck
import { defineConfig } from 'vitest/config';
import { skippedReporter } from './test/skippedReporter.ts';

export default defineConfig({
  test: {
    // Real processes, namespaces and ports: files that make them run one after the other.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', skippedReporter],
  },
});
