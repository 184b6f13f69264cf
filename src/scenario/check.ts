import { SHORTEST_WINDOW_MS } from '../collectors/index.ts';
import { MESH_IDS, type MeshId, meshEntry } from '../meshes/index.ts';
import type { MeshEntry } from '../meshes/mesh.ts';
import { type PlatformId, platformEntry } from '../platforms/index.ts';
import { BUDGET_SET_IDS, type BudgetSetId, budgetSet } from './budgetSets.ts';
import { at } from './describe.ts';
import { NAME } from './fields.ts';
import { type Finding, nearest } from './problem.ts';
import { PERCENTILES } from './scenario.ts';
import { platformSchema } from './schema.ts';
import { parseDurationUs } from './units.ts';

/**
 * What the schema alone cannot see: rules between keys, and what the registries say.
 * It reads the file's value piece by piece, so that a fault in one place hides none in another.
 */
export function checkScenario(value: unknown): Finding[] {
  const platform = platformSchema.default('local').safeParse(at(value, 'platform'));
  const treatments = readTreatments(at(value, 'treatments'));
  return [
    ...(platform.success ? checkPlatform(platform.data, treatments) : []),
    ...checkBaseline(treatments),
    ...checkNames(treatments),
    ...checkRates(at(at(value, 'load'), 'arrivalRate')),
    ...checkWindow(at(at(value, 'load'), 'duration')),
    ...checkBlocks(at(value, 'blocks')),
    ...checkBudgets(
      at(value, 'budgets'),
      treatments.map(({ name }) => name),
      ['budgets'],
    ),
  ];
}

interface TreatmentSeen {
  index: number;
  /** Undefined where the mesh is not one of the registry's. */
  mesh: MeshId | undefined;
  name: string;
  isNamed: boolean;
}

function readTreatments(value: unknown): TreatmentSeen[] {
  if (!Array.isArray(value)) return [];
  return value.map((entry: unknown, index) => {
    const mesh = at(entry, 'mesh');
    const name = at(entry, 'name');
    const isNamed = typeof name === 'string';
    return { index, mesh: MESH_IDS.find((id) => id === mesh), name: isNamed ? name : String(mesh), isNamed };
  });
}

function checkPlatform(platform: PlatformId, treatments: readonly TreatmentSeen[]): Finding[] {
  const entry: { notYet?: string } = platformEntry(platform);
  const found: Finding[] = [];
  if (entry.notYet !== undefined) {
    const hint = 'platform: local measures on this machine';
    found.push({ path: ['platform'], message: `${platform} cannot be used yet: ${entry.notYet}`, hint });
  }
  for (const { index, mesh } of treatments) {
    const reason = mesh === undefined ? undefined : whyNot(mesh, platform);
    if (reason === undefined) continue;
    const usable = MESH_IDS.filter((id) => whyNot(id, platform) === undefined);
    const hint = usable.length === 0 ? `no mesh runs on ${platform}` : `on ${platform}: ${usable.join(', ')}`;
    found.push({ path: ['treatments', index, 'mesh'], message: reason, hint });
  }
  return found;
}

function whyNot(mesh: MeshId, platform: PlatformId): string | undefined {
  const entry: MeshEntry = meshEntry(mesh);
  if (entry.notYet !== undefined) return `${mesh} cannot be measured yet: it ${entry.notYet}`;
  if (entry.platforms.includes(platform)) return undefined;
  return `${mesh} does not run on the ${platform} platform: it needs ${entry.platforms.join(' or ')}`;
}

function checkBaseline(treatments: readonly TreatmentSeen[]): Finding[] {
  // An unknown mesh may be a misspelt none: that is reported where it stands.
  const isSettled = treatments.length > 0 && treatments.every(({ mesh }) => mesh !== undefined);
  if (!isSettled || treatments.some(({ mesh }) => mesh === 'none')) return [];
  return [
    {
      path: ['treatments'],
      message: 'there is no baseline: overhead is the difference to a treatment without a mesh',
      hint: 'add "- mesh: none" as the first treatment',
    },
  ];
}

