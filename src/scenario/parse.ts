import { z } from 'zod';
import type { PlatformId } from '../platforms/index.ts';
import { withProfile } from './applyProfile.ts';
import { toBudgets } from './budgets.ts';
import { budgetsSchema } from './budgetsSchema.ts';
import { checkBudgets, checkScenario } from './check.ts';
import { checkResults } from './checkResults.ts';
import { type Described, describedAt } from './describe.ts';
import { explain } from './fields.ts';
import { toLoad } from './load.ts';
import { leftOutOf, notesOn } from './notes.ts';
import { beyondAscii } from './plainText.ts';
import { type Finding, inFileOrder, nearest, type Problem } from './problem.ts';
import { type ResultsInput, resultsSchema } from './resultsSchema.ts';
import type { Scenario, ServicesSpec } from './scenario.ts';
import { type ScenarioInput, scenarioSchema } from './schema.ts';
import { isMeasuredOn } from './treatments.ts';
import { readYaml, type YamlSource } from './yamlSource.ts';

/** Issues keep the value that they are about: it tells which variant of a union was meant. */
const READING = { error: explain, reportInput: true } as const;

export type ParsedScenario = { ok: true; scenario: Scenario } | { ok: false; problems: readonly Problem[] };
export type ParsedBudgets = { ok: true; budgets: Scenario['budgets'] } | { ok: false; problems: readonly Problem[] };

export interface ParseOptions {
  /** Measured on instead of the file's own platform. */
  platform?: PlatformId | undefined;
}

/**
 * Reads a scenario file.
 * @param file the name that problems are reported under; nothing is read from it
 * @returns the scenario with every default filled in, or every problem of the text at once, in the order of the file
 */
export function parseScenario(text: string, file: string, { platform }: ParseOptions = {}): ParsedScenario {
  const read = readYaml(text, file);
  if (!read.ok) return read;
  const parsed = scenarioSchema.safeParse(withProfile(read.source.value), READING);
  const problems = problemsOf(read.source, {
    schema: scenarioSchema,
    error: parsed.error,
    findings: checkScenario(read.source.value, platform),
  });
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const input = { ...parsed.data, platform: platform ?? parsed.data.platform };
  return { ok: true, scenario: toScenario(input, openingComment(text)) };
}

/**
 * Reads a file of budgets: what may stand under a scenario's `budgets:` key, alone.
 * @param treatments names that a line's `for` may give, beside the meshes
 */
export function parseBudgets(text: string, file: string, treatments: readonly string[] = []): ParsedBudgets {
  const read = readYaml(text, file);
  if (!read.ok) return read;
  const parsed = budgetsSchema.safeParse(read.source.value, READING);
  const findings = checkBudgets(read.source.value, treatments, []);
  const problems = problemsOf(read.source, { schema: budgetsSchema, error: parsed.error, findings });
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, budgets: toBudgets(parsed.data, { name: baseName(file), source: baseName(file) }) };
}

export type ParsedResults = { ok: true; results: ResultsInput } | { ok: false; problems: readonly Problem[] };

/**
 * Reads a file of other tools' results.
 * @param scenario whose treatments and load points the results are of
 */
export function parseResults(text: string, file: string, scenario: Scenario): ParsedResults {
  const read = readYaml(text, file);
  if (!read.ok) return read;
  const parsed = resultsSchema.safeParse(read.source.value, READING);
  const findings = checkResults(read.source.value, scenario);
  const problems = problemsOf(read.source, { schema: resultsSchema, error: parsed.error, findings });
  return !parsed.success || problems.length > 0 ? { ok: false, problems } : { ok: true, results: parsed.data };
}

const jsonSchemas = new WeakMap<z.ZodType, object>();

/** Each is made once: making one takes longer than everything else that a file is asked. */
function jsonSchemaOf(schema: z.ZodType): object {
  const known = jsonSchemas.get(schema) ?? z.toJSONSchema(schema, { io: 'input' });
  jsonSchemas.set(schema, known);
  return known;
}

/** JSON Schema (2020-12) of the scenario file as it is written, so that editors complete and check it. */
export function scenarioJsonSchema(): object {
  return jsonSchemaOf(scenarioSchema);
}

