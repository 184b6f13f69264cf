import { createHash } from 'node:crypto';
import path from 'node:path';
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { reasonOf } from '../host/problems.ts';
import { type ChangePoint, changePointsOf } from './changePoints.ts';
import type { HistoryRun } from './order.ts';
import { type Packed, pack, unpack } from './packed.ts';
import type { FindChanges } from './series.ts';

/** What was read before, so that it need not be read again. It can be thrown away at any time, and is made anew. */
export const INDEX_FILE = '.meshtax-index.json';
const INDEX_SCHEMA = 'meshtax/history-index@2';
const LARGEST_BYTES = 256_000_000;

/**
 * The first line of the file; the rest is one line of JSON. Its digest stands for a look at each of its thousands of
 * figures, which would take longer than all else: what this version wrote, and nobody has changed since, is in order.
 */
const headSchema = z.strictObject({
  schema: z.literal(INDEX_SCHEMA),
  /** Another version may make other figures of the same records. */
  tool: z.string(),
  sha256: z.string(),
});

interface Index {
  figures: Packed;
  /** By the digest of the values. */
  changes: Record<string, readonly ChangePoint[]>;
}

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
  const known: Index = 'fault' in read ? { figures: pack([]), changes: {} } : read;
  const used: Index['changes'] = {};
  let hasNews = 'fault' in read;
  return {
    ...('fault' in read && read.fault !== undefined ? { fault: read.fault } : {}),
    figuresOf: (folder, stamp) => unpack(known.figures, folder, stamp),
    findChanges: (values) => {
      const key = createHash('sha256').update(new Float64Array(values)).digest('hex');
      const before = Object.hasOwn(known.changes, key) ? known.changes[key] : undefined;
      hasNews ||= before === undefined;
      const found: readonly ChangePoint[] = before ?? changePointsOf(values);
      used[key] = [...found];
      return found;
    },
    keep: async (found) => {
      const { runs } = known.figures;
      const isSame =
        Object.keys(runs).length === found.length && found.every(({ folder, stamp }) => runs[folder]?.[0] === stamp);
      if (isSame && !hasNews) return undefined;
      const index: Index = { figures: pack(found), changes: used };
      return host.writeAtomically(file, indexText(index, tool)).then(
        () => undefined,
        (error: unknown) => `the index cannot be kept, so that every run is read each time: ${reasonOf(error)}`,
      );
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

function indexText(index: Index, tool: string): string {
  const body = JSON.stringify(index);
  return `${JSON.stringify({ schema: INDEX_SCHEMA, tool, sha256: sha256(body) })}\n${body}\n`;
}

const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Its figures are as they were written, which the digest says; whoever writes a digest of his own is not guarded against. */
const isIndex = (value: unknown): value is Index =>
  isMap(value) && isMap((value as Partial<Index>).figures?.runs) && isMap((value as Partial<Index>).changes);

/** An index that is stale or broken is of no use, which is said, and does no harm. */
async function readIndex(host: Host, file: string, tool: string): Promise<Index | { fault: string | undefined }> {
  const useless = (because: string) => ({ fault: `${INDEX_FILE} is not used: ${because}; every run is read anew` });
  if (!(await host.exists(file))) return { fault: undefined };
  try {
    const text = (await host.readRegular(file, { atMostBytes: LARGEST_BYTES, links: 'refuse' })).toString('utf8');
    const [first = '', body = ''] = text.split('\n', 2);
    const head = headSchema.safeParse(JSON.parse(first));
    if (!head.success) return useless('it is not an index of this version');
    if (head.data.tool !== tool) return useless(`meshtax ${head.data.tool} made it, and this is ${tool}`);
    if (sha256(body) !== head.data.sha256) return useless('it is damaged');
    const index: unknown = JSON.parse(body);
    return isIndex(index) ? index : useless('it is not an index');
  } catch (error) {
    return useless(reasonOf(error));
  }
}
