import { z } from 'zod';
import { MESH_IDS, type MeshId, meshEntry } from '../meshes/index.ts';
import { PLATFORM_IDS } from '../platforms/index.ts';
import { nameField, quantity, strict, variants } from './fields.ts';
import { settingField } from './settings.ts';
import { parseDurationUs } from './units.ts';

/** Which mesh, by its id. */
export const meshSchema = z.enum(MESH_IDS);

export const platformSchema = z
  .enum(PLATFORM_IDS)
  .meta({ description: `where it is measured: ${PLATFORM_IDS.join(' or ')}` });

function treatmentOf(mesh: MeshId) {
  const specs = Object.entries(meshEntry(mesh).settings);
  const settings: Record<string, z.ZodType<string | number>> = Object.fromEntries(
    specs.map(([key, spec]) => [key, settingField(spec)]),
  );
  const known = specs.length === 0 ? 'has no settings' : `has the settings ${specs.map(([key]) => key).join(', ')}`;
  return strict(
    {
      name: nameField({
        description: 'tells treatments of one mesh apart; the name of the mesh unless told',
      }).optional(),
      platform: platformSchema
        .meta({ description: `measured on this platform only, and left out on another: ${PLATFORM_IDS.join(' or ')}` })
        .optional(),
      mesh: z.literal(mesh).meta({ description: meshEntry(mesh).title }),
      settings: strict(settings, { description: `${mesh} ${known}` }).prefault({}),
      serviceTime: quantity(
        parseDurationUs,
        { expected: 'a duration such as 300us', atMost: { value: 10_000_000, words: '10s' } },
        {
          description: 'CPU time that each request costs the sample service, with the unit: 300us',
          examples: ['300us'],
        },
      ).prefault('0us'),
      plantedCost: quantity(
        parseDurationUs,
        { expected: 'a duration such as 100us', atMost: { value: 10_000_000, words: '10s' } },
        {
          description:
            "CPU time that a pass-through beside the server's proxy spends on each request, with the unit: 100us; it shows whether a run finds a cost of known size, and 0us is what to compare it with; locally only",
          examples: ['100us'],
        },
      ).optional(),
    },
    { description: `a treatment: ${meshEntry(mesh).title}` },
  );
}

function nonEmpty<T>(items: readonly T[]): readonly [T, ...T[]] {
  const [first, ...rest] = items;
  if (first === undefined) throw new Error('a registry has no entries');
  return [first, ...rest];
}

export const treatmentSchema = variants('mesh', MESH_IDS, nonEmpty(MESH_IDS.map(treatmentOf)));
