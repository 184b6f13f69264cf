import { Command } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { type Prediction, predict } from '../analysis/prediction.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { trimmed } from '../analysis/rounding.ts';
import { isMissing } from '../record/measured.ts';
import { readRun } from '../record/runDirectory.ts';
import { makePlan } from '../scenario/plan.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Cell, Plan } from '../scenario/trial.ts';
import type { CliContext } from './context.ts';
import { parseAgain, readScenario } from './scenarioFile.ts';
import { told } from './told.ts';
import { wholeNumber } from './wholeNumber.ts';

const IF_NEEDED = '  (if needed)';

export function planCommand(context: CliContext, done: (code: number) => void) {
  return new Command('plan')
    .description('print the order of trials and the worst-case duration; touches nothing')
    .argument('[scenario]', 'path of a scenario file (default: the quick start)')
    .option('--platform <id>', 'where it would run, instead of where the scenario says')
    .option('--seed <number>', 'the seed of the order', wholeNumber, 1)
    .option('--from <run...>', 'folders of earlier runs: predict what a run would see, and how many blocks it takes')
    .option('--json', 'print JSON')
    .action(async (file, options) => {
      const { scenario } = await readScenario(context.host, file, options.platform);
      const plan = makePlan(scenario, options.seed);
      const predicted = options.from === undefined ? [] : predict(scenario, await earlierRuns(context, options.from));
      const parts = { scenario, plan, predicted };
      context.streams.stdout(options.json === true ? asJson(parts) : asText(parts));
      done(0);
    });
}

interface Planned {
  scenario: Scenario;
  plan: Plan;
  predicted: readonly Prediction[];
}

async function earlierRuns({ host }: CliContext, folders: readonly string[]): Promise<RunAnalysis[]> {
  const analyses: RunAnalysis[] = [];
  for (const folder of folders) {
    const recorded = await readRun(host, folder);
    analyses.push(analyseRun({ ...recorded, scenario: parseAgain(recorded.run) }));
  }
  return analyses;
}

function asJson({ scenario: { platform, leftOut }, plan, predicted }: Planned): string {
  const { seed, digest } = plan;
  const parts = { seed, digest, platform, leftOut, worstCase: plan.worstCase(), pilot: plan.pilot() };
  const more = { worstConfirmation: plan.worstConfirmation(), predicted };
  return `${JSON.stringify({ ...parts, ...more, blocks: plan.outline() }, null, 2)}\n`;
}

function asText({ scenario, plan, predicted }: Planned): string {
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
    ...confirmationText(plan),
    ...pilot.map(({ load, cells }, place) => `pilot at ${rateOf(load)}: ${order(cells)}${place > 0 ? IF_NEEDED : ''}`),
    ...plan.outline().map(({ block, load, cells, ifNeeded }) => {
      const isSearched = scenario.load.saturation !== undefined;
      const rate = isSearched ? 'rates that are searched' : pilot.length > 0 ? 'the highest rate held' : rateOf(load);
      return `block ${String(block).padStart(2)} at ${rate}: ${order(cells)}${ifNeeded ? IF_NEEDED : ''}`;
    }),
    ...predicted.map(predictionText),
  ];
  return `${lines.map(told).join('\n')}\n`;
}

/** What an over would add to the worst case; nothing where no line can be over. */
export function confirmationText(plan: Plan): string[] {
  const more = plan.worstConfirmation();
  if (more === null) return [];
  const time = Math.ceil(more.durationMs / 1000);
  return [`should a required line come out over, at most ${more.trials} trials more in ${time} s confirm it`];
}

/** `expected at 1000/s, envoy p50: 6 blocks would see 0.04 ms, 8 blocks 0.03 ms (spread 0.023 ms over 12 blocks)` */
function predictionText(prediction: Prediction): string {
  const { comparison, quantity, arrivalRatePerSecond, spread, smallestEffect, blocksWanted } = prediction;
  const isCpu = quantity === 'server sidecar CPU' || quantity === 'client sidecar CPU';
  const amount = (value: number) => (isCpu ? `${value.toFixed(1)} millicores` : `${trimmed(value / 1000)} ms`);
  const of = `expected at ${arrivalRatePerSecond}/s, ${comparison} ${quantity}`;
  if (isMissing(smallestEffect)) return `${of}: — (${smallestEffect.missing})`;
  const seen = `4 of 5 runs would see ${amount(smallestEffect.withMin)} with the fewest blocks, ${amount(smallestEffect.withMax)} with the most`;
  const from = isMissing(spread) ? '' : ` (spread ${amount(spread)} over ${prediction.blocks} blocks)`;
  const wanted =
    blocksWanted === undefined || isMissing(blocksWanted)
      ? ''
      : `; the precision asked for takes ${blocksWanted} blocks`;
  return `${of}: ${seen}${wanted}${from}`;
}
