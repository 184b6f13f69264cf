import type { Estimate } from '../../analysis/result.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { printable } from '../text.ts';

export type Labels = Readonly<Record<string, string>>;

/** One value of a metric. Each family is a gauge: a run is a finished fact, and nothing in it grows. */
export interface Sample {
  labels: Labels;
  value: Measured<number>;
}

export interface Family {
  /** Ends with its unit, as Prometheus' naming practices have it. */
  name: string;
  help: string;
  samples: readonly Sample[];
}

/** An estimate's metric, without the unit that its name ends with. */
export interface EstimateMetric {
  stem: string;
  unit: string;
  help: string;
  /** How many of the estimate's own unit make one of the metric's. */
  perUnit: number;
}

/**
 * A metric for the point of estimates, and one each for the ends of their intervals and the confidence that these have.
 * Why an estimate is missing is told once, with the point.
 */
export function estimateFamilies(
  { stem, unit, help, perUnit }: EstimateMetric,
  estimates: readonly { labels: Labels; estimate: Measured<Estimate> }[],
): Family[] {
  const known = estimates.flatMap(({ labels, estimate }) => (isMissing(estimate) ? [] : [{ labels, estimate }]));
  const bound = (key: 'low' | 'high') =>
    known.map(({ labels, estimate }) => ({ labels, value: estimate[key] / perUnit }));
  return [
    {
      name: `${stem}_${unit}`,
      help,
      samples: estimates.map(({ labels, estimate }) => ({
        labels,
        value: isMissing(estimate) ? estimate : estimate.point / perUnit,
      })),
    },
    { name: `${stem}_low_${unit}`, help: `Lower end of the interval of ${stem}_${unit}.`, samples: bound('low') },
    { name: `${stem}_high_${unit}`, help: `Upper end of the interval of ${stem}_${unit}.`, samples: bound('high') },
    {
      name: `${stem}_confidence_ratio`,
      help: `Confidence that the interval of ${stem}_${unit} has.`,
      samples: known.map(({ labels, estimate }) => ({ labels, value: estimate.confidence })),
    },
  ];
}

/**
 * Metrics in Prometheus' text format 0.0.4. A value that is missing, for which the format has no word, has no sample: its
 * series and the reason stand in a comment.
 */
export function expositionText(families: readonly Family[]): string {
  const filled = families.filter(({ samples }) => samples.length > 0);
  return filled.map((family) => `${familyLines(family).join('\n')}\n`).join('\n');
}

function familyLines({ name, help, samples }: Family): string[] {
  return [
    `# HELP ${name} ${printable(help).replaceAll('\\', '\\\\')}`,
    `# TYPE ${name} gauge`,
    ...samples.map(({ labels, value }) => {
      const series = `${name}${labelText(labels)}`;
      if (isMissing(value)) return missingLine(series, value.missing);
      return Number.isFinite(value) ? `${series} ${value}` : missingLine(series, 'no finite number came of the trials');
    }),
  ];
}

/** A comment that begins with neither HELP nor TYPE is passed over by every reader. */
const missingLine = (series: string, because: string): string => `# missing: ${series}: ${printable(because)}`;

/** Values are on one line, their quotation marks and backslashes behind backslashes. */
function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${printable(value).replace(/[\\"]/g, '\\$&')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
