import type { RunAnalysis } from '../analysis/result.ts';
import { bytesText } from '../analysis/rounding.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { scenarioDigest } from './scenarioDigest.ts';

/**
 * What a run was made on and with, by field. Absent: the run has no such field, as a cluster has no network link of
 * meshtax's own.
 */
export type RunEnvironment = Readonly<Record<string, Measured<string>>>;

interface Field {
  title: string;
  /** Two runs are compared only where it agrees; else it is told beside the figures. */
  matters: boolean;
  /** The part of the value that has to agree; absent: all of it. */
  comparedAs?(value: string): string;
}

/** `6.18` of `6.18.44-fc-v595`: a stable series of a kernel takes corrections only (kernel.org, stable-kernel-rules). */
const majorAndMinor = (version: string): string => /\d+\.\d+/.exec(version)?.[0] ?? version;
/** `20` of `v20.20.2`: within a line of long-term support V8 keeps its version (nodejs.org, releases). */
const major = (version: string): string => /\d+/.exec(version)?.[0] ?? version;

/**
 * The fields in the order in which they are printed. What is under test, the builds, is told and never has to agree:
 * that a new one costs more is what a history is asked for.
 */
const FIELDS: Readonly<Record<string, Field>> = {
  scenario: { title: 'What the scenario asks', matters: true },
  tool: { title: 'meshtax', matters: true },
  platform: { title: 'Platform', matters: true },
  mode: { title: 'Mode', matters: true },
  cpuModel: { title: 'CPU model', matters: true },
  cores: { title: 'Cores', matters: true },
  coresUsed: { title: 'Cores used', matters: true },
  kernel: { title: 'Kernel', matters: true, comparedAs: majorAndMinor },
  node: { title: 'Node.js', matters: true, comparedAs: major },
  governor: { title: 'CPU governor', matters: true },
  cgroupVersion: { title: 'cgroup version', matters: true },
  irqTimeAccounting: { title: 'IRQ time accounted', matters: true },
  virtualised: { title: 'Virtual machine', matters: true },
  memory: { title: 'Memory', matters: false },
};

/** Details of a platform that change how a request travels or what drives it; all others are told. */
const DETAILS_THAT_MATTER = new Set(['link', 'proxyTraffic', 'keys', 'bridgeFilter', 'k6']);
const DETAIL = 'detail ';
const BUILD = 'build of ';

function fieldOf(id: string): Field {
  const known = Object.hasOwn(FIELDS, id) ? FIELDS[id] : undefined;
  if (known !== undefined) return known;
  if (id.startsWith(BUILD)) return { title: `Build of ${id.slice(BUILD.length)}`, matters: false };
  if (!id.startsWith(DETAIL)) return { title: id, matters: false };
  const name = id.slice(DETAIL.length);
  return { title: name, matters: DETAILS_THAT_MATTER.has(name) };
}

/** Everything about a run that another run may differ in, as text. */
export function environmentOf(analysis: RunAnalysis): RunEnvironment {
  const { run, scenario } = analysis;
  const { platform } = run;
  const { affinity } = platform;
  return {
    scenario: scenarioDigest(scenario, run.scriptText),
    tool: run.tool.version,
    platform: platform.id,
    mode: platform.mode,
    ...machineOf(run.environment),
    coresUsed: isMissing(affinity)
      ? affinity
      : `driver on ${affinity.driver.length}, system under test on ${affinity.system.length}`,
    ...Object.fromEntries(Object.entries(platform.details).map(([name, value]) => [`${DETAIL}${name}`, value])),
    ...buildsOf(analysis),
  };
}

function machineOf(environment: RunAnalysis['run']['environment']): RunEnvironment {
  if (isMissing(environment)) return { cpuModel: environment, cores: environment, kernel: environment };
  const yesOrNo = (value: Measured<boolean>) => (typeof value === 'boolean' ? (value ? 'yes' : 'no') : value);
  return {
    cpuModel: environment.cpuModel,
    cores: String(environment.cores),
    kernel: environment.kernel,
    node: environment.node,
    governor: environment.governor,
    cgroupVersion: environment.cgroupVersion,
    irqTimeAccounting: yesOrNo(environment.irqTimeAccounting),
    virtualised: yesOrNo(environment.virtualised),
    memory: bytesText(environment.memoryBytes),
  };
}

