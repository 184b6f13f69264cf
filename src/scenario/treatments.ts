import { MESH_IDS, type MeshId, meshEntry } from '../meshes/index.ts';
import { PLATFORM_IDS, type PlatformId } from '../platforms/index.ts';
import { at } from './describe.ts';
import type { Finding } from './problem.ts';

/** A treatment as far as it can be read, whatever else of it is wrong. */
export interface TreatmentSeen {
  index: number;
  /** Undefined where the mesh is not one of the registry's. */
  mesh: MeshId | undefined;
  /** Empty where neither a name nor a mesh is given. */
  name: string;
  isNamed: boolean;
  /** The one platform that it is for; undefined: any. */
  platform: PlatformId | undefined;
  isPlanted: boolean;
}

/** Treatments of a scenario at most. */
export const MOST_TREATMENTS = 32;

/** The treatments in a file's value, as many as there may be. */
export function readTreatments(value: unknown): TreatmentSeen[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, MOST_TREATMENTS).map((entry: unknown, index) => {
    const mesh = at(entry, 'mesh');
    const name = at(entry, 'name');
    const platform = at(entry, 'platform');
    const isNamed = typeof name === 'string';
    return {
      index,
      mesh: MESH_IDS.find((id) => id === mesh),
      name: isNamed ? name : typeof mesh === 'string' ? mesh : '',
      isNamed,
      platform: PLATFORM_IDS.find((id) => id === platform),
      isPlanted: at(entry, 'plantedCost') !== undefined,
    };
  });
}

/** Whether a treatment is measured on a platform: one that names no platform is measured on each. */
export function isMeasuredOn(platform: PlatformId, treatment: { platform?: PlatformId | undefined }): boolean {
  return treatment.platform === undefined || treatment.platform === platform;
}

/**
 * Rules of the treatments that take the registries, the platform and the other treatments to see.
 * @param platform undefined where the file names none that exists
 */
export function checkTreatments(platform: PlatformId | undefined, treatments: readonly TreatmentSeen[]): Finding[] {
  return [
    ...(platform === undefined ? [] : checkMeshes(platform, treatments)),
    ...checkBaseline(platform, treatments),
    ...checkNames(treatments),
    ...checkPlanted(platform, treatments),
  ];
}

/** A treatment that is left out is held against its own platform: the same file has to be right on both. */
function checkMeshes(platform: PlatformId, treatments: readonly TreatmentSeen[]): Finding[] {
  return treatments.flatMap(({ index, mesh, platform: own }) => {
    const where = own ?? platform;
    if (mesh === undefined || runsOn(mesh, where)) return [];
    const needs = meshEntry(mesh).platforms.join(' or ');
    const usable = MESH_IDS.filter((id) => runsOn(id, where)).join(', ');
    const wayOut = own === undefined ? `; with a "platform: ${needs}" of its own it is left out here` : '';
    const message = `${mesh} does not run on the ${where} platform: it needs ${needs}`;
    return [{ path: ['treatments', index, 'mesh'], message, hint: `on ${where}: ${usable}${wayOut}` }];
  });
}

function runsOn(mesh: MeshId, platform: PlatformId): boolean {
  return meshEntry(mesh).platforms.includes(platform);
}

function checkBaseline(platform: PlatformId | undefined, treatments: readonly TreatmentSeen[]): Finding[] {
  // An unknown mesh may be a misspelt none: that is reported where it stands.
  const isSettled = treatments.length > 0 && treatments.every(({ mesh }) => mesh !== undefined);
  if (!isSettled) return [];
  const remaining = treatments.filter((entry) => platform === undefined || isMeasuredOn(platform, entry));
  const path = ['treatments'];
  if (!treatments.some(({ mesh }) => mesh === 'none')) {
    const message = 'there is no baseline: overhead is the difference to a treatment without a mesh';
    return [{ path, message, hint: 'add "- mesh: none" as the first treatment' }];
  }
  if (!remaining.some(({ mesh }) => mesh === 'none')) {
    const message = `there is no baseline on the ${platform} platform: each treatment with mesh: none is for another`;
    return [{ path, message, hint: 'take the platform of "mesh: none" away' }];
  }
  // Without this, a run that measures nothing that was asked would end as a good one.
  if (remaining.length === 1 && treatments.length > 1) {
    const message = `nothing is left to compare on the ${platform} platform: each treatment but the baseline is for another`;
    return [{ path, message, hint: 'choose the other platform, or add a treatment for this one' }];
  }
  return [];
}

/** A planted cost stands beside a proxy, and nobody has built one for a cluster. */
function checkPlanted(platform: PlatformId | undefined, treatments: readonly TreatmentSeen[]): Finding[] {
  return treatments.flatMap(({ index, mesh, isPlanted, platform: own }) => {
    if (!isPlanted || mesh === undefined) return [];
    const path = ['treatments', index, 'plantedCost'];
    if (!meshEntry(mesh).proxied) {
      const message = `a planted cost stands beside the server's proxy, and mesh ${mesh} has no proxy`;
      return [{ path, message, hint: 'serviceTime costs CPU time in the sample service itself' }];
    }
    const where = own ?? platform;
    if (where === undefined || where === 'local') return [];
    const message = `a planted cost can be had on the local platform only, not on ${where}`;
    return [{ path, message, hint: 'take it away, or give the treatment a platform: local' }];
  });
}

/** Names are unique over all platforms, so that one name means one thing in every report of a scenario. */
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
