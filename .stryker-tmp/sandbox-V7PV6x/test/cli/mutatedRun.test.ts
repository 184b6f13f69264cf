// @ts-nocheck
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { createRandom } from '../../src/scenario/random.ts';
import { temporaryDirectory } from '../temporary.ts';
import { EXAMPLE, recordsOf } from './hostileRun.ts';
import { runInProcess } from './inProcess.ts';

const SEED = 4711;
const COUNT = 400;

type Random = () => number;
const pick = <T>(items: readonly T[], random: Random): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};

/** Another value of the same kind, so that most of them pass the schema and have to be judged. */
function another(value: unknown, random: Random): unknown {
  if (typeof value === 'number') return pick([0, 1, -1, 3, 1e15, 2 ** 53, value * 1000, -value, 0.5], random);
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'string') {
    return pick(['', 'x', '__proto__', 'constructor', '../../x', 'none', value.slice(0, value.length / 2)], random);
  }
  if (Array.isArray(value)) return pick([[], [...value, ...value], value.slice(1), [...value].reverse()], random);
  return pick([{ missing: 'it was not read' }, {}, null], random);
}

function pathsOf(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]) => [[...at, key], ...pathsOf(held, [...at, key])]);
}

/** One part of a record is another, or missing. @returns what was done */
function mutate(record: unknown, random: Random): string {
  const where = pick(pathsOf(record), random);
  const key = where.at(-1) ?? '';
  const holder = where.slice(0, -1).reduce<unknown>((held, inner) => Reflect.get(held as object, inner), record);
  if (random() < 0.15) Reflect.deleteProperty(holder as object, key);
  else Reflect.set(holder as object, key, another(Reflect.get(holder as object, key), random));
  return `${where.join('.')} = ${JSON.stringify(Reflect.get(holder as object, key))?.slice(0, 80)}`;
}

describe('a recorded run that was changed by hand', () => {
  it(`is judged, or refused with the file that was changed, ${COUNT} times`, async () => {
    const budgets = path.join(temporaryDirectory(), 'budgets.yaml');
    writeFileSync(budgets, 'documented\n');
    const real = nodeHost();
    const seen = { judged: 0, refused: 0 };
    for (let number = 0; number < COUNT; number += 1) {
      const random = createRandom(SEED + number);
      const { file } = pick(recordsOf(EXAMPLE), random);
      const record: unknown = JSON.parse(readFileSync(file, 'utf8'));
      const what = `seed ${SEED} + ${number}, ${path.relative(EXAMPLE, file)} ${mutate(record, random)}`;
      const readRegular: typeof real.readRegular = async (asked, limits) =>
        asked === file ? Buffer.from(JSON.stringify(record)) : real.readRegular(asked, limits);
      // With budgets of its own and no --out, a report writes nothing.
      const words = ['report', EXAMPLE, '--budgets', budgets];
      const { code, stdout, stderr } = await runInProcess(words, { ...real, readRegular });
      expect([0, 1, 2, 4], `${what}: ${stderr}`).toContain(code);
      expect(stdout.match(/\b(undefined|NaN)\b|\[object/), what).toBeNull();
      seen[code === 2 ? 'refused' : 'judged'] += 1;
    }
    expect(Math.min(seen.judged, seen.refused)).toBeGreaterThan(COUNT / 10);
  }, 240_000);
});
