import type { BudgetVerdict, ProcessCost, RunAnalysis, VerdictWord } from '../../src/analysis/result.ts';
import type { BudgetLine } from '../../src/scenario/scenario.ts';
import { GATES, P50_BUDGET, verdictsOf } from './fixture/judged.ts';
import { KNOBS } from './fixture/knobs.ts';
import { BUILD, estimate, LOADS, loadAnalysis } from './fixture/loads.ts';
import { deployment, RUN, SCENARIO } from './fixture/ran.ts';

/** A run as a laptop gives it: two loads, one treatment beside the baseline, every required budget kept. */
export function within(): RunAnalysis {
  return {
    run: RUN,
    scenario: SCENARIO,
    deployments: [1, 2, 3, 4, 5, 6].flatMap((block) => [
      deployment(`b${block}-none`, 'none', block),
      deployment(`b${block}-envoy`, 'envoy', block),
    ]),
    incomplete: false,
    conclusion: {
      outcome: 'within',
      exitCode: 0,
      sentence:
        'envoy adds 1.33 ms at p99 (interval 1.08 to 1.70 ms) at 1,000/s: within the 15 ms budget, as are all required lines',
      caveats: [
        'p99 at 500/s is coarse: only 50 requests of a trial lie beyond it',
        'block 4 at 1,000/s carries no comparison: the machine stalled',
        'what ran is upstream Envoy, not an Istio release',
      ],
    },
    verdicts: LOADS.flatMap(verdictsOf),
    loads: LOADS.map(loadAnalysis),
    cpuModels: [],
    gates: GATES,
    trials: [
      {
        index: 1,
        purpose: 'measure',
        block: 1,
        treatment: 'none',
        replica: 0,
        load: 0,
        attempt: 1,
        outcome: 'valid',
        gates: [{ gate: 'errors', answer: 'pass', detail: '0 of 5,000 failed', value: 0 }],
      },
      {
        index: 23,
        purpose: 'measure',
        block: 4,
        treatment: 'envoy',
        replica: 0,
        load: 1,
        attempt: 1,
        outcome: 'repeat',
        gates: [
          { gate: 'errors', answer: 'pass', detail: '0 of 10,000 failed', value: 0 },
          { gate: 'stalls-system', answer: 'fail', detail: '7.1 % of the window lost', value: 0.071 },
        ],
      },
    ],
    knees: null,
    knobs: KNOBS,
  };
}

function withVerdict(word: VerdictWord, line: BudgetLine, because: string): BudgetVerdict[] {
  const numbers = LOADS[1];
  if (numbers === undefined) return [];
  const [p50 = [0, 0, 0]] = numbers.added;
  const measured = estimate(p50[0], p50[1], p50[2]);
  const at = { treatment: 'envoy', load: 1, arrivalRatePerSecond: 1000 };
  return [{ ...at, line, estimate: measured, verdict: word, betterThanDocumented: false, because }];
}

/** The same numbers against a budget that they break. */
function over(): RunAnalysis {
  return {
    ...within(),
    conclusion: {
      outcome: 'over',
      exitCode: 1,
      sentence: 'envoy adds 0.52 ms at p50 (interval 0.49 to 0.55 ms) at 1,000/s: over the 0.3 ms budget',
      caveats: [],
    },
    verdicts: withVerdict('over', { ...P50_BUDGET, atMost: 300 }, 'the lower bound is above the budget'),
  };
}

/** The same numbers against a budget that lies within their interval. */
function inconclusive(): RunAnalysis {
  return {
    ...within(),
    conclusion: {
      outcome: 'inconclusive',
      exitCode: 4,
      sentence:
        'envoy adds 0.52 ms at p50 (interval 0.49 to 0.55 ms) at 1,000/s: the 0.54 ms budget is inside the interval',
      caveats: ['more blocks would narrow the interval'],
    },
    verdicts: withVerdict('inconclusive', { ...P50_BUDGET, atMost: 540 }, 'the budget lies inside the interval'),
  };
}

/** A run that was killed before it ended. */
export function incomplete(): RunAnalysis {
  const { ended: _, ...run } = within().run;
  return { ...inconclusive(), run, incomplete: true };
}

/** A run in which no block was a fair measurement. */
export function noValidBlock(): RunAnalysis {
  const base = within();
  const none = { missing: 'no valid block' };
  const cost = (entry: ProcessCost): ProcessCost => ({
    ...entry,
    cpuMillicores: none,
    cpuMsPerThousandRequests: none,
    memoryIdleRssBytes: none,
    memoryRssBytes: none,
    memoryAnonBytes: none,
    memoryAfterRssBytes: none,
  });
  return {
    ...base,
    conclusion: {
      outcome: 'inconclusive',
      exitCode: 4,
      sentence: 'no block was a fair measurement: nothing can be said about the cost of envoy',
      caveats: [],
    },
    verdicts: base.verdicts.map((entry) => ({
      ...entry,
      estimate: none,
      verdict: 'inconclusive' as const,
      betterThanDocumented: false,
      because: 'no valid block',
    })),
    loads: base.loads.map((load) => ({
      ...load,
      blocksValid: 0,
      blocksLost: [1, 2, 3, 4, 5, 6].map((block) => ({ block, because: 'unsent: 412 requests were never sent' })),
      treatments: load.treatments.map((treatment) => ({
        ...treatment,
        validTrials: 0,
        requests: 0,
        achievedRatePerSecond: none,
        overhead: treatment.overhead.map((entry) => ({
          ...entry,
          addedUs: none,
          perBlock: [],
          smallestEffectUs: none,
          lagOne: none,
          pooledUs: none,
          baselinePooledUs: none,
        })),
        curve: [],
        costs: treatment.costs.map(cost),
      })),
      noise: load.noise.map((entry) => ({ ...entry, differenceUs: none, holdsZero: none })),
    })),
  };
}

export const HOSTILE_NAME = '</script><script>alert(1)</script>';
export const HOSTILE_BUILD = '"><img src=x onerror=alert(2)>';
const HOSTILE_SENTENCE = '=HYPERLINK("x")\u001b[2J<!-- \u2028 \u202e | `code` *bold* --> & done';

/** Text from scenario, machine and proxies that tries to break out of every format. */
export function hostile(): RunAnalysis {
  const base = within();
  const swap = (text: string) =>
    text.replaceAll('envoy', HOSTILE_NAME).replaceAll(BUILD, HOSTILE_BUILD).replaceAll('at most', HOSTILE_SENTENCE);
  const analysis: RunAnalysis = JSON.parse(JSON.stringify(base), (key, value: unknown) =>
    // A mesh is one of the registry's words, which the parser sees to.
    typeof value === 'string' && value !== 'application' && key !== 'mesh' ? swap(value) : value,
  );
  return {
    ...analysis,
    // A table's caption stands in an attribute too, which a quotation mark could end.
    scenario: { ...analysis.scenario, budgets: { ...analysis.scenario.budgets, name: HOSTILE_BUILD } },
    conclusion: {
      ...base.conclusion,
      sentence: HOSTILE_SENTENCE,
      caveats: [HOSTILE_BUILD, HOSTILE_SENTENCE, HOSTILE_NAME],
    },
  };
}

export const VARIANTS = { within, over, inconclusive, incomplete, noValidBlock, hostile };
