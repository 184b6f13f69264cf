import { z } from 'zod';
import { measured } from '../../record/measuredSchema.ts';
import { PERCENTILES } from '../../scenario/scenario.ts';

/** What a calculation gave. JSON has no word for a number that is not finite: `renderJson` writes that as missing. */
export const computed = measured(z.number()).meta({
  id: 'computed',
  description: 'a finite number, or why there is none',
});

export const count = z.number().int().nonnegative();

export const percentile = z.enum(PERCENTILES);

export const estimate = z
  .strictObject({
    point: computed,
    low: computed,
    high: computed,
    n: count.meta({ description: 'blocks it rests on; of an exact value deployments' }),
    confidence: z.number().min(0).max(1),
    method: z.enum(['signed-rank', 't', 'exact']).exactOptional(),
  })
  .meta({
    id: 'estimate',
    description: 'a point with its interval, in the unit that the name of the field ends with',
  });
