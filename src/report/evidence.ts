import { type Figure, figureOf, numberOf } from '../analysis/figure.ts';
import type { CpuBalance, GateAnswer, GateOverview, RunAnalysis, TrialVerdict } from '../analysis/result.ts';
import { bytesText, grouped, percentage, ratePerSecond, trimmed } from '../analysis/rounding.ts';
import { brokenGates } from '../analysis/validity.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { Percentile } from '../scenario/scenario.ts';
import { settingsInWords } from '../scenario/settings.ts';
import { calibrationText } from './calibration.ts';
import { type Badge, GATE_ANSWERS, GATE_KINDS, PROOF_ANSWERS } from './labels.ts';

export interface NoiseRow {
  load: number;
  rate: string;
  percentile: Percentile;
  difference: Measured<Figure>;
  holdsZero: Measured<boolean>;
}

/** What two baselines of the same block differ by: the run measured against itself. */
export function noiseRows(analysis: RunAnalysis): NoiseRow[] {
  return analysis.loads.flatMap((load) =>
    load.noise.map((entry) => ({
      load: load.load,
      rate: ratePerSecond(load.arrivalRatePerSecond),
      percentile: entry.percentile,
      // The answer rests on 0, which no rounding may bring to the other side.
      difference: figureOf('latency', entry.differenceUs, 0),
      holdsZero: entry.holdsZero,
    })),
  );
}

export interface GateRow extends GateOverview {
  answer: Badge;
  kindText: string;
  /** `24 pass, 1 fail, 0 not measured` */
  counts: string;
}

/** The gates over the whole run: failed ones first, then those that could not be asked. */
export function gateRows(analysis: RunAnalysis): GateRow[] {
  const rank: Record<GateAnswer, number> = { fail: 0, 'not-measured': 1, pass: 2 };
  return analysis.gates
    .toSorted((a, b) => rank[gateAnswer(a)] - rank[gateAnswer(b)])
    .map((gate) => ({
      ...gate,
      answer: GATE_ANSWERS[gateAnswer(gate)],
      kindText: GATE_KINDS[gate.kind],
      counts: `${gate.pass} pass, ${gate.fail} fail, ${gate.notMeasured} not measured`,
    }));
}

/** A gate passes a run only where it was asked of every trial and never failed. */
function gateAnswer(gate: GateOverview): GateAnswer {
  if (gate.fail > 0) return 'fail';
  return gate.notMeasured > 0 || gate.pass === 0 ? 'not-measured' : 'pass';
}

export interface ProofRow {
  rate: string;
  treatment: string;
  build: string;
  answer: Badge;
  sentence: string;
}

/** One row for each treatment and load that has something to prove. */
export function proofRows(analysis: RunAnalysis): ProofRow[] {
  return analysis.loads.flatMap((load) =>
    load.treatments
      .filter((treatment) => treatment.proof.applies)
      .map(({ treatment, build, proof }) => ({
        rate: ratePerSecond(load.arrivalRatePerSecond),
        treatment,
        build,
        answer: proof.holds ? PROOF_ANSWERS.holds : PROOF_ANSWERS.broken,
        sentence: proof.sentence,
      })),
  );
}

export interface BalanceRow {
  rate: string;
  treatment: string;
  /** `added` is the treatment's minus the baseline's. */
  kind: 'whole' | 'added';
  machine: Measured<string>;
  proxies: Measured<string>;
  applications: Measured<string>;
  driver: Measured<string>;
  rest: Measured<string>;
}

/** Where the machine's busy time went, in millicores. */
export function balanceRows(analysis: RunAnalysis): BalanceRow[] {
  return analysis.loads.flatMap((load) =>
    load.treatments
      .filter((treatment) => treatment.validTrials > 0)
      .flatMap(({ treatment, balance, balanceAdded }) => {
        const row = (kind: BalanceRow['kind'], of: CpuBalance): BalanceRow => {
          const part = (key: keyof CpuBalance) => numberOf('cpu', of[key], 4);
          return {
            rate: ratePerSecond(load.arrivalRatePerSecond),
            treatment,
            kind,
            machine: part('machine'),
            proxies: part('proxies'),
            applications: part('applications'),
            driver: part('driver'),
            rest: part('rest'),
          };
        };
        return [row('whole', balance), ...(balanceAdded === null ? [] : [row('added', balanceAdded)])];
      }),
  );
}

/** A label with its value; for short lists that need no columns. */
export interface Fact {
  label: string;
  value: Measured<string>;
}

/** The machine and how the pods were made: what has to agree before two runs are compared. */
export function environmentFacts(analysis: RunAnalysis): Fact[] {
  const { environment, platform, idleNoise, calibration } = analysis.run;
  const affinity = platform.affinity;
  return [
    { label: 'Platform', value: `${platform.id}, ${platform.mode}` },
    ...machineFacts(environment),
    {
      label: 'Cores used',
      value: isMissing(affinity)
        ? affinity
        : `driver on ${affinity.driver.join(', ')}; system under test on ${affinity.system.join(', ')}`,
    },
    {
      label: 'Idle noise',
      value: isMissing(idleNoise)
        ? idleNoise
        : idleNoise.perCore
            .map(
              (core) =>
                `core ${core.core} lost ${percentage(core.lostShare)} of ${trimmed(idleNoise.seconds)} s, longest stall ${trimmed(core.longestUs / 1000)} ms`,
            )
            .join('; '),
    },
    ...(calibration === undefined
      ? []
      : [{ label: 'Driver by itself', value: isMissing(calibration) ? calibration : calibrationText(calibration) }]),
    ...Object.entries(platform.details).map(([label, value]) => ({ label, value })),
  ];
}

