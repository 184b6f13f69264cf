// @ts-nocheck
import type { Reporter, TestModule } from 'vitest/node';

/** Prints each skipped test with its reason, and a last line that any reader of logs can count on. */
export const skippedReporter: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const states = tests.map((test) => ({ name: test.fullName, result: test.result() }));
    const skipped = states.filter(({ result }) => result.state === 'skipped');
    for (const { name, result } of skipped) {
      const note = result.state === 'skipped' ? result.note : undefined;
      process.stdout.write(`SKIPPED ${name}: ${note ?? 'no reason given'}\n`);
    }
    const count = (state: string) => states.filter(({ result }) => result.state === state).length;
    process.stdout.write(`${count('passed')} passed, ${count('failed')} failed, ${skipped.length} skipped\n`);
  },
};
