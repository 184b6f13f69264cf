import type { Estimate } from '../analysis/result.ts';
import { isMissing } from '../record/measured.ts';
import type { QuantityFigure, RunFigures } from './figures.ts';

/** Names and units of one quantity, which hundreds of runs share. */
type Key = readonly [group: string, what: string, unit: QuantityFigure['unit'], role: QuantityFigure['role']];

/** A quantity of a run by its key's place; the last place is what its baseline took, or null. */
type Row =
  | readonly [key: number, missing: string, beside: number | null]
  | readonly [
      key: number,
      point: number,
      low: number,
      high: number,
      n: number,
      confidence: number,
      method: Estimate['method'] | null,
      beside: number | null,
    ];

type Head = Omit<RunFigures, 'environment' | 'quantities'>;

/** The figures of many runs as an index keeps them: what they share stands once, which makes it a third as long. */
export interface Packed {
  keys: Key[];
  environments: RunFigures['environment'][];
  /** By folder. */
  runs: Record<string, readonly [stamp: string, head: Head, environment: number, rows: readonly Row[]]>;
}

export function pack(runs: readonly { folder: string; stamp: string; figures: RunFigures }[]): Packed {
  const packed: Packed = { keys: [], environments: [], runs: {} };
  const [keyAt, environmentAt] = [placesIn(packed.keys), placesIn(packed.environments)];
  for (const { folder, stamp, figures } of runs) {
    const { environment, quantities, ...head } = figures;
    const rows = quantities.map(({ group, what, unit, role, value, beside = null }): Row => {
      const key = keyAt([group, what, unit, role]);
      if (isMissing(value)) return [key, value.missing, beside];
      const { point, low, high, n, confidence, method = null } = value;
      return [key, point, low, high, n, confidence, method, beside];
    });
    packed.runs[folder] = [stamp, head, environmentAt(environment), rows];
  }
  return packed;
}

/** Where a value stands in a list, which it is added to when it is new. */
function placesIn<T>(list: T[]): (value: T) => number {
  const places = new Map<string, number>();
  return (value) => {
    const text = JSON.stringify(value);
    const known = places.get(text);
    if (known !== undefined) return known;
    places.set(text, list.length);
    return list.push(value) - 1;
  };
}

/** The figures of a folder that has not changed since; undefined where it has, or is not there. */
export function unpack({ keys, environments, runs }: Packed, folder: string, stamp: string): RunFigures | undefined {
  const entry = Object.hasOwn(runs, folder) ? runs[folder] : undefined;
  if (entry === undefined || entry[0] !== stamp) return undefined;
  const [, head, at, rows] = entry;
  const environment = environments[at];
  if (environment === undefined) return undefined;
  return { ...head, environment, quantities: rows.flatMap((row) => quantityOf(row, keys[row[0]]) ?? []) };
}

function quantityOf(row: Row, key: Key | undefined): QuantityFigure | undefined {
  if (key === undefined) return undefined;
  const [group, what, unit, role] = key;
  const beside = row.at(-1);
  const besides = typeof beside === 'number' ? { beside } : {};
  if (row.length === 3) return { group, what, unit, role, value: { missing: row[1] }, ...besides };
  const [, point, low, high, n, confidence, method] = row;
  const value = { point, low, high, n, confidence, ...(method != null && { method }) };
  return { group, what, unit, role, value, ...besides };
}
