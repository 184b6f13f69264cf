import { atMost } from '../../../src/analysis/stats/binomial.ts';
import { CANDIDATES, type Candidate } from '../candidates/candidate.ts';
import type { CoverageCell, Design } from './cell.ts';
import type { CoverageRecord } from './study.ts';
import { WORLDS, type World } from './worlds.ts';

/** The method that the product uses. */
const CHOSEN = 'signed-rank';
/** A cell passes from this share of its runs on. */
const LINE = 0.94;

/** What stands between these lines of the document is written by npm run verify:coverage. */
export const TABLES = { from: '<!-- npm run verify:coverage writes from here -->', to: '<!-- to here -->' };

/** The document with other tables. @throws where it has lost the lines that enclose them */
export function withTables(document: string, tables: string): string {
  const [before, rest] = document.split(TABLES.from);
  const after = rest?.split(TABLES.to)[1];
  if (before === undefined || after === undefined) throw new Error('docs/method.md lacks the lines around its tables');
  return `${before}${TABLES.from}\n\n${tables}\n\n${TABLES.to}${after}`;
}

const isStopped = ({ design }: CoverageCell): boolean => 'min' in design;
const fixed = (cells: readonly CoverageCell[]) => cells.filter((cell) => !isStopped(cell));
const stopped = (cells: readonly CoverageCell[], asked: number) =>
  cells.filter((cell) => isStopped(cell) && cell.asked === asked);

/** What the product asks for under the stopping rule: the higher of the two levels of those cells. */
const insideOf = ({ cells }: CoverageRecord): number => Math.max(...cells.map(({ asked }) => asked));

/** The cells as the product would run them: fixed blocks at 95 %, the stopping rule at what it asks for there. */
const asUsed = (record: CoverageRecord, worlds: readonly World[]): CoverageCell[] => {
  const ids = worlds.map(({ id }) => id);
  const cells = record.cells.filter(({ world }) => ids.includes(world));
  return [...fixed(cells), ...stopped(cells, insideOf(record))];
};

const claimedWorlds = WORLDS.filter(({ claimed }) => claimed);

function shareHeld(cell: CoverageCell, method: string): number {
  const count = cell.methods[method];
  return count === undefined ? Number.NaN : count.held / count.runs;
}

const lowest = (cells: readonly CoverageCell[], method: string): number =>
  Math.min(...cells.map((cell) => shareHeld(cell, method)));

function meanWidth(cells: readonly CoverageCell[], method: string): number {
  return cells.reduce((sum, cell) => sum + (cell.methods[method]?.width ?? Number.NaN), 0) / cells.length;
}

const passes = (record: CoverageRecord, method: string): boolean =>
  lowest(asUsed(record, claimedWorlds), method) >= LINE;

/** Whether the product's method passes in every claimed cell and is the narrowest of those that do. */
export function isChosen(record: CoverageRecord): boolean {
  const width = ({ id }: Candidate) => meanWidth(asUsed(record, claimedWorlds), id);
  const [first] = CANDIDATES.filter(({ id }) => passes(record, id)).sort((a, b) => width(a) - width(b));
  return first?.id === CHOSEN;
}

const percent = (share: number): string => (100 * share).toFixed(1);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (titles: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(titles), row(titles.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');

function methodsTable(record: CoverageRecord): string {
  const inside = insideOf(record);
  const used = asUsed(record, claimedWorlds);
  const ids = claimedWorlds.map(({ id }) => id);
  const claimed = record.cells.filter(({ world }) => ids.includes(world));
  return table(
    [
      'method',
      'estimates the',
      'fixed blocks',
      'stopping, asked 95 %',
      `stopping, asked ${percent(inside)} %`,
      'mean width',
      '',
    ],
    CANDIDATES.map(({ id, words, centre }) => [
      words,
      centre,
      percent(lowest(fixed(claimed), id)),
      percent(lowest(stopped(claimed, 0.95), id)),
      percent(lowest(stopped(claimed, inside), id)),
      meanWidth(used, id).toFixed(2),
      `${passes(record, id) ? 'passes' : 'fails'}${id === CHOSEN ? ', used' : ''}`,
    ]),
  );
}

function worldsTable(record: CoverageRecord, worlds: readonly World[]): string {
  return table(
    ['world', ...CANDIDATES.map(({ words }) => words)],
    worlds.map((world) => {
      const cells = asUsed(record, [world]);
      return [
        world.words,
        ...CANDIDATES.map(({ id }) => `${percent(lowest(cells, id))} · ${meanWidth(cells, id).toFixed(2)}`),
      ];
    }),
  );
}

const designText = (design: Design): string =>
  'blocks' in design ? String(design.blocks) : `≈${design.aimsAt}, max ${design.max}`;

function usedTable(record: CoverageRecord): string {
  const [first] = WORLDS;
  const titles = asUsed(record, first === undefined ? [] : [first]).map(({ design }) => designText(design));
  return table(
    ['world', ...titles],
    claimedWorlds.map((world) => [
      world.id,
      ...asUsed(record, [world]).map((cell) => percent(shareHeld(cell, CHOSEN))),
    ]),
  );
}

/** The probability that a cell passes, for a method whose intervals hold the truth with this probability. */
export function passProbability(runs: number, coverage: number): number {
  return 1 - atMost(Math.ceil(LINE * runs) - 1, { trials: runs, probability: coverage });
}

/** Everything that the study writes into the document. */
export function tablesOf(record: CoverageRecord): string {
  const { plain, resampling } = record.runs;
  const count = asUsed(record, claimedWorlds).length;
  const right = passProbability(plain, 0.95);
  const wrong = passProbability(plain, 0.93);
  const grouped = (value: number) => value.toLocaleString('en-US');
  return [
    `Simulated on ${record.at.slice(0, 10)} with seed ${record.seed}: ${grouped(plain)} runs a cell, ${grouped(resampling)} for the two methods that resample ([all cells](measured/coverage.json)). A cell passes at ${percent(LINE)} % of its runs: a method whose intervals hold 95 % passes a cell with probability ${right.toFixed(6)} and all ${count} of them with ${(right ** count).toFixed(4)}; one whose intervals hold 93 % passes a cell with ${wrong.toFixed(6)}.`,
    `Lowest coverage in % over the claimed worlds, and the mean width over their cells in standard deviations of a block’s difference:`,
    methodsTable(record),
    'World by world, the lowest coverage in % of any number of blocks or stopping rule · mean width:',
    worldsTable(record, claimedWorlds),
    'The method in use, coverage in % at each number of blocks, and under the stopping rule by the number that it asks for where the first blocks have the world’s own spread, and `max`:',
    usedTable(record),
    'Not claimed, measured all the same:',
    worldsTable(
      record,
      WORLDS.filter(({ claimed }) => !claimed),
    ),
  ].join('\n\n');
}