/** Finding a place takes a walk through the document; of more than these nobody would read the rest. */
const LOCATED_FINDINGS = 500;

function problemsOf(
  source: YamlSource,
  found: { schema: z.ZodType; error: z.ZodError | undefined; findings: readonly Finding[] },
): Problem[] {
  const issues = found.error?.issues ?? [];
  const described = issues.length === 0 ? {} : jsonSchemaOf(found.schema);
  const findings = [
    ...issues.flatMap((issue) => toFindings(issue, { described, value: source.value }, [])),
    ...found.findings,
  ];
  return inFileOrder([...source.problems, ...findings.slice(0, LOCATED_FINDINGS).map(source.problemAt)]);
}

/** An issue as findings: one for each unknown key, and for a union those of the variant that was meant. */
function toFindings(issue: z.core.$ZodIssue, whole: Described, prefix: readonly PropertyKey[]): Finding[] {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(', ');
    return issue.keys.map((key) => unknownKey(key, known, path));
  }
  const meant = issue.code === 'invalid_union' ? meantVariant(issue.errors) : undefined;
  if (meant !== undefined) return meant.flatMap((inner) => toFindings(inner, whole, path));
  return [{ path, message: issue.message, hint: describedAt(whole, path) ?? 'see meshtax schema' }];
}

function unknownKey(key: string, known: readonly string[], path: readonly PropertyKey[]): Finding {
  const guess = nearest(key, known);
  const keys = known.join(', ');
  const all = keys === '' ? 'no keys belong here' : `known here: ${keys}`;
  const hint = guess === undefined ? all : `did you mean ${guess}? (${all})`;
  // A letter of another script can look the same, and then nothing seems wrong with the key.
  const foreign = beyondAscii(key.slice(0, 100)).slice(0, 5);
  const message = foreign.length === 0 ? 'unknown key' : `unknown key, with ${foreign.join(' and ')} in it`;
  return { path: [...path, key], onKey: true, message, hint };
}

/** The variant of a union whose outer kind fits, so that what is wrong lies within it; undefined where none fits. */
function meantVariant(variants: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const fits = (issue: z.core.$ZodIssue) =>
    issue.path.length > 0 ||
    (issue.code === 'invalid_value' ? typeof issue.input === 'string' : issue.code !== 'invalid_type');
  return variants.find((issues) => issues.every(fits));
}

/** The lines of comment that a file opens with, as one paragraph; an editor's modeline is no part of it. */
function openingComment(text: string): string {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .map((line) => line.replace(/^#+/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('yaml-language-server:'))
    .join(' ');
}

function toScenario(input: ScenarioInput, question: string): Scenario {
  const { blocks, platform } = input;
  const measured = input.treatments.filter((treatment) => isMeasuredOn(platform, treatment));
  return {
    name: input.name,
    question,
    platform,
    ...(input.profile === undefined ? {} : { profile: input.profile }),
    treatments: measured.map(({ name, mesh, settings, serviceTime, plantedCost }) => ({
      name: name ?? mesh,
      mesh,
      settings,
      serviceTimeUs: serviceTime,
      ...(plantedCost === undefined ? {} : { plantedCostUs: plantedCost }),
    })),
    leftOut: leftOutOf(input),
    notes: notesOn(input),
    baseline: measured.findIndex(({ mesh }) => mesh === 'none'),
    services: toServices(input.services),
    load: toLoad(input.load),
    blocks: {
      min: blocks.min,
      max: blocks.max ?? blocks.min,
      ...(blocks.until === undefined ? {} : { until: blocks.until }),
    },
    budgets: input.budgets === undefined ? { name: 'none', lines: [] } : toBudgets(input.budgets, INLINE),
  };
}

function toServices({ topology, depth, width, address, memoryLimit }: ScenarioInput['services']): ServicesSpec {
  return {
    topology,
    ...(topology === 'chain' ? { depth: depth ?? 2 } : {}),
    ...(topology === 'fan-out' ? { width: width ?? 2 } : {}),
    address,
    ...(memoryLimit === undefined ? {} : { memoryLimitBytes: memoryLimit }),
  };
}

const INLINE = { name: 'inline', source: 'scenario' };

/** The file's own name: the folders above it say nothing about the budgets. */
function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
