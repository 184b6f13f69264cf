import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';
import type { RunRecord } from '../record/runRecord.ts';
import { BUDGET_SET_IDS } from '../scenario/budgetSets.ts';
import { type ParsedBudgets, parseBudgets, parseScenario } from '../scenario/parse.ts';
import { decodeUtf8, LARGEST_FILE_BYTES } from '../scenario/plainText.ts';
import { formatProblem, type Problem, toProblem } from '../scenario/problem.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { knownPlatform } from './platformChoice.ts';

/** The scenario that runs when none is named. */
export const QUICK_START = fileURLToPath(new URL('../../scenarios/quick-start.yaml', import.meta.url));

export interface ReadScenario {
  file: string;
  text: string;
  /** With the budgets that the run is judged against. */
  scenario: Scenario;
  /** Where those come from, if not from the scenario itself. */
  budgets?: BudgetsText;
  /** Text of the script that is the load, where there is one. */
  script?: string;
}

/** Budgets beside a scenario: a file with its text, or a built-in set, whose name is its text. */
interface BudgetsText {
  file: string;
  text: string;
}

/**
 * @param platform id of the platform that is measured on instead of the file's own
 * @throws UserError (exit 2) with every problem of the file at once, or for a platform that there is not
 */
export async function readScenario(host: Host, file = QUICK_START, platform?: string): Promise<ReadScenario> {
  const chosen = platform === undefined ? undefined : knownPlatform(platform);
  const text = await readInput(host, file, 'a scenario');
  const parsed = parseScenario(text, shown(file), { platform: chosen });
  if (!parsed.ok) throw wrong(parsed.problems);
  const { scenario } = parsed;
  const source = { file: shown(file), text, scenario };
  if (scenario.load.script === undefined) return source;
  const script = path.resolve(path.dirname(file), scenario.load.script);
  return {
    ...source,
    script: await readInput(host, script, 'a k6 script', 'load.script names it from the folder of the scenario'),
  };
}

/**
 * The scenario with other budgets than its own.
 * @param asked a built-in set, or else a file; a file that is called as a set is, is named with its folder: ./documented
 * @throws UserError (exit 2)
 */
export async function withBudgets(host: Host, source: ReadScenario, asked: string): Promise<ReadScenario> {
  const budgets = await readBudgets(host, asked);
  return { ...source, scenario: judgedBy(source.scenario, budgets), budgets };
}

async function readBudgets(host: Host, asked: string): Promise<BudgetsText> {
  if (BUDGET_SET_IDS.some((id) => id === asked)) return { file: asked, text: asked };
  const hint = `name a budgets file, or a built-in set: ${BUDGET_SET_IDS.join(', ')}`;
  return { file: shown(asked), text: await readInput(host, asked, 'a budgets file', hint) };
}

function judgedBy(scenario: Scenario, budgets: BudgetsText): Scenario {
  const parsed = parsedFor(scenario, budgets);
  if (!parsed.ok) throw wrong(parsed.problems);
  return { ...scenario, budgets: parsed.budgets };
}

function parsedFor(scenario: Scenario, { file, text }: BudgetsText): ParsedBudgets {
  const names = [...scenario.treatments.map(({ name }) => name), ...scenario.leftOut.map(({ treatment }) => treatment)];
  return parseBudgets(text, file, names);
}

/**
 * The scenario of a recorded run, from the text that the record keeps and for the platform that it ran on, with the budgets
 * that the run was told to judge against.
 * @throws UserError (exit 2)
 */
export function parseAgain(record: RunRecord): Scenario {
  const parsed = parseScenario(record.scenarioText, record.scenarioFile, { platform: record.platform.id });
  if (!parsed.ok) throw ofAnotherVersion('scenario', record);
  const { budgetsText, budgetsFile = 'budgets' } = record;
  if (budgetsText === undefined) return parsed.scenario;
  const budgets = parsedFor(parsed.scenario, { file: budgetsFile, text: budgetsText });
  if (!budgets.ok) throw ofAnotherVersion('budgets', record);
  return { ...parsed.scenario, budgets: budgets.budgets };
}

function ofAnotherVersion(what: 'scenario' | 'budgets', { runId }: RunRecord): UserError {
  const verb = what === 'scenario' ? 'is' : 'are';
  return new UserError(`the ${what} in the record of ${runId} ${verb} not valid in this version of meshtax`, {
    exitCode: 2,
    hint: 'report it with the version that made it',
  });
}

/** The text of a regular file of a bounded size: a device or a pipe, which may have no end, is refused unread. */
export async function readInput(
  host: Host,
  file: string,
  what: string,
  hint = `name ${what}, such as scenarios/quick-start.yaml`,
): Promise<string> {
  const bytes = await host
    .readRegular(file, { atMostBytes: LARGEST_FILE_BYTES, links: 'follow' })
    .catch((error: unknown) => {
      throw new UserError(`${file}: ${reasonOf(error)}`, { exitCode: 2, hint, cause: error });
    });
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  const message = 'from here on the file is not UTF-8';
  const finding = { path: [], message, hint: `${what} is plain text: save it as UTF-8, or check the file name` };
  const place = { file: shown(file), text: decoded.lossy };
  throw wrong([toProblem(place, { from: decoded.at, to: decoded.at + 1 }, finding)]);
}

/** A path as short as it goes from where the user is. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? path.basename(file) : relative;
}

export function wrong(problems: readonly Problem[]): UserError {
  const text = problems.map(formatProblem).join('\n');
  // The parser's own text opens with "error:", as the printer of a UserError does.
  return new UserError(text.replace(/^error:\s*/, ''), { exitCode: 2 });
}
