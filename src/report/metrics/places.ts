import type { LoadAnalysis, RunAnalysis, TreatmentAtLoad } from '../../analysis/result.ts';
import type { Labels } from './exposition.ts';

export const US_PER_SECOND = 1_000_000;

/** Which question the values answer; every metric has it. */
export function scenarioLabel({ scenario }: RunAnalysis): Labels {
  return { scenario: scenario.name };
}

export function loadLabels(analysis: RunAnalysis, load: LoadAnalysis): Labels {
  return { ...scenarioLabel(analysis), arrival_rate_per_second: String(load.arrivalRatePerSecond) };
}

/** A treatment at a load, with the labels that its values have. */
export interface Place {
  treatment: TreatmentAtLoad;
  labels: Labels;
}

export function placesOf(analysis: RunAnalysis): Place[] {
  return analysis.loads.flatMap((load) =>
    load.treatments.map((treatment) => ({
      treatment,
      labels: { ...loadLabels(analysis, load), treatment: treatment.treatment },
    })),
  );
}
