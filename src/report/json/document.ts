import { z } from 'zod';
import { deploymentRecordSchema, runRecordSchema } from '../../record/runRecord.ts';
import { RESULTS_SCHEMA } from '../json.ts';
import { cpuModel, kneeAnalysis, loadAnalysis } from './atLoad.ts';
import { budgetVerdict, conclusion, gateOverview, knobTable, trialVerdict } from './judged.ts';
import { scenarioPart } from './scenario.ts';

/** What `results.json` holds. Every object is closed: a key that is not named here belongs to another version. */
export const resultsDocument = z
  .strictObject({
    schema: z.literal(RESULTS_SCHEMA),
    conclusion,
    verdicts: z.array(budgetVerdict),
    loads: z.array(loadAnalysis),
    gates: z.array(gateOverview),
    cpuModels: z.array(cpuModel),
    deployments: z.array(deploymentRecordSchema),
    incomplete: z.boolean(),
    knees: kneeAnalysis.nullable(),
    knobs: knobTable,
    run: runRecordSchema.omit({ scenarioText: true, budgetsText: true }),
    scenario: scenarioPart,
    trials: z.array(trialVerdict),
  })
  .meta({
    title: RESULTS_SCHEMA,
    description: 'results.json of a run of meshtax: the whole analysis at full precision',
  });

/** JSON Schema (2020-12) of `results.json`, as it is published in schemas/results.schema.json. */
export function resultsJsonSchema(): object {
  return z.toJSONSchema(resultsDocument);
}