function buildsOf({ scenario, deployments }: RunAnalysis): RunEnvironment {
  return Object.fromEntries(
    scenario.treatments.map(({ name }) => {
      const builds = new Set(
        deployments.filter((each) => each.treatment === name).map((each) => each.expectation.build),
      );
      const told: Measured<string> = builds.size === 0 ? { missing: 'nothing was deployed' } : [...builds].join('; ');
      return [`${BUILD}${name}`, told];
    }),
  );
}

/** One field of two runs beside each other. */
export interface FieldComparison {
  id: string;
  title: string;
  matters: boolean;
  /** `alike`: not the same, but in the part that has to agree. `unknown`: neither run knows it. */
  answer: 'same' | 'alike' | 'differs' | 'unknown';
  base: Measured<string>;
  head: Measured<string>;
}

const NOT_RECORDED = { missing: 'not recorded' };

/** All fields that either run has: those that have to agree first. */
export function compareEnvironments(base: RunEnvironment, head: RunEnvironment): FieldComparison[] {
  const ids = [...new Set([...Object.keys(FIELDS), ...Object.keys(base), ...Object.keys(head)])];
  const compared = ids
    .filter((id) => Object.hasOwn(base, id) || Object.hasOwn(head, id))
    .map((id): FieldComparison => {
      const [a, b] = [fieldIn(base, id), fieldIn(head, id)];
      const { title, matters } = fieldOf(id);
      return { id, title, matters, answer: answerOf(id, a, b), base: a, head: b };
    });
  return [...compared.filter(({ matters }) => matters), ...compared.filter(({ matters }) => !matters)];
}

const fieldIn = (environment: RunEnvironment, id: string): Measured<string> =>
  (Object.hasOwn(environment, id) ? environment[id] : undefined) ?? NOT_RECORDED;

function answerOf(id: string, base: Measured<string>, head: Measured<string>): FieldComparison['answer'] {
  if (isMissing(base) && isMissing(head)) return 'unknown';
  if (isMissing(base) || isMissing(head)) return 'differs';
  if (base === head) return 'same';
  const { comparedAs } = fieldOf(id);
  return comparedAs !== undefined && comparedAs(base) === comparedAs(head) ? 'alike' : 'differs';
}

/** The fields on which two runs would have to agree to be compared, and do not. */
export function obstacles(base: RunEnvironment, head: RunEnvironment): FieldComparison[] {
  return compareEnvironments(base, head).filter(({ matters, answer }) => matters && answer === 'differs');
}

/**
 * The same text for all runs that may be compared with each other, and another for all others: where a field that
 * matters is unknown to both of two runs it does not part them, and where one knows it, it does.
 */
export function fingerprintOf(environment: RunEnvironment): string {
  const parts = Object.keys(environment)
    .filter((id) => fieldOf(id).matters)
    .sort()
    .flatMap((id) => {
      const value = fieldIn(environment, id);
      return isMissing(value) ? [] : [[id, fieldOf(id).comparedAs?.(value) ?? value]];
    });
  return JSON.stringify(parts);
}

/** Why nothing can be compared with this run; undefined where its machine is known. */
export function unknownMachine(environment: RunEnvironment): string | undefined {
  const [cpuModel, kernel] = [fieldIn(environment, 'cpuModel'), fieldIn(environment, 'kernel')];
  if (!isMissing(cpuModel) || !isMissing(kernel)) return undefined;
  return `nothing is known of the machine that it ran on: ${kernel.missing}`;
}

/** `CPU model: AMD EPYC, then Intel Xeon`; a digest is no text for people. */
export function differenceText({ id, title, base, head }: FieldComparison): string {
  if (id === 'scenario') return 'what the scenario asks is not the same';
  const told = (value: Measured<string>) => (isMissing(value) ? `unknown (${value.missing})` : value);
  return `${title}: ${told(base)}, then ${told(head)}`;
}
