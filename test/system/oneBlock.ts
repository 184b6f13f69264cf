import { expect } from 'vitest';
import { eventsOf, runCli, runFolder, startCli, until, type Workplace } from './cli.ts';

/** The first block of a run, which is interrupted then, and the report of it. */
export async function measureOneBlock(place: Workplace, argv: readonly string[], withinMs = 60_000): Promise<void> {
  const cli = startCli(place, argv);
  const isOver = () => {
    expect(cli.child.exitCode, cli.stderr()).toBe(null);
    return eventsOf(place).find(({ kind, index }) => kind === 'trial-started' && index === 4);
  };
  await until('the end of the first block', isOver, withinMs);
  cli.child.kill('SIGINT');
  expect(await cli.ended, cli.stderr()).toBe(130);
  const reported = await runCli(place, ['report', runFolder(place) ?? '']);
  expect(reported.code, reported.stderr).toBe(4);
}