function checkNames(treatments: readonly TreatmentSeen[]): Finding[] {
  const found: Finding[] = [];
  const seen = new Set<string>();
  for (const { index, mesh, name, isNamed } of treatments) {
    if (mesh === undefined) continue;
    const path = ['treatments', index, isNamed ? 'name' : 'mesh'];
    if (seen.has(name)) {
      const hint = 'give each treatment of one mesh a name of its own, such as name: envoy-4-workers';
      found.push({ path, message: `a second treatment is called ${name}`, hint });
    } else if (name !== mesh && MESH_IDS.some((id) => id === name)) {
      const hint = 'name what differs: its settings, or its version';
      found.push({ path, message: `${name} is the name of another mesh than ${mesh}`, hint });
    }
    seen.add(name);
  }
  return found;
}

function checkRates(value: unknown): Finding[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((rate: unknown, index) =>
    value.indexOf(rate) === index
      ? []
      : [{ path: ['load', 'arrivalRate', index], message: 'this load point stands twice', hint: 'keep one of them' }],
  );
}

/** A window that is too short for a collector gives figures that mean nothing: asked for, it is refused. */
function checkWindow(value: unknown): Finding[] {
  const parsed = typeof value === 'string' ? parseDurationUs(value) : undefined;
  if (parsed?.ok !== true || parsed.value >= SHORTEST_WINDOW_MS * 1000) return [];
  const message = `the collectors need a window of at least ${SHORTEST_WINDOW_MS}ms, got ${value}`;
  return [{ path: ['load', 'duration'], message, hint: 'lengthen the window' }];
}

function checkBlocks(value: unknown): Finding[] {
  const min = at(value, 'min') ?? 6;
  const max = at(value, 'max');
  if (!Number.isInteger(min) || !Number.isInteger(max) || Number(max) >= Number(min)) return [];
  const message = `expected at least min, which is ${min}, got ${max}`;
  return [{ path: ['blocks', 'max'], message, hint: 'without max, exactly min valid blocks are wanted' }];
}

/** Rules of budgets beyond the schema: whom a line is for, and percentiles that a set has no line for. */
export function checkBudgets(
  value: unknown,
  treatments: readonly string[],
  path: readonly (string | number)[],
): Finding[] {
  if (Array.isArray(value))
    return value.flatMap((line, index) => checkFor(at(line, 'for'), treatments, [...path, index]));
  const set = BUDGET_SET_IDS.find((id) => id === at(value, 'set'));
  const advisory = at(value, 'advisory');
  if (set === undefined || !Array.isArray(advisory)) return [];
  const offered = latencyPercentiles(set);
  return advisory.flatMap((percentile: unknown, index) =>
    // A word that is no percentile at all is the schema's to report.
    offered.some((known) => known === percentile) || !PERCENTILES.some((known) => known === percentile)
      ? []
      : [
          {
            path: [...path, 'advisory', index],
            message: `${set} has no added-latency line at ${percentile}`,
            hint: `it has lines at ${offered.join(', ')}`,
          },
        ],
  );
}

function latencyPercentiles(set: BudgetSetId): string[] {
  const { lines } = budgetSet(set);
  return [...new Set(lines.flatMap((line) => (line.percentile === undefined ? [] : [line.percentile])))];
}

function checkFor(target: unknown, treatments: readonly string[], path: readonly (string | number)[]): Finding[] {
  const known = [...new Set([...treatments, ...MESH_IDS])];
  // A text that is no name at all is the schema's to report.
  if (typeof target !== 'string' || !NAME.test(target) || known.includes(target)) return [];
  const guess = nearest(target, known);
  const message = `${target} is neither a mesh nor the name of a treatment`;
  const hint = guess === undefined ? `one of ${known.join(', ')}` : `did you mean ${guess}?`;
  return [{ path: [...path, 'for'], message, hint }];
}