function machineFacts(environment: RunAnalysis['run']['environment']): Fact[] {
  if (isMissing(environment)) return [{ label: 'Machine', value: environment }];
  return [
    { label: 'Kernel', value: environment.kernel },
    { label: 'CPU', value: environment.cpuModel },
    { label: 'Cores', value: String(environment.cores) },
    { label: 'Memory', value: bytesText(environment.memoryBytes) },
    { label: 'CPU governor', value: environment.governor },
    { label: 'cgroup version', value: environment.cgroupVersion },
    { label: 'IRQ time accounted', value: yesOrNo(environment.irqTimeAccounting) },
    { label: 'Virtual machine', value: yesOrNo(environment.virtualised) },
    { label: 'Node.js', value: environment.node },
  ];
}

/** What identifies the run and repeats it. */
export function runFacts(analysis: RunAnalysis): Fact[] {
  const { run } = analysis;
  return [
    { label: 'Run', value: run.runId },
    { label: 'Started', value: run.startedAt },
    { label: 'Ended', value: run.ended?.at ?? { missing: 'the run did not end by itself' } },
    { label: 'Stopped because', value: run.ended?.because ?? { missing: 'the run did not end by itself' } },
    { label: 'Command', value: run.command.map(shellWord).join(' ') },
    { label: 'Scenario file', value: run.scenarioFile },
    { label: 'Seed', value: String(run.seed) },
    { label: 'Plan digest', value: run.planDigest },
    { label: 'meshtax', value: run.tool.version },
  ];
}

const NOT_A_RUN = { missing: 'only meshtax run measures' };

/** The recorded command with the run's seed, which gives the same order of trials and the same arrivals again. */
export function repeatCommand({ run }: Pick<RunAnalysis, 'run'>): Measured<string> {
  const { command, seed } = run;
  if (command[1] !== 'run') return NOT_A_RUN;
  const isSeeded = command.some((word) => word === '--seed' || word.startsWith('--seed='));
  return [...command, ...(isSeeded ? [] : ['--seed', String(seed)])].map(shellWord).join(' ');
}

export interface BuildRow {
  treatment: string;
  build: string;
  settings: string;
  proxyVersions: Measured<string>;
  deployments: string;
}

/** What ran under each treatment's name. */
export function buildRows(analysis: RunAnalysis): BuildRow[] {
  return analysis.scenario.treatments.map((treatment) => {
    const deployments = analysis.deployments.filter((each) => each.treatment === treatment.name);
    const builds = new Set(deployments.map((each) => each.expectation.build));
    const proxies = deployments.flatMap((each) => each.proxies);
    const versions = new Set(proxies.map(({ version }) => (isMissing(version) ? version.missing : version)));
    return {
      treatment: treatment.name,
      build: builds.size === 0 ? 'nothing was deployed' : [...builds].join('; '),
      settings: settingsInWords(treatment).join(', '),
      proxyVersions: versions.size === 0 ? { missing: 'no proxy' } : [...versions].join('; '),
      deployments: grouped(deployments.length),
    };
  });
}

export interface LostBlockRow {
  rate: string;
  blocks: string;
  because: string;
}

/** Blocks that carry no comparison; those that the same gates took at the same load share a row. */
export function lostBlockRows(analysis: RunAnalysis): LostBlockRow[] {
  return analysis.loads.flatMap((load) =>
    [...new Set(load.blocksLost.map((lost) => lost.because))].map((because) => ({
      rate: ratePerSecond(load.arrivalRatePerSecond),
      blocks: load.blocksLost
        .filter((lost) => lost.because === because)
        .map((lost) => lost.block)
        .join(', '),
      because,
    })),
  );
}

/** Trials that were run and are not a fair measurement, with the gates that say so. */
export function unfairTrials(analysis: RunAnalysis): { trial: TrialVerdict; what: string; gates: string }[] {
  return analysis.trials
    .filter((trial) => trial.outcome !== 'valid')
    .map((trial) => ({
      trial,
      what: trialText(analysis, trial),
      gates: brokenGates(trial)
        .map((gate) => `${gate.gate}: ${gate.detail}`)
        .join('; '),
    }));
}

/** `envoy, block 4, attempt 1` */
export function trialText(
  { scenario }: Pick<RunAnalysis, 'scenario'>,
  { treatment, purpose, block, load, attempt }: TrialVerdict,
): string {
  const rate = ratePerSecond(scenario.load.arrivalRatesPerSecond[load] ?? 0);
  return `${treatment}, ${purpose === 'pilot' ? `pilot at ${rate}` : `block ${block}`}, attempt ${attempt}`;
}

function yesOrNo(value: Measured<boolean>): Measured<string> {
  if (typeof value !== 'boolean') return value;
  return value ? 'yes' : 'no';
}

/** A word as a POSIX shell reads it back. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
