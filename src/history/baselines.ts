import path from 'node:path';
import { z } from 'zod';
import type { Host } from '../host/host.ts';
import { reasonOf, UserError } from '../host/problems.ts';

export const BASELINES_FILE = 'baselines.jsonl';
const BASELINE_SCHEMA = 'meshtax/baseline@1';
const LARGEST_BYTES = 4_000_000;
const LONGEST_REASON = 500;

const baselineSchema = z.strictObject({
  schema: z.literal(BASELINE_SCHEMA),
  runId: z.string(),
  /** Why what this run shows is the new usual, in the words of whoever accepted it. */
  because: z.string(),
  at: z.string(),
});

/** From this run on a series is held against what follows it, and not against what came before. */
export type Baseline = z.infer<typeof baselineSchema>;

export interface Baselines {
  /** In the order in which they were accepted. */
  accepted: readonly Baseline[];
  /** Lines that could not be read, each by its number. */
  faults: readonly string[];
}

/** The baselines of a store; a damaged line costs that line alone. @throws UserError (exit 2) where the file cannot be read */
export async function readBaselines(host: Host, directory: string): Promise<Baselines> {
  const file = path.join(directory, BASELINES_FILE);
  const text = await readText(host, file);
  const accepted: Baseline[] = [];
  const faults: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = baselineSchema.safeParse(parsedJson(line));
    if (parsed.success) accepted.push(parsed.data);
    else faults.push(`${BASELINES_FILE}:${index + 1} is not a baseline of this version, and is not used`);
  }
  return { accepted, faults };
}

/** Keeps one more; the file grows by one line, so that two who accept at once lose nothing. @throws UserError (exit 2) */
export async function keepBaseline(
  host: Host,
  directory: string,
  of: { runId: string; because: string },
): Promise<void> {
  const because = of.because.replace(/\s+/g, ' ').trim();
  if (because === '' || because.length > LONGEST_REASON) {
    throw new UserError(`--because needs a reason of 1 to ${LONGEST_REASON} characters`, {
      exitCode: 2,
      hint: 'such as --because "the new proxy does more, and we take that"',
    });
  }
  const file = path.join(directory, BASELINES_FILE);
  const before = await readText(host, file);
  const record: Baseline = { schema: BASELINE_SCHEMA, runId: of.runId, because, at: host.now().toISOString() };
  // A line that a full disk cut short is left as it is, and not joined with this one.
  const start = before === '' || before.endsWith('\n') ? '' : '\n';
  try {
    await host.append(file, `${start}${JSON.stringify(record)}\n`);
  } catch (error) {
    throw new UserError(`the baseline cannot be kept: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'make the folder of the runs writable',
      cause: error,
    });
  }
}

async function readText(host: Host, file: string): Promise<string> {
  if (!(await host.exists(file))) return '';
  try {
    return (await host.readRegular(file, { atMostBytes: LARGEST_BYTES, links: 'refuse' })).toString('utf8');
  } catch (error) {
    throw new UserError(`${file}: ${reasonOf(error)}`, {
      exitCode: 2,
      hint: 'it holds the accepted baselines: repair it, or move it away to judge without them',
      cause: error,
    });
  }
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined; // told by the caller, with the line's number
  }
}
