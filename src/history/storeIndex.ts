import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { reasonOf } from '../host/problems.ts';
import { type ChangePoint, changePointsOf } from './changePoints.ts';
import { figuresSchema } from './figures.ts';
import type { HistoryRun } from './order.ts';
import type { FindChanges } from './series.ts';

/** What was read before, so that it need not be read again. It can be thrown away at any time, and is made anew. */
export const INDEX_FILE = '.meshtax-index.json';
const INDEX_SCHEMA = 'meshtax/history-index@1';
const LARGEST_BYTES = 256_000_000;

const indexSchema = z.strictObject({
  schema: z.literal(INDEX_SCHEMA),
  /** Another version may make other figures of the same records. */
  tool: z.string(),
  /** By folder. */
  runs: z.record(z.string(), z.strictObject({ stamp: z.string(), figures: figuresSchema })),
  /** By the digest of the values. */
  changes: z.record(
    z.string(),
    z.array(z.strictObject({ at: z.number().int(), p: z.number(), before: z.number(), after: z.number() })),
  ),
});

type Index = z.infer<typeof indexSchema>;

/** An index as it was found, and what is to be kept for the next time. */
export interface OpenIndex {
  /** The figures of a folder that has not changed since. */
  figuresOf(folder: string, stamp: string): HistoryRun['figures'] | undefined;
  /** As `changePointsOf`, which takes a while for hundreds of runs, or as it answered before. */
  findChanges: FindChanges;
  /** Why there was none to be used; absent where it was used, or where there was none yet. */
  readonly fault?: string;
  /**
   * Keeps what was found this time, if that is any news.
   * @returns why it could not be kept
   */
  keep(
    found: readonly { folder: string; stamp: string; figures: HistoryRun['figures'] }[],
  ): Promise<string | undefined>;
}

/** @param tool version of the program: figures that another one made are made anew */
export async function openIndex(host: Host, directory: string, tool: string): Promise<OpenIndex> {
  const file = path.join(directory, INDEX_FILE);
  const read = await readIndex(host, file, tool);
  const known = 'fault' in read ? empty(tool) : read;
  const used: Index['changes'] = {};
  let hasNews = 'fault' in read;
  return {
    ...('fault' in read && read.fault !== undefined ? { fault: read.fault } : {}),
    figuresOf: (folder, stamp) => {
      const entry = Object.hasOwn(known.runs, folder) ? known.runs[folder] : undefined;
      return entry?.stamp === stamp ? entry.figures : undefined;
    },
    findChanges: (values) => {
      const key = createHash('sha256').update(new Float64Array(values)).digest('hex');
      const before = Object.hasOwn(known.changes, key) ? known.changes[key] : undefined;
      hasNews ||= before === undefined;
      const found: readonly ChangePoint[] = before ?? changePointsOf(values);
      used[key] = [...found];
      return found;
    },
    keep: async (found) => {
      const runs = Object.fromEntries(found.map(({ folder, stamp, figures }) => [folder, { stamp, figures }]));
      const isSame =
        Object.keys(known.runs).length === found.length &&
        found.every(({ folder, stamp }) => known.runs[folder]?.stamp === stamp);
      if (isSame && !hasNews) return undefined;
      const index: Index = { schema: INDEX_SCHEMA, tool, runs, changes: used };
      return host.writeAtomically(file, `${JSON.stringify(index)}\n`).then(
        () => undefined,
        (error: unknown) => `the index cannot be kept, so that every run is read each time: ${reasonOf(error)}`,
      );
    },
  };
}

const empty = (tool: string): Index => ({ schema: INDEX_SCHEMA, tool, runs: {}, changes: {} });

/** An index that is stale or broken is of no use, which is said, and does no harm. */
async function readIndex(host: Host, file: string, tool: string): Promise<Index | { fault: string | undefined }> {
  const useless = (because: string) => ({ fault: `${INDEX_FILE} is not used: ${because}; every run is read anew` });
  if (!(await host.exists(file))) return { fault: undefined };
  let value: unknown;
  try {
    value = JSON.parse(
      (await host.readRegular(file, { atMostBytes: LARGEST_BYTES, links: 'refuse' })).toString('utf8'),
    );
  } catch (error) {
    return useless(reasonOf(error));
  }
  const parsed = indexSchema.safeParse(value);
  if (!parsed.success) return useless('it is not an index of this version');
  return parsed.data.tool === tool ? parsed.data : useless(`meshtax ${parsed.data.tool} made it, and this is ${tool}`);
}
