import { signedRankInterval, tInterval } from '../../../src/analysis/stats/interval.ts';
import { bcaInterval, type Resampled, studentisedInterval } from './bootstrap.ts';
import { signInterval } from './sign.ts';

/** What a candidate method says of a sample. */
export interface Found {
  point: number;
  low: number;
  high: number;
}

/** What a method estimates; where differences are spread evenly about the true shift, all three are that shift. */
export type Centre = 'pseudomedian' | 'mean' | 'median';

export interface Candidate {
  id: string;
  words: string;
  centre: Centre;
  /** Undefined where the method has no interval of that confidence for so few values. */
  interval: (values: readonly number[], confidence: number, resampled: () => Resampled) => Found | undefined;
  resamples?: true;
}

const known = (found: Found | { missing: string }): Found | undefined => ('missing' in found ? undefined : found);

export const CANDIDATES: readonly Candidate[] = [
  {
    id: 'signed-rank',
    words: 'Hodges–Lehmann, Wilcoxon',
    centre: 'pseudomedian',
    interval: (values, confidence) => known(signedRankInterval(values, confidence)),
  },
  {
    id: 't',
    words: 'Student’s t',
    centre: 'mean',
    interval: (values, confidence) => known(tInterval(values, confidence)),
  },
  {
    id: 'bootstrap-t',
    words: 'studentised bootstrap',
    centre: 'mean',
    interval: (values, confidence, resampled) => studentisedInterval(values, resampled(), confidence),
    resamples: true,
  },
  {
    id: 'bca',
    words: 'BCa bootstrap',
    centre: 'mean',
    interval: (values, confidence, resampled) => bcaInterval(values, resampled(), confidence),
    resamples: true,
  },
  { id: 'sign', words: 'sign test', centre: 'median', interval: signInterval },
];
