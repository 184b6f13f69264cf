/**
 * npm run verify:coverage: how often does an interval hold the truth, and which of five methods is the narrowest that
 * does? Simulates runs in worlds whose truth is known, with the product's own stopping rule, on all cores; writes
 * docs/measured/coverage.json and the tables of docs/method.md. Takes about 10 minutes on two cores.
 * `npm run verify:coverage -- --quick` takes a tenth of the runs, prints the tables, and keeps nothing.
 *
 * A cell passes at 94 % of 10,000 runs: a method whose intervals hold 95 % gets there with probability 0.999996, one
 * whose intervals hold 93 % with 0.00003.
 */
import { fork } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import type { CoverageCell } from './coverage/cell.ts';
import { type CoverageRecord, type Runs, studyWorld } from './coverage/study.ts';
import { isChosen, tablesOf, withTables } from './coverage/table.ts';
import { WORLDS } from './coverage/worlds.ts';
import { keepMeasured } from './keepMeasured.ts';

const SEED = 7;
const DOCUMENT = path.resolve(import.meta.dirname, '../../docs/method.md');
const isQuick = process.argv.includes('--quick');
const runs: Runs = isQuick ? { plain: 1000, resampling: 200 } : { plain: 10_000, resampling: 4000 };

/** Gives each of several processes the next world when it has finished one. */
async function inParallel(): Promise<CoverageCell[]> {
  const found = new Map<string, CoverageCell[]>();
  const left = WORLDS.map(({ id }) => id);
  const workers = Array.from(
    { length: Math.min(availableParallelism(), left.length) },
    () =>
      new Promise<void>((resolve, reject) => {
        const worker = fork(import.meta.filename, ['worker']);
        const next = () => {
          const id = left.shift();
          if (id === undefined) worker.disconnect();
          else worker.send({ id, runs });
        };
        worker.on('message', ({ id, cells }: { id: string; cells: CoverageCell[] }) => {
          found.set(id, cells);
          console.error(`${found.size} of ${WORLDS.length} worlds`);
          next();
        });
        worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
        next();
      }),
  );
  await Promise.all(workers);
  return WORLDS.flatMap(({ id }) => found.get(id) ?? []);
}

if (process.send !== undefined && process.argv.includes('worker')) {
  process.on('message', (asked: { id: string; runs: Runs }) =>
    process.send?.({ id: asked.id, cells: studyWorld(asked.id, { seed: SEED, runs: asked.runs }) }),
  );
} else {
  const record: CoverageRecord = { at: new Date().toISOString(), seed: SEED, runs, cells: await inParallel() };
  const tables = tablesOf(record);
  console.log(tables);
  if (!isQuick) {
    keepMeasured('coverage', record, (kept) =>
      // A line for each method of a cell, not one for each number.
      JSON.stringify(kept, null, 1).replace(
        /\{\s*("runs": [^{}]*?"width"[^{}]*?)\s*\}/g,
        (_, inner: string) => `{ ${inner.replace(/\s+/g, ' ')} }`,
      ),
    );
    writeFileSync(DOCUMENT, withTables(readFileSync(DOCUMENT, 'utf8'), tables));
  }
  process.exit(isChosen(record) ? 0 : 1);
}
