// @ts-nocheck
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONTAINER_LINE } from '../../src/platforms/local/container.ts';
import { MODES } from '../../src/platforms/local/modes.ts';
import { type ModeFigures, rowOf, TABLE, tableOf, withTable } from './modeRuns.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const KEPT = path.join(ROOT, 'docs/measured/modes');
const DOCUMENT = readFileSync(path.join(ROOT, 'docs/modes.md'), 'utf8');

const figuresOf = (rounds: number[][]): ModeFigures => ({ mode: 'userns', leavesOut: [], rounds });

describe('a row of the table of modes', () => {
  it('has the estimate over the blocks of all rounds with its interval', () => {
    expect(
      rowOf(
        figuresOf([
          [400, 410, 420, 430, 440, 450],
          [405, 415, 425, 435, 445, 455],
        ]),
      ),
    ).toBe('| `userns` | 428 | 415 to 440 | 12 | 425, 430 |');
  });

  it('has the reason where too few blocks are valid, and no figure', () => {
    expect(rowOf(figuresOf([[400, 410], []]))).toBe(
      '| `userns` | — | 2 valid blocks: a 95 % interval needs 6 | 2 | 405, — |',
    );
  });
});

describe('the document of the modes', () => {
  it('keeps everything but its table when that is written again', () => {
    const written = withTable(DOCUMENT, 'a table');
    expect(withTable(written, 'a table')).toBe(written);
    expect(written.split(TABLE.from)[0]).toBe(DOCUMENT.split(TABLE.from)[0]);
    expect(written.split(TABLE.to)[1]).toBe(DOCUMENT.split(TABLE.to)[1]);
  });

  it('has the table that the recorded campaign gives', (context) => {
    if (!existsSync(KEPT)) return context.skip('no campaign is recorded: npm run verify:modes records one');
    const names = readdirSync(KEPT).sort();
    const kept = names.map((name) => JSON.parse(readFileSync(path.join(KEPT, name), 'utf8')));
    expect(kept.map(({ mode }) => mode).sort()).toEqual([...MODES].sort());
    const figures = MODES.map((mode) => kept.find((entry) => entry.mode === mode) as ModeFigures);
    const [{ at, machine }] = kept;
    const words = `${machine.cores} cores, Linux ${machine.kernel}, Node ${machine.node}`;
    expect(DOCUMENT).toContain(tableOf(figures, { at, machine: words }));
    for (const { rounds } of figures) expect(rounds.flat().length).toBeGreaterThanOrEqual(6);
  });

  it('has the command line for a container as the program prints it', () => {
    expect(DOCUMENT).toContain(`\n${CONTAINER_LINE}\n`);
  });

  it('names every mode', () => {
    for (const mode of MODES) expect(DOCUMENT).toContain(`\`${mode}\``);
  });
});
