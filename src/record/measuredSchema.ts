import { z } from 'zod';

/** The schema of a `Missing`; apart from `measured.ts`, so that the agent's bundle holds no schema library. */
const missing = z
  .strictObject({ missing: z.string() })
  .meta({ id: 'missing', description: 'it could not be had, and why; never 0 or null in its place' });

/** A value, or the reason why it could not be had. */
export const measured = <T extends z.ZodType>(value: T) => z.union([value, missing]);
