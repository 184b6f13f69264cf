import { MESH_IDS, type MeshId, meshEntry } from '../meshes/index.ts';
import { at } from './describe.ts';
import { PROFILE_IDS, type ProfileId, profile } from './profiles/index.ts';
import type { MeshSettings } from './scenario.ts';
import { settingField, settingInWords } from './settings.ts';

/**
 * The value of a scenario file with the settings of its profile filled in where a treatment gives none of its own.
 * What is not as a scenario has it stays as it is: that is the schema's to report.
 */
export function withProfile(value: unknown): unknown {
  const id = PROFILE_IDS.find((known) => known === at(value, 'profile'));
  const treatments = at(value, 'treatments');
  if (id === undefined || !Array.isArray(treatments)) return value;
  return { ...Object(value), treatments: treatments.map((treatment: unknown) => filledIn(treatment, id)) };
}

function filledIn(treatment: unknown, id: ProfileId): unknown {
  const mesh = MESH_IDS.find((known) => known === at(treatment, 'mesh'));
  const own = at(treatment, 'settings');
  const isMap = own === undefined || (typeof own === 'object' && own !== null && !Array.isArray(own));
  if (mesh === undefined || !isMap) return treatment;
  return { ...Object(treatment), settings: { ...profile(id).settings[mesh], ...own } };
}

/** Where a treatment's own settings are others than the profile's, one clause each: `concurrency 4 instead of 2`. */
export function departuresFrom(id: ProfileId, { mesh, settings }: { mesh: MeshId; settings: MeshSettings }): string[] {
  const specs = meshEntry(mesh).settings;
  return Object.entries(profile(id).settings[mesh]).flatMap(([key, written]) => {
    const spec = specs[key];
    const own = settings[key];
    if (spec === undefined || own === undefined) return [];
    const wanted = settingField(spec).parse(written);
    return own === wanted
      ? []
      : [`${key} ${settingInWords(spec.kind, own)} instead of ${settingInWords(spec.kind, wanted)}`];
  });
}
