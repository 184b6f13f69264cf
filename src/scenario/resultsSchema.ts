import { z } from 'zod';
import { duration, nameField, quantity, strict } from './fields.ts';
import { parseRate } from './units.ts';

/** Tools whose results can be read. */
export const RESULT_TOOLS = ['fortio', 'k6', 'hlog'] as const;

const MOST_BLOCKS = 1000;

const file = z
  .string()
  .min(1)
  .max(1000)
  .meta({ description: 'path of a result, from the folder of this file', examples: ['none-1.json'] });

const blockSchema = strict(
  {
    arrivalRate: quantity(
      parseRate,
      { expected: 'a rate such as 500/s', above: 0 },
      { description: 'which of the arrival rates of the scenario this is; it may be left out where there is one' },
    ).optional(),
    trials: z.record(z.string(), z.union([file, z.array(file).min(1).max(2)])).meta({
      description: 'for each treatment of the scenario its result; for the baseline two, one of each time it ran',
    }),
  },
  { description: 'what was driven back to back: every treatment once, the baseline twice' },
);

/** A file of other tools' results, beside the scenario that they answer. */
export const resultsSchema = strict(
  {
    tool: z.enum(RESULT_TOOLS).meta({ description: `which tool made the results: ${RESULT_TOOLS.join(', ')}` }),
    source: nameField({
      description: 'what the import is called, in lower-case letters, digits and hyphens',
    }).optional(),
    unit: z.enum(['ns', 'us', 'ms']).meta({ description: 'unit of the values of a histogram log' }).optional(),
    warmUp: duration('left out at the start of each result of k6, with the unit: 2s', '2s').optional(),
    blocks: z.array(blockSchema).min(1).max(MOST_BLOCKS).meta({ description: 'the blocks in the order of time' }),
  },
  { description: 'results of another tool: which tool, and the files by block and treatment' },
);

export type ResultsInput = z.output<typeof resultsSchema>;
