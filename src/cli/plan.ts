import { Command } from '@commander-js/extra-typings';
import { makePlan } from '../scenario/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Cell, Plan } from '../scenario/trial.ts';
import type { CliContext } from './context.ts';
import { readScenario } from './scenarioFile.ts';
import { told } from './told.ts';
import { wholeNumber } from './wholeNumber.ts';

const IF_NEEDED = '  (if needed)';

export function planCommand(context: CliContext, done: (code: number) => void) {
  return new Command('plan')
    .description('print the order of trials and the worst-case duration; touches nothing')
    .argument('[scenario]', 'path of a scenario file (default: the quick start)')
    .option('--platform <id>', 'where it would run, instead of where the scenario says')
    .option('--seed <number>', 'the seed of the order', wholeNumber, 1)
    .option('--json', 'print JSON')
    .action(async (file, options) => {
      const { scenario } = await readScenario(context.host, file, options.platform);
      const plan = makePlan(scenario, options.seed);
      context.streams.stdout(options.json === true ? asJson(scenario, plan) : asText(scenario, plan));
      done(0);
    });
}

function asJson({ platform, leftOut }: Scenario, plan: Plan): string {
  const { seed, digest } = plan;
  const parts = { seed, digest, platform, leftOut, worstCase: plan.worstCase(), pilot: plan.pilot() };
  return `${JSON.stringify({ ...parts, blocks: plan.outline() }, null, 2)}\n`;
}

function asText(scenario: Scenario, plan: Plan): string {
  const { trials, durationMs } = plan.worstCase();
  const rateOf = (load: number) => `${scenario.load.arrivalRatesPerSecond[load] ?? 0}/s`;
  const order = (cells: readonly Cell[]) =>
    cells.map((cell) => (cell.replica === 1 ? `${cell.treatment} again` : cell.treatment)).join(', ');
  const pilot = plan.pilot();
  const lines = [
    `${scenario.name}: ${scenario.question}`,
    `platform ${scenario.platform}`,
    ...scenario.leftOut.map(({ treatment, because }) => `left out: ${treatment}; ${because}`),
    ...scenario.notes.map((note) => `note: ${note}`),
    `seed ${plan.seed}; at most ${trials} trials in ${Math.ceil(durationMs / 1000)} s`,
    ...pilot.map(({ load, cells }, place) => `pilot at ${rateOf(load)}: ${order(cells)}${place > 0 ? IF_NEEDED : ''}`),
    ...plan.outline().map(({ block, load, cells, ifNeeded }) => {
      const rate = pilot.length > 0 ? 'the highest rate held' : rateOf(load);
      return `block ${String(block).padStart(2)} at ${rate}: ${order(cells)}${ifNeeded ? IF_NEEDED : ''}`;
    }),
  ];
  return `${lines.map(told).join('\n')}\n`;
}
