import type { RunAnalysis, VerdictWord } from '../../analysis/result.ts';
import type { Measured } from '../../record/measured.ts';
import { budgetNames } from '../budgetNames.ts';
import { estimateFamilies, type Family } from './exposition.ts';
import { loadLabels, scenarioLabel, US_PER_SECOND } from './places.ts';

/** The run as a whole. What identifies it is in a metric of its own, so that no other series changes with each run. */
export function runFamilies(analysis: RunAnalysis): Family[] {
  const { run, conclusion, incomplete } = analysis;
  const labels = scenarioLabel(analysis);
  const info = {
    ...labels,
    run: run.runId,
    version: run.tool.version,
    platform: run.platform.id,
    mode: run.platform.mode,
    outcome: conclusion.outcome,
  };
  const one = (name: string, help: string, value: Measured<number>): Family => ({
    name,
    help,
    samples: [{ labels, value }],
  });
  return [
    { name: 'meshtax_run_info', help: 'The run, always 1.', samples: [{ labels: info, value: 1 }] },
    treatmentInfo(analysis),
    one('meshtax_run_start_time_seconds', 'When the run began, in seconds since 1970.', secondsOf(run.startedAt)),
    one('meshtax_run_end_time_seconds', 'When the run ended, in seconds since 1970.', secondsOf(run.ended?.at)),
    one('meshtax_run_complete', '1 where the run came to the end of its plan, else 0.', incomplete ? 0 : 1),
    one(
      'meshtax_run_exit_code',
      'Exit code of the verdict: 0 within, 1 over, 4 inconclusive or no fair measurement.',
      conclusion.exitCode,
    ),
  ];
}

/** A treatment's name is the scenario's; what ran is named by its build. */
function treatmentInfo(analysis: RunAnalysis): Family {
  const builds = new Map(
    analysis.deployments.map(({ treatment, mesh, expectation: { build } }) => [
      JSON.stringify([treatment, build]),
      { ...scenarioLabel(analysis), treatment, mesh, build },
    ]),
  );
  return {
    name: 'meshtax_treatment_info',
    help: 'What really ran under the name of a treatment, always 1.',
    samples: [...builds.values()].map((labels) => ({ labels, value: 1 })),
  };
}

function secondsOf(instant: string | undefined): Measured<number> {
  if (instant === undefined) return { missing: 'the run did not end by itself' };
  const ms = Date.parse(instant);
  return Number.isNaN(ms) ? { missing: 'the record holds no instant' } : ms / 1000;
}

const WORDS = ['within', 'over', 'inconclusive'] as const satisfies readonly VerdictWord[];

/** A state for each word, exactly one of which is 1, so that an alert names the word that it is about. */
export function verdictFamily(analysis: RunAnalysis): Family {
  const names = budgetNames(analysis);
  const samples = analysis.verdicts.flatMap(({ treatment, arrivalRatePerSecond, line, verdict }, index) =>
    WORDS.map((word) => ({
      labels: {
        ...scenarioLabel(analysis),
        arrival_rate_per_second: String(arrivalRatePerSecond),
        treatment,
        budget: names[index] ?? '',
        role: line.role,
        verdict: word,
      },
      value: verdict === word ? 1 : 0,
    })),
  );
  return { name: 'meshtax_budget_verdict', help: '1 at the verdict on a budget line, 0 at the others.', samples };
}

/** Of each required line that is over, whether fresh blocks confirm it: a run fails on those alone. */
export function confirmedFamily(analysis: RunAnalysis): Family {
  const names = budgetNames(analysis);
  const samples = analysis.verdicts.flatMap(({ treatment, arrivalRatePerSecond, line, confirmation }, index) =>
    confirmation === undefined || line.role !== 'required'
      ? []
      : [
          {
            labels: {
              ...scenarioLabel(analysis),
              arrival_rate_per_second: String(arrivalRatePerSecond),
              treatment,
              budget: names[index] ?? '',
            },
            value: confirmation.state === 'confirmed' ? 1 : 0,
          },
        ],
  );
  const help =
    '1 where fresh blocks confirm that a required budget line is over, 0 where they do not or there are none.';
  return { name: 'meshtax_budget_over_holds', help, samples };
}

/** What holds for all treatments of a load. */
export function loadFamilies(analysis: RunAnalysis): Family[] {
  const blocks = (key: 'blocksValid' | 'blocksRun') =>
    analysis.loads.map((load) => ({ labels: loadLabels(analysis, load), value: load[key] }));
  const noise = analysis.loads.flatMap((load) =>
    load.noise.map(({ percentile, differenceUs }) => ({
      labels: { ...loadLabels(analysis, load), percentile },
      estimate: differenceUs,
    })),
  );
  return [
    { name: 'meshtax_blocks_valid', help: 'Blocks that carry a comparison.', samples: blocks('blocksValid') },
    { name: 'meshtax_blocks_run', help: 'Blocks that were run.', samples: blocks('blocksRun') },
    ...estimateFamilies(
      {
        stem: 'meshtax_noise_difference',
        unit: 'seconds',
        help: 'Second baseline minus the first: what the run shows where there is no difference.',
        perUnit: US_PER_SECOND,
      },
      noise,
    ),
  ];
}

/** How the gates answered, over the trials. */
export function gateFamily(analysis: RunAnalysis): Family {
  const samples = analysis.gates.flatMap(({ gate, pass, fail, notMeasured }) =>
    Object.entries({ pass, fail, 'not-measured': notMeasured }).map(([answer, value]) => ({
      labels: { ...scenarioLabel(analysis), gate, answer },
      value,
    })),
  );
  return { name: 'meshtax_gate_trials', help: 'Trials by the answer of each gate.', samples };
}
