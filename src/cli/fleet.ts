import { Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { analyseRun } from '../analysis/analyse.ts';
import { FLEET_PODS } from '../analysis/budgetQuantity.ts';
import { type FleetAsked, projectFleet } from '../analysis/fleet.ts';
import { sidecarFacts } from '../analysis/sidecarFacts.ts';
import { whenNotToMesh } from '../analysis/whenNotToMesh.ts';
import { UserError } from '../host/problems.ts';
import { readRun } from '../record/runDirectory.ts';
import { renderFleet, type ToldFleet } from '../report/fleetTerminal.ts';
import { type Parsed, parseBytes, parseMillicores, parseRate } from '../scenario/units.ts';
import type { CliContext } from './context.ts';
import { parseAgain } from './scenarioFile.ts';
import { countFrom1 } from './wholeNumber.ts';

const FLEET_SCHEMA = 'meshtax/fleet@1';

const EXAMPLES = `
Examples:
  meshtax fleet RUN                                       100 pods, at each rate that was measured
  meshtax fleet RUN --pods 40 --replicas 3 --rate 250/s   120 sidecars, 250/s through each
  meshtax fleet RUN --rate 50/s --hops 6                  50/s for each pod that pass 6 sidecars each
  meshtax fleet RUN --core-hour 0.03 --gib-hour 0.004     with what that costs in a month
`;

export function fleetCommand(context: CliContext, done: (code: number) => void) {
  return new Command('fleet')
    .description("project a run's cost to a fleet: what its sidecars reserve, use and cost, and what that rests on")
    .argument('<run>', 'folder of the run')
    .option('--pods <number>', 'pods, each with one sidecar', countFrom1, FLEET_PODS)
    .option('--replicas <number>', 'replicas of each pod', countFrom1, 1)
    .option('--rate <rate>', 'requests a second for each pod (default: each rate that was measured)', read(parseRate))
    .option('--hops <number>', 'with --rate: sidecars that each of these requests passes (default: 1)', countFrom1)
    .option('--cpu-request <amount>', "what each sidecar requests, instead of what the run's do", read(parseMillicores))
    .option('--memory-request <size>', 'the same of memory', read(parseBytes))
    .option('--core-hour <price>', 'price of a core for an hour', price)
    .option('--gib-hour <price>', 'price of a GiB of memory for an hour', price)
    .option('--json', 'print JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (directory, options) => {
      if (options.hops !== undefined && options.rate === undefined) {
        throw new UserError('--hops says how often each request of --rate counts, and there is no --rate', {
          exitCode: 2,
          hint: 'such as --rate 50/s --hops 4: a call from one pod to another passes 2 sidecars',
        });
      }
      const asked: FleetAsked = {
        pods: options.pods,
        replicas: options.replicas,
        ratePerSecond: options.rate,
        hops: options.hops,
        requestMillicores: options.cpuRequest,
        requestBytes: options.memoryRequest,
        prices: { perCoreHour: options.coreHour, perGibHour: options.gibHour },
      };
      const told = await projected(context, directory, asked);
      const { stdout, colour } = context.streams;
      stdout(options.json === true ? asJson(told, asked) : renderFleet(told, { colour }));
      done(0);
    });
}

async function projected({ host }: CliContext, directory: string, asked: FleetAsked): Promise<ToldFleet> {
  const recorded = await readRun(host, directory);
  const analysis = analyseRun({ ...recorded, scenario: parseAgain(recorded.run) });
  if (analysis.knees !== null) {
    throw new UserError(`${directory}: a search for saturation measures no load to project from`, {
      exitCode: 2,
      hint: 'name a run of a scenario without load.saturation',
    });
  }
  const projections = projectFleet(sidecarFacts(analysis), asked);
  if (projections.length === 0) {
    throw new UserError(`${directory}: no treatment of this run has a sidecar`, {
      exitCode: 2,
      hint: 'name a run with a mesh among its treatments',
    });
  }
  return { analysis, projections, cases: whenNotToMesh(analysis) };
}

/** Value of a flag that is written as in a scenario. */
function read(parse: (text: string) => Parsed<number>): (text: string) => number {
  return (text) => {
    const parsed = parse(text);
    if (!parsed.ok) throw new InvalidArgumentError(parsed.message);
    return parsed.value;
  };
}

/** A price in whatever currency. */
function price(text: string): number {
  if (!/^\d{1,9}(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError('a price from 0 on is needed, such as 0.03');
  return Number(text);
}

/** Full precision; what was not asked is left out. */
function asJson({ analysis, projections, cases }: ToldFleet, asked: FleetAsked): string {
  const of = { schema: FLEET_SCHEMA, runId: analysis.run.runId, complete: !analysis.incomplete };
  return `${JSON.stringify({ ...of, asked, projections, whenNotToMesh: cases }, null, 2)}\n`;
}
