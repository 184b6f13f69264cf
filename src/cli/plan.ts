import { Command } from '@commander-js/extra-typings';
import { makePlan } from '../scenario/plan.ts';
import type { CliContext } from './context.ts';
import { readScenario } from './scenarioFile.ts';
import { wholeNumber } from './wholeNumber.ts';

export function planCommand(context: CliContext, done: (code: number) => void) {
  return new Command('plan')
    .description('print the order of trials and the worst-case duration; touches nothing')
    .argument('[scenario]', 'path of a scenario file (default: the quick start)')
    .option('--seed <number>', 'the seed of the order', wholeNumber, 1)
    .option('--json', 'print JSON')
    .action(async (file, options) => {
      const { scenario } = await readScenario(context.host, file);
      const plan = makePlan(scenario, options.seed);
      const worst = plan.worstCase();
      const outline = plan.outline();
      const { stdout } = context.streams;
      if (options.json) {
        stdout(
          `${JSON.stringify({ seed: plan.seed, digest: plan.digest, worstCase: worst, blocks: outline }, null, 2)}\n`,
        );
        return done(0);
      }
      stdout(`${scenario.name}: ${scenario.question}\n`);
      stdout(`seed ${plan.seed}; at most ${worst.trials} trials in ${Math.ceil(worst.durationMs / 1000)} s\n`);
      for (const { block, load, cells, ifNeeded } of outline) {
        const rate = scenario.load.arrivalRatesPerSecond[load] ?? 0;
        const order = cells.map((cell) => (cell.replica === 1 ? `${cell.treatment} again` : cell.treatment));
        stdout(
          `block ${String(block).padStart(2)} at ${rate}/s: ${order.join(', ')}${ifNeeded ? '  (if needed)' : ''}\n`,
        );
      }
      done(0);
    });
}
