import { at } from './describe.ts';
import { type Finding, hintAmong } from './problem.ts';
import type { Scenario } from './scenario.ts';
import { parseRate } from './units.ts';

/** Entries of a list that are looked at; the schema refuses a list that is longer. */
const LOOKED_AT = 1000;

/** Rules of a file of results beyond the schema: each block has every treatment once and the baseline twice. */
export function checkResults(value: unknown, scenario: Scenario): Finding[] {
  const blocks = at(value, 'blocks');
  const unit: Finding[] =
    at(value, 'tool') === 'hlog' && at(value, 'unit') === undefined
      ? [{ path: ['tool'], message: 'a histogram log does not tell its unit', hint: 'add unit: ns, us or ms' }]
      : [];
  if (!Array.isArray(blocks)) return unit;
  return [...unit, ...blocks.slice(0, LOOKED_AT).flatMap((block, index) => checkBlock(block, index, scenario))];
}

function checkBlock(block: unknown, index: number, scenario: Scenario): Finding[] {
  const trials = at(block, 'trials');
  if (typeof trials !== 'object' || trials === null || Array.isArray(trials)) return [];
  const path = ['blocks', index, 'trials'];
  const names = scenario.treatments.map(({ name }) => name);
  const unknown = Object.keys(trials).flatMap((name): Finding[] => {
    if (names.includes(name)) return [];
    const message = `${name} is no treatment of the scenario`;
    return [{ path: [...path, name], onKey: true, message, hint: hintAmong(name, names) }];
  });
  const wanting = names.flatMap((name, treatment): Finding[] => {
    const files = at(trials, name);
    const count = Array.isArray(files) ? files.length : files === undefined ? 0 : 1;
    const wanted = treatment === scenario.baseline ? 2 : 1;
    if (count === wanted) return [];
    const message = `expected ${wanted === 2 ? 'two results' : 'one result'} of ${name}, got ${count}`;
    const hint =
      wanted === 2 ? 'the baseline runs twice in each block, to show the noise' : 'a block has each treatment once';
    return [{ path: count === 0 ? path : [...path, name], message, hint }];
  });
  return [...checkRate(at(block, 'arrivalRate'), index, scenario), ...unknown, ...wanting];
}

function checkRate(written: unknown, index: number, { load }: Scenario): Finding[] {
  const rates = load.arrivalRatesPerSecond;
  if (written === undefined) {
    if (rates.length === 1) return [];
    return [
      {
        path: ['blocks', index],
        message: 'arrivalRate is missing: the scenario has several',
        hint: 'name one of them',
      },
    ];
  }
  const parsed = typeof written === 'string' ? parseRate(written) : undefined;
  if (parsed?.ok !== true || rates.includes(parsed.value)) return [];
  const hint = `one of ${rates.map((rate) => `${rate}/s`).join(', ')}`;
  return [{ path: ['blocks', index, 'arrivalRate'], message: `${written} is no load point of the scenario`, hint }];
}
