import { isMissing, type Measured } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import { targetsOf } from '../scenario/load.ts';
import type { BudgetLine, Scenario } from '../scenario/scenario.ts';
import type { StatedConditions } from '../scenario/statedConditions.ts';
import { isReserved } from './budgetQuantity.ts';
import type { BudgetVerdict, ConditionsHeld } from './result.ts';
import { bytesText, ratePerSecond } from './rounding.ts';
import { countOf, listText } from './wording.ts';

/** What a run was, of that which published figures state. */
export interface RunConditions {
  mesh: string;
  /** What ran, named by its build. */
  build: string;
  isVirtual: Measured<boolean>;
  arrivalRatePerSecond: number;
  /** Of every request; missing where they are not alike. */
  requestBytes: Measured<number>;
  responseBytes: Measured<number>;
  connections: number;
  sidecarsOnPath: Measured<number>;
  /** Worker threads of each proxy, each number once. */
  workers: Measured<readonly number[]>;
  hasMutualTls: Measured<boolean>;
}

/** A verdict with what its figure was stated for and this run does not meet. */
export function withConditions(
  verdict: BudgetVerdict,
  recorded: { run: RunRecord; scenario: Scenario; deployments: readonly DeploymentRecord[] },
): BudgetVerdict {
  if (verdict.line.conditions === undefined) return verdict;
  const { notMet, notStated } = conditionsNotMet(verdict.line, runConditions(verdict, recorded));
  return { ...verdict, conditions: { notMet, notStated } };
}

function runConditions(
  { treatment, arrivalRatePerSecond }: BudgetVerdict,
  { run, scenario, deployments }: { run: RunRecord; scenario: Scenario; deployments: readonly DeploymentRecord[] },
): RunConditions {
  const own = deployments.filter((deployment) => deployment.treatment === treatment);
  const { connections } = scenario.load;
  const targets = targetsOf(scenario.load);
  return {
    mesh: scenario.treatments.find(({ name }) => name === treatment)?.mesh ?? 'none',
    build: listText([...new Set(own.map(({ expectation }) => expectation.build))]) || 'nothing',
    isVirtual: isMissing(run.environment) ? run.environment : run.environment.virtualised,
    arrivalRatePerSecond,
    requestBytes: sizeOfAll(targets.map(({ requestBytes }) => requestBytes)),
    responseBytes: sizeOfAll(targets.map(({ responseBytes }) => responseBytes)),
    connections,
    sidecarsOnPath: theOne(own.map(({ expectation }) => expectation.hops)),
    workers: workersOf(own),
    hasMutualTls: theOne(own.map(({ expectation }) => expectation.peerIdentity !== null)),
  };
}

function sizeOfAll(sizes: readonly number[]): Measured<number> {
  const [first, ...others] = [...new Set(sizes)];
  return first === undefined || others.length > 0 ? { missing: 'several sizes' } : first;
}

/** What all values are; missing where there is none, or where they differ. */
function theOne<T>(values: readonly T[]): Measured<T> {
  const [first, ...others] = [...new Set(values)];
  if (first === undefined) return { missing: 'nothing was deployed' };
  return others.length > 0 ? { missing: 'deployments differ' } : first;
}

function workersOf(deployments: readonly DeploymentRecord[]): Measured<readonly number[]> {
  const found = new Set<number>();
  for (const { concurrencyEffective } of deployments.flatMap(({ proxies }) => proxies)) {
    if (isMissing(concurrencyEffective)) return concurrencyEffective;
    found.add(concurrencyEffective);
  }
  return found.size === 0 ? { missing: 'no proxy was deployed' } : [...found].sort((a, b) => a - b);
}

/** How one condition stands: not met in words, not to be told, by its name, or neither. */
interface Standing {
  notMet?: string;
  notStated?: string;
}

const MET: Standing = {};

/**
 * What a line's figure was stated for, held against the run: which conditions the run does not meet, each as a clause,
 * and which cannot be checked, since the source leaves them out or the run does not know. Those met are silent.
 *
 * What sidecars reserve depends on no load: of such a line only the mesh is asked. A line without conditions has none.
 */
export function conditionsNotMet(line: BudgetLine, run: RunConditions): ConditionsHeld {
  if (line.conditions === undefined) return { notMet: [], notStated: [] };
  const checks = isReserved(line.metric) ? MESH_CHECKS : [...MESH_CHECKS, ...LOAD_CHECKS];
  const { conditions } = line;
  const standings = checks.map((check) => check(conditions, run));
  return {
    notMet: standings.flatMap(({ notMet }) => notMet ?? []),
    notStated: standings.flatMap(({ notStated }) => notStated ?? []),
  };
}

