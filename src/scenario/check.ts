import { SHORTEST_WINDOW_MS } from '../collectors/index.ts';
import { MESH_IDS } from '../meshes/index.ts';
import type { PlatformId } from '../platforms/index.ts';
import { BUDGET_SET_IDS, type BudgetSetId, budgetSet } from './budgetSets.ts';
import { checkLoad } from './checkLoad.ts';
import { at } from './describe.ts';
import { NAME } from './fields.ts';
import { type Finding, hintAmong } from './problem.ts';
import { PERCENTILES } from './scenario.ts';
import { platformSchema } from './treatmentSchema.ts';
import { checkTreatments, readTreatments } from './treatments.ts';
import { parseDurationUs } from './units.ts';

/** Entries of a list that are held against each other; the schema refuses a list that is longer. */
const LOOKED_AT = 200;

/**
 * What the schema alone cannot see: rules between keys, and what the registries say.
 * It reads the file's value piece by piece, so that a fault in one place hides none in another.
 * @param chosen platform that is measured on instead of the file's own
 */
export function checkScenario(value: unknown, chosen?: PlatformId): Finding[] {
  const written = platformSchema.default('local').safeParse(at(value, 'platform'));
  const treatments = readTreatments(at(value, 'treatments'));
  return [
    ...checkTreatments(chosen ?? written.data, treatments),
    ...checkRates(at(at(value, 'load'), 'arrivalRate')),
    ...checkWindow(at(at(value, 'load'), 'duration')),
    ...checkLoad(at(value, 'load'), chosen ?? written.data),
    ...checkBlocks(at(value, 'blocks')),
    ...checkSearched(value),
    ...checkServices(at(value, 'services')),
    ...checkBudgets(
      at(value, 'budgets'),
      treatments.map(({ name }) => name).filter((name) => NAME.test(name)),
      ['budgets'],
    ),
  ];
}

/** Keys of one topology have no meaning in another. */
function checkServices(services: unknown): Finding[] {
  const topology = at(services, 'topology') ?? 'echo';
  const of = (key: string, own: string): Finding[] =>
    at(services, key) === undefined || topology === own
      ? []
      : [
          {
            path: ['services', key],
            message: `only a ${own} has a ${key}`,
            hint: `leave it out, or write topology: ${own}`,
          },
        ];
  return [...of('depth', 'chain'), ...of('width', 'fan-out')];
}

/** A search measures no latency at a rate that a budget could be about. */
function checkSearched(value: unknown): Finding[] {
  const isSearch = at(at(value, 'load'), 'saturation') !== undefined;
  if (!isSearch || at(value, 'budgets') === undefined) return [];
  const message = 'a saturation search measures nothing that a budget limits';
  return [{ path: ['budgets'], message, hint: 'leave out budgets, or load.saturation' }];
}

function checkRates(value: unknown): Finding[] {
  if (!Array.isArray(value)) return [];
  const rates = value.slice(0, LOOKED_AT);
  return rates.flatMap((rate: unknown, index) =>
    rates.indexOf(rate) === index
      ? []
      : [{ path: ['load', 'arrivalRate', index], message: 'this load point stands twice', hint: 'keep one of them' }],
  );
}

/** A window that is too short for a collector gives figures that mean nothing: asked for, it is refused. */
function checkWindow(value: unknown): Finding[] {
  const parsed = typeof value === 'string' ? parseDurationUs(value) : undefined;
  if (parsed?.ok !== true || parsed.value >= SHORTEST_WINDOW_MS * 1000) return [];
  const message = `the collectors need a window of at least ${SHORTEST_WINDOW_MS}ms, got ${value}`;
  return [{ path: ['load', 'duration'], message, hint: 'lengthen the window' }];
}

function checkBlocks(value: unknown): Finding[] {
  const min = at(value, 'min') ?? 6;
  const max = at(value, 'max');
  if (!Number.isInteger(min) || !Number.isInteger(max) || Number(max) >= Number(min)) return [];
  const message = `expected at least min, which is ${min}, got ${max}`;
  return [{ path: ['blocks', 'max'], message, hint: 'without max, exactly min valid blocks are wanted' }];
}

/** Rules of budgets beyond the schema: whom a line is for and what it is held against, and percentiles that a set has no line for. */
export function checkBudgets(
  value: unknown,
  treatments: readonly string[],
  path: readonly (string | number)[],
): Finding[] {
  if (Array.isArray(value))
    return value
      .slice(0, LOOKED_AT)
      .flatMap((line, index) => [
        ...checkFor(at(line, 'for'), treatments, [...path, index]),
        ...checkAgainst(line, treatments, [...path, index]),
      ]);
  const set = BUDGET_SET_IDS.find((id) => id === at(value, 'set'));
  const advisory = at(value, 'advisory');
  if (set === undefined || !Array.isArray(advisory)) return [];
  const offered = latencyPercentiles(set);
  return advisory.flatMap((percentile: unknown, index) =>
    // A word that is no percentile at all is the schema's to report.
    offered.some((known) => known === percentile) || !PERCENTILES.some((known) => known === percentile)
      ? []
      : [
          {
            path: [...path, 'advisory', index],
            message: `${set} has no added-latency line at ${percentile}`,
            hint: offered.length === 0 ? 'name the set alone' : `it has lines at ${offered.join(', ')}`,
          },
        ],
  );
}

function latencyPercentiles(set: BudgetSetId): string[] {
  const { lines } = budgetSet(set);
  return [...new Set(lines.flatMap((line) => (line.percentile === undefined ? [] : [line.percentile])))];
}

function checkFor(target: unknown, treatments: readonly string[], path: readonly (string | number)[]): Finding[] {
  const known = [...new Set([...treatments, ...MESH_IDS])];
  // A text that is no name at all is the schema's to report.
  if (typeof target !== 'string' || !NAME.test(target) || known.includes(target)) return [];
  const message = `${target} is neither a mesh nor the name of a treatment`;
  return [{ path: [...path, 'for'], message, hint: hintAmong(target, known) }];
}

/** A difference is one between two treatments of the scenario, each by its name: a line that nobody is left for would be no line. */
function checkAgainst(line: unknown, treatments: readonly string[], path: readonly (string | number)[]): Finding[] {
  const [own, other] = [at(line, 'for'), at(line, 'against')];
  if (typeof other !== 'string' || !NAME.test(other)) return [];
  const finding = (message: string, hint: string): Finding[] => [{ path: [...path, 'against'], message, hint }];
  if (!treatments.includes(other)) {
    return finding(`${other} is not the name of a treatment`, hintAmong(other, treatments));
  }
  if (other === own) return finding(`${other} adds nothing to itself`, 'name another treatment, or leave it out');
  if (typeof own === 'string' && treatments.includes(own) && own !== 'none') return [];
  return finding(
    'says what it is held against, and not which treatment is',
    'with for: the name of a treatment with proxies',
  );
}
