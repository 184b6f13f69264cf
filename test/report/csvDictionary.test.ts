import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COLUMNS, renderPercentilesCsv } from '../../src/report/csv.ts';
import { hostile, within } from './fixture.ts';

const page = readFileSync(new URL('../../docs/csv.md', import.meta.url), 'utf8');

describe('the data dictionary of percentiles.csv', () => {
  it('has a row for each column, in their order, with its unit and its meaning', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows).toEqual(COLUMNS.map(({ name, unit = '', meaning }) => `| \`${name}\` | ${unit} | ${meaning} |`));
  });

  it('names the columns that the file has', () => {
    const [header] = renderPercentilesCsv(within()).split('\n');
    expect(header?.split(',')).toEqual(COLUMNS.map(({ name }) => name));
  });

  it('gives a unit to each column whose name ends with one, and to no other', () => {
    const withUnit = COLUMNS.filter(({ unit }) => unit !== undefined).map(({ name }) => name);
    expect(withUnit).toEqual(
      COLUMNS.map(({ name }) => name).filter((name) => /_(ms|percent|per_second|blocks)$/.test(name)),
    );
  });
});

describe('hostile text in percentiles.csv', () => {
  it('starts no formula, and holds nothing that a terminal obeys', () => {
    const csv = renderPercentilesCsv(hostile());
    expect(csv.match(/(?:^|,)"?(?:[=+@\t]|-\D)/m)).toBeNull();
    expect(csv.match(/(?!\n)\p{Cc}|\u202e/u)).toBeNull();
  });

  it.each(['\u001b[2J\u0007', '=1+1\u001b]0;x\u0007', '\u202e=1', '\u0000=1'])(
    'is shown with marks in the place of control characters: %j',
    (name) => {
      const analysis = within();
      const loads = analysis.loads.map((load) => ({
        ...load,
        treatments: load.treatments.map((treatment) => ({ ...treatment, build: name })),
      }));
      const csv = renderPercentilesCsv({ ...analysis, loads });
      expect(csv.match(/(?!\n)\p{Cc}|\u202e/u)).toBeNull();
      expect(csv).toContain('\ufffd');
      expect(csv.match(/(?:^|,)"?=/m)).toBeNull();
    },
  );
});