type Check = (stated: StatedConditions, run: RunConditions) => Standing;

/** What a build that may be called by its mesh's version alone begins with; its group is the version. */
const CALLED_BY_VERSION: Readonly<Record<string, RegExp>> = {
  istio: /^Istio (\d+\.\d+\.\d+) \(/,
  linkerd: /^Linkerd control plane (?:stable-)?([^\s,]+),/,
};

const mesh: Check = ({ mesh: { id, title, version } }, run) => {
  const ran = run.mesh === id ? CALLED_BY_VERSION[id]?.exec(run.build)?.[1] : undefined;
  const isMet = ran !== undefined && (version === 'not stated' || ran === version || ran.startsWith(`${version}.`));
  if (isMet) return MET;
  return { notMet: `stated for ${version === 'not stated' ? title : `${title} ${version}`}, here ran ${run.build}` };
};

const meshVersion: Check = (stated) =>
  stated.mesh.version === 'not stated' ? { notStated: `version of ${stated.mesh.title}` } : MET;

const hardware: Check = (stated, { isVirtual }) => {
  if (stated.hardware === 'not stated') return { notStated: 'hardware' };
  if (isMissing(isVirtual)) return { notStated: unknownHere('hardware', stated.hardware, isVirtual.missing) };
  return isVirtual ? { notMet: `stated for ${stated.hardware}, this machine is virtual` } : MET;
};

const rate: Check = ({ arrivalRatePerSecond: stated }, run) => {
  if (stated === 'not stated') return { notStated: 'arrival rate' };
  if (stated === run.arrivalRatePerSecond) return MET;
  return { notMet: `stated at ${ratePerSecond(stated)}, judged at ${ratePerSecond(run.arrivalRatePerSecond)}` };
};

/** Sources write 1 kB for 1,000 bytes and for 1,024. */
const SAME_SIZE = 1.024;

const payload: Check = ({ payloadBytes: stated }, { requestBytes, responseBytes }) => {
  if (stated === 'not stated') return { notStated: 'payload' };
  const isSame = (bytes: Measured<number>) =>
    !isMissing(bytes) && bytes >= stated / SAME_SIZE && bytes <= stated * SAME_SIZE;
  if (isSame(requestBytes) || isSame(responseBytes)) return MET;
  const text = (bytes: Measured<number>) => (isMissing(bytes) ? bytes.missing : bytesText(bytes));
  const here = `${text(requestBytes)} out and ${text(responseBytes)} back`;
  return { notMet: `stated for a payload of ${bytesText(stated)}, judged with ${here}` };
};

const sidecars: Check = ({ sidecarsOnPath: stated }, { sidecarsOnPath: here }) => {
  const what = 'sidecars on the path';
  if (stated === 'not stated') return { notStated: what };
  if (isMissing(here)) return { notStated: unknownHere(what, stated, here.missing) };
  return stated === here ? MET : { notMet: `stated with ${countOf(stated, 'sidecar')} on the path, here ${here}` };
};

const workers: Check = ({ workers: stated }, { workers: here }) => {
  if (stated === 'not stated') return { notStated: 'workers' };
  if (isMissing(here)) return { notStated: unknownHere('workers', stated, here.missing) };
  if (here.every((count) => count === stated)) return MET;
  return { notMet: `stated for ${countOf(stated, 'worker')} of each proxy, here ${listText(here.map(String))}` };
};

const connections: Check = ({ connections: stated }, { connections: here }) => {
  if (stated === 'not stated') return { notStated: 'connections' };
  return stated === here ? MET : { notMet: `stated for ${countOf(stated, 'connection')}, judged with ${here}` };
};

const mutualTls: Check = ({ mutualTls: stated }, { hasMutualTls: here }) => {
  if (stated === 'not stated') return { notStated: 'mutual TLS' };
  if (isMissing(here)) return { notStated: unknownHere('mutual TLS', stated, here.missing) };
  return here ? MET : { notMet: 'stated with mutual TLS, here without' };
};

const unknownHere = (what: string, stated: string | number, because: string): string =>
  `${what} (stated: ${stated}; not known here: ${because})`;

const MESH_CHECKS: readonly Check[] = [mesh, meshVersion];
const LOAD_CHECKS: readonly Check[] = [hardware, rate, payload, sidecars, workers, connections, mutualTls];
