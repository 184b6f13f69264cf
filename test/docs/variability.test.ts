import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GATES } from '../../src/analysis/gates/index.ts';
import { PROFILE_IDS } from '../../src/scenario/profiles/index.ts';

const text = readFileSync(new URL('../../docs/variability.md', import.meta.url), 'utf8');

/** The cells of each row below a table's rule, by the table's first heading. */
function rowsOf(heading: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${heading} |`));
  const below = lines.slice(start + 2);
  const end = below.findIndex((line) => !line.startsWith('|'));
  return below.slice(0, end === -1 ? below.length : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const quoted = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word);

describe('the page about variance', () => {
  it('names every gate in its column of gates, and none that there is not', () => {
    const rows = rowsOf('source of variance');
    const named = new Set(rows.flatMap(([, , gates = '']) => quoted(gates)));
    expect([...named].sort()).toEqual(GATES.map(({ id }) => id).sort());
  });

  it('says of each source what is done, whether a gate judges it, and what is printed', () => {
    const incomplete = rowsOf('source of variance').filter((cells) => cells.length !== 4 || cells.includes(''));
    expect(incomplete).toEqual([]);
  });

  it('says what each profile is', () => {
    const told = rowsOf('profile').flatMap(([name = '']) => quoted(name));
    expect(told).toEqual([...PROFILE_IDS]);
  });
});
