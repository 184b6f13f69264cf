import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { figuresSchema } from '../../src/history/figures.ts';
import { createRandom, shuffle } from '../../src/scenario/random.ts';

/** The campaign that `record:history` records and `verify:history` replays: one line a run, in the order of time. */
export const CAMPAIGN_FILE = path.resolve(import.meta.dirname, '../../docs/measured/history.jsonl');
export const CAMPAIGN_SCHEMA = 'meshtax/history-campaign@1';
export const PLANTED_US = 150;

const lineSchema = z.strictObject({
  schema: z.literal(CAMPAIGN_SCHEMA),
  /** Place in the campaign's order, from 0. */
  place: z.number().int(),
  at: z.string(),
  exitCode: z.number().int(),
  /** CPU time that the service behind the server's proxy was told to spend on each request, more than beside no proxy. */
  plantedUs: z.number(),
  /** What the sample service itself recorded, p50 over all trials with proxies: the truth about the planted time. */
  serviceP50Us: z.number(),
  figures: figuresSchema,
});

export type CampaignLine = z.infer<typeof lineSchema>;

const GROUPS = 5;
const PLAIN_IN_GROUP = 8;
const PLANTED_IN_GROUP = 3;
const ORDER_SEED = 20261126;

/**
 * The planted cost of each run: 40 runs without and 15 with it. Each group of eleven holds eight and three in an order
 * drawn for it, so that a machine that drifts over the two hours drifts alike under both.
 */
export function campaignOrder(): number[] {
  const random = createRandom(ORDER_SEED);
  const group = [...Array<number>(PLAIN_IN_GROUP).fill(0), ...Array<number>(PLANTED_IN_GROUP).fill(PLANTED_US)];
  return Array.from({ length: GROUPS }, () => shuffle(group, random)).flat();
}

/** The runs that are recorded so far; a last line that was cut short is told, and is no run. */
export function readCampaign(file = CAMPAIGN_FILE): { lines: CampaignLine[]; damaged: string[] } {
  const lines: CampaignLine[] = [];
  const damaged: string[] = [];
  if (!existsSync(file)) return { lines, damaged };
  for (const [index, text] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (text.trim() === '') continue;
    try {
      lines.push(lineSchema.parse(JSON.parse(text)));
    } catch (error) {
      damaged.push(`line ${index + 1}: ${(error as Error).message.slice(0, 200)}`);
    }
  }
  return { lines, damaged };
}
