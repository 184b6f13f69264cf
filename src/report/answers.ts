import { figureOf, figureText } from '../analysis/figure.ts';
import type { Contrast, LoadAnalysis, RunAnalysis, VerdictWord } from '../analysis/result.ts';
import { ratePerSecond } from '../analysis/rounding.ts';
import { failedProof } from '../analysis/verdict.ts';
import { verdictSentence } from '../analysis/verdictText.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing } from '../record/measured.ts';
import type { Percentile } from '../scenario/scenario.ts';
import { type Badge, verdictBadge } from './labels.ts';

/** One question of the scenario, answered in one sentence. */
export interface Answer {
  badge: Badge;
  sentence: string;
}

const WORST_FIRST: Record<VerdictWord, number> = { over: 0, inconclusive: 1, within: 2 };

/** One sentence for each required budget line, treatment and load: what is over first, then what is open. */
export function budgetAnswers({ verdicts }: Pick<RunAnalysis, 'verdicts'>): Answer[] {
  return verdicts
    .filter(({ line }) => line.role === 'required')
    .toSorted((a, b) => WORST_FIRST[a.verdict] - WORST_FIRST[b.verdict])
    .map((verdict) => ({ badge: verdictBadge(verdict), sentence: verdictSentence(verdict) }));
}

const IN_SENTENCE: readonly Percentile[] = ['p50', 'p99'];
/** Neither better nor worse than a budget: a contrast has none. */
const CONTRAST: Badge = { tone: 'neutral', sign: '•', text: 'contrast' };

/** One sentence for each pair of treatments and load: on which side of 0 the interval of the difference lies. */
export function contrastAnswers({ loads, trials }: Pick<RunAnalysis, 'loads' | 'trials'>): Answer[] {
  return loads.flatMap((load) =>
    load.contrasts.map((contrast) => ({ badge: CONTRAST, sentence: contrastSentence(load, contrast, trials) })),
  );
}

function contrastSentence(load: LoadAnalysis, { from, to, latency }: Contrast, trials: RunAnalysis['trials']): string {
  const at = `${to} against ${from} at ${ratePerSecond(load.arrivalRatePerSecond)}`;
  const measuring = trials.filter(({ purpose }) => purpose === 'measure');
  const unproven = [from, to].map((treatment) => failedProof(measuring, { treatment, load: load.load })).find(Boolean);
  if (unproven !== undefined) return `${at}: not to be said, since ${unproven}`;
  const said = latency
    .filter(({ percentile, support }) => IN_SENTENCE.includes(percentile) && support.standing !== 'absent')
    .map(({ percentile, support, differenceUs }) => {
      const where = support.standing === 'coarse' ? `${percentile} (coarse)` : percentile;
      if (isMissing(differenceUs)) return `not to be said at ${where}, since ${differenceUs.missing}`;
      // 0 is what the answer rests on, as in the table of contrasts.
      const figure = figureText(figureOf('latency', differenceUs, 0));
      const word = differenceUs.low > 0 ? 'slower' : differenceUs.high < 0 ? 'faster' : 'no difference seen';
      return `${word} at ${where}, ${figure}`;
    });
  return `${at}: ${said.length === 0 ? 'no percentile that both carry' : said.join('; ')}`;
}

/** Where and when it was measured, and how much of it counts. */
export function provenanceText({ run, loads, trials }: Pick<RunAnalysis, 'run' | 'loads' | 'trials'>): string {
  const { environment, platform, startedAt, ended } = run;
  const machine = isMissing(environment)
    ? []
    : [
        ...(isMissing(environment.cpuModel) ? [] : [environment.cpuModel]),
        countOf(environment.cores, 'core'),
        `kernel ${environment.kernel}`,
      ];
  const valid = trials.filter(({ outcome }) => outcome === 'valid').length;
  const blocks = loads.map(
    ({ blocksValid, blocksRun, arrivalRatePerSecond }) =>
      `${blocksValid} of ${countOf(blocksRun, 'block')} at ${ratePerSecond(arrivalRatePerSecond)}`,
  );
  const counts = [`${valid} of ${countOf(trials.length, 'trial')} valid`, ...blocks.map((each) => `${each} compared`)];
  const when = timeText(startedAt, ended?.at);
  if (platform.mode === 'imported') return `Measured by another tool ${when}, and imported: ${counts.join('; ')}.`;
  const where = [`${platform.id} (${platform.mode})`, ...machine].join(', ');
  return `Measured ${when} on ${where}: ${counts.join('; ')}.`;
}

/** `on 2026-11-25 from 04:38 to 04:49 UTC`; the end with its date where that is another one. */
function timeText(from: string, to: string | undefined): string {
  const [day, time] = [from.slice(0, 10), from.slice(11, 16)];
  if (to === undefined) return `from ${day} ${time} UTC (no end recorded)`;
  const end = to.slice(0, 10) === day ? to.slice(11, 16) : `${to.slice(0, 10)} ${to.slice(11, 16)}`;
  return `on ${day} from ${time} to ${end} UTC`;
}
