import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { analyseRun } from '../../src/analysis/analyse.ts';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { parseAgain } from '../../src/cli/scenarioFile.ts';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { readRun } from '../../src/record/runDirectory.ts';
import { resultsDocument, resultsJsonSchema } from '../../src/report/json/document.ts';
import { renderJson } from '../../src/report/json.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { VARIANTS, within } from './fixture.ts';
import { RECORDED } from './pictured.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const textOf = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

/** Another validator than the one that the schema was made with. */
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(resultsJsonSchema());

/** What is wrong with a document, by its place; empty where nothing is. */
function faultsOf(document: unknown): string[] {
  return validate(document) ? [] : (validate.errors ?? []).map((each) => `${each.instancePath} ${each.message}`);
}

/** As JSON has it: lists are lists, whether or not the code may write into them. */
type Plain<T> = T extends readonly (infer Item)[]
  ? Plain<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Plain<T[Key]> }
    : T;

/** Does not compile where the analysis has a field that the schema knows otherwise. */
const described = (
  analysis: Plain<Omit<RunAnalysis, 'run'>>,
): Omit<z.input<typeof resultsDocument>, 'schema' | 'run'> => analysis;

async function renderedAgain(folder: string): Promise<unknown> {
  const recorded = await readRun(nodeHost(), path.join(ROOT, folder));
  return JSON.parse(renderJson(analyseRun({ ...recorded, scenario: parseAgain(recorded.run) })));
}

const rendered = new Map<string, unknown>();
for (const folder of RECORDED) rendered.set(folder, await renderedAgain(folder));

describe('the schema of results.json', () => {
  it('is published as the command prints it: meshtax schema --results > schemas/results.schema.json', async () => {
    const { code, stdout } = await runInProcess(['schema', '--results']);
    expect([code, stdout]).toEqual([0, textOf('schemas/results.schema.json')]);
  });

  it.each(Object.entries(VARIANTS))('takes a rendered run: %s', (_, make) => {
    const document = JSON.parse(renderJson(make()));
    expect(faultsOf(document)).toEqual([]);
    expect(resultsDocument.safeParse(document).error?.issues).toBeUndefined();
  });

  it.for(RECORDED)('takes the recorded run in %s as it is kept', (folder, context) => {
    const kept = JSON.parse(textOf(`${folder}/results.json`));
    const current = Object.keys(rendered.get(folder) as object);
    if (current.some((key) => !(key in kept))) context.skip('an older version rendered it: render it again');
    expect(faultsOf(kept)).toEqual([]);
  });

  it.for(RECORDED)('takes the recorded run in %s as it is rendered again', (folder) => {
    expect(faultsOf(rendered.get(folder))).toEqual([]);
  });

  it('is the one of the analysis, field by field', () => {
    const { run: _, ...analysis } = within();
    expect(described(analysis as Plain<typeof analysis>)).toBe(analysis);
  });
});

interface Place {
  keys: readonly (string | number)[];
  value: unknown;
}

/** One place of each kind: those that differ in their list indices alone are of one kind. */
function placesIn(document: unknown): Place[] {
  const found = new Map<string, Place>();
  const visit = (value: unknown, keys: readonly (string | number)[]) => {
    const kind = `${keys.map((key) => (typeof key === 'number' ? '*' : key)).join('.')} ${typeof value}`;
    if (!found.has(kind)) found.set(kind, { keys, value });
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) visit(inner, [...keys, Array.isArray(value) ? Number(key) : key]);
  };
  visit(document, []);
  return [...found.values()].filter(({ keys }) => keys.length > 0);
}

/** Whether the document is taken with another value at a place. */
function takes(document: unknown, { keys, value }: Place, other: unknown): boolean {
  const last = keys.at(-1) ?? '';
  const holder = keys.slice(0, -1).reduce((at: unknown, key) => Reflect.get(at as object, key), document) as object;
  Reflect.set(holder, last, other);
  const isTaken = validate(document);
  Reflect.set(holder, last, value);
  return isTaken;
}

/** Maps from names that nobody knows beforehand. */
const OPEN = /(^|\.)(settings|details|headers|requests|limits)$/;
/** A setting of a mesh is a text, a number or a switch. */
const SETTING = /\.settings\.[^.]+$/;
/** What is null where it does not apply. */
const NULLABLE =
  /(^|\.)(identity|plaintextExpected|balanceAdded|applicationsAdded|peerIdentity|plaintext|concurrency|handshakeCounter|knees|profile|shareOfBaseline)$/;

const nameOf = ({ keys }: Place) => keys.join('.');

/** Values that cannot be right where this one is. */
function wrongFor(place: Place): unknown[] {
  const { value } = place;
  const instead = NULLABLE.test(nameOf(place)) ? [] : [null];
  if (Array.isArray(value)) return [{}, 'text', ...instead];
  if (typeof value === 'object') return [[], ...instead];
  return [[], typeof value === 'string' ? true : '7', ...instead];
}

describe.each(RECORDED)('in the document of %s', (folder) => {
  const document = rendered.get(folder);
  const places = placesIn(document);

  it('a value of a wrong type is refused wherever it stands', () => {
    const taken = places
      .filter((place) => !SETTING.test(nameOf(place)))
      .filter((place) => wrongFor(place).some((other) => takes(document, place, other)));
    expect(places.length).toBeGreaterThan(200);
    expect(taken.map(nameOf)).toEqual([]);
    expect(faultsOf(document)).toEqual([]);
  });

  it('a key that it does not know is refused, but in maps of names', () => {
    const objects = places.filter(({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value));
    const taken = objects.filter((place) => takes(document, place, { ...(place.value as object), unknown: 'text' }));
    expect(objects.length).toBeGreaterThan(50);
    expect(taken.map(nameOf).filter((name) => !OPEN.test(name))).toEqual([]);
  });

  it('a key that is always there may not be left out', () => {
    for (const key of ['schema', 'conclusion', 'verdicts', 'loads', 'run', 'trials', 'knees']) {
      const { [key]: _, ...rest } = document as Record<string, unknown>;
      expect(validate(rest), key).toBe(false);
    }
  });
});
