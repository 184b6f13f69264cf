import type { Hop } from '../meshes/mesh.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import type { Expectation } from '../record/runRecord.ts';
import { counterAfter, counterGrowth, seenByEachService, withIdentity } from './evidence.ts';
import { isRefused } from './refusal.ts';
import { sumOf } from './resources.ts';
import type { ProofSummary } from './result.ts';
import { grouped } from './rounding.ts';
import { brokenGates, isProven, type JudgedTrial } from './validity.ts';
import { sentInTrial } from './window.ts';
import { countOf } from './wording.ts';

/**
 * Whether the traffic of a treatment went as the treatment says, summed over its valid and void trials at one load.
 *
 * It holds only where every proof gate of every such trial passed. Counts are over whole trials, warm-up included.
 */
export function proofOf(trials: readonly JudgedTrial[], isMeshed: boolean): ProofSummary {
  const judged = trials.filter(({ verdict }) => verdict.outcome !== 'repeat');
  const expectation = judged.find(({ deployment }) => deployment !== undefined)?.deployment?.expectation;
  const records = judged.map(({ record }) => record);
  // A try whose outcome is not known shows nothing either way; the plaintext gate names it.
  const tries = judged.flatMap(({ record, deployment }) =>
    record.controls.flatMap((control) => {
      const refused = isRefused(control, deployment?.expectation);
      return isMissing(refused) ? [] : [{ refused }];
    }),
  );
  const numbers = {
    sent: records.reduce((sum, trial) => sum + sentInTrial(trial), 0),
    seenWithIdentity: sumOf(judged.map(seenWith)),
    throughClientProxy: sumOf(judged.map((trial) => throughProxy(trial, 'client'))),
    throughServerProxy: sumOf(judged.map((trial) => throughProxy(trial, 'server'))),
    handshakes: handshakesOf(judged),
    plaintextTries: tries.length,
    plaintextRefused: tries.filter(({ refused }) => refused).length,
  };
  const summary = {
    applies: isMeshed,
    holds: judged.length > 0 && judged.every(({ verdict }) => isProven(verdict)) && agree(numbers, isMeshed),
    identity: expectation?.peerIdentity ?? null,
    ...(expectation?.further === undefined ? {} : { furtherServices: expectation.further.length }),
    identities: new Set(judged.flatMap(({ deployment }) => deployment?.expectation.peerIdentity ?? [])).size,
    plaintextExpected: expectation?.plaintext ?? null,
    ...numbers,
  };
  return { ...summary, sentence: sentenceOf(summary, { run: trials.length, judged, expectation }) };
}

/**
 * The sums are printed with "=" between them, so they are compared themselves, not only trial by trial. One that is
 * missing is not compared: where it was expected, its gate has failed already.
 */
function agree(
  numbers: Pick<ProofSummary, 'sent' | 'seenWithIdentity' | 'throughClientProxy' | 'throughServerProxy'>,
  isMeshed: boolean,
): boolean {
  const { sent, seenWithIdentity, throughClientProxy, throughServerProxy } = numbers;
  const counted = isMeshed ? [seenWithIdentity, throughClientProxy, throughServerProxy] : [seenWithIdentity];
  return counted.every((count) => isMissing(count) || count === sent);
}

const NO_DEPLOYMENT = { missing: 'the record of the deployment is missing' };

/** Each trial is held against its own deployment: ports, and with them the counters' names, may differ between two. */
function seenWith({ record, deployment }: JudgedTrial): Measured<number> {
  if (deployment === undefined) return NO_DEPLOYMENT;
  // Of several services the one that saw the fewest: each has to have seen all.
  const counts: number[] = [];
  for (const { seen, expected } of seenByEachService(record, deployment.expectation)) {
    if (isMissing(seen)) return seen;
    counts.push(withIdentity(seen, expected));
  }
  return Math.min(...counts);
}

function throughProxy({ record, deployment }: JudgedTrial, hop: Hop): Measured<number> {
  if (deployment === undefined) return NO_DEPLOYMENT;
  const counter = deployment.expectation.requestCounters.find((entry) => entry.hop === hop)?.counter;
  if (counter === undefined) return { missing: `no request counter of a ${hop} proxy is expected` };
  return counterGrowth(record, hop, counter);
}

/** Handshakes count since a proxy's start: trials of one deployment read the same counter, and the highest stands. */
function handshakesOf(judged: readonly JudgedTrial[]): Measured<number> {
  const byDeployment = new Map<string, number>();
  for (const { record, deployment } of judged) {
    const wanted = deployment?.expectation.handshakeCounter ?? null;
    if (wanted === null) return { missing: 'no handshake counter is expected' };
    const after = counterAfter(record, wanted.hop, wanted.counter);
    if (isMissing(after)) return after;
    const id = record.spec.deploymentId;
    byDeployment.set(id, Math.max(byDeployment.get(id) ?? 0, after ?? 0));
  }
  return sumOf([...byDeployment.values()]);
}

type Numbers = Omit<ProofSummary, 'sentence'>;

interface Behind {
  /** Trials that were run, invalid ones among them. */
  run: number;
  judged: readonly JudgedTrial[];
  expectation: Expectation | undefined;
}

function sentenceOf(proof: Numbers, { run, judged, expectation }: Behind): string {
  if (judged.length === 0) return nothingProves(run);
  const imported = judged.find(({ record }) => record.origin.kind === 'imported')?.record.origin;
  if (imported?.kind === 'imported') return `the trials were imported from ${imported.tool}`;
  const broken = judged.flatMap(({ verdict }) =>
    isProven(verdict) ? [] : [`trial ${verdict.index} fails ${namesOf(verdict)}`],
  );
  const counts = countsOf(proof, expectation).join(proof.holds ? ' = ' : ', ');
  const parts = [counts, ...handshakeText(proof, expectation), ...plaintextText(proof)];
  // Sums that do not agree need no trial that fails.
  if (broken.length > 0) parts.push(broken.join(', '));
  return `${proof.holds ? '' : 'not proven: '}${parts.join('; ')}`;
}

function nothingProves(trialsRun: number): string {
  if (trialsRun === 0) return 'no trial was run that could prove anything';
  return trialsRun === 1
    ? 'the one trial was invalid, and proves nothing'
    : `all ${grouped(trialsRun)} trials were invalid, and prove nothing`;
}

function countsOf(proof: Numbers, expectation: Expectation | undefined): string[] {
  const counts = [
    `${countOf(proof.sent, 'request')} sent`,
    part(proof.seenWithIdentity, `seen ${identityText(proof)}${furtherText(proof)}`),
  ];
  for (const hop of ['client', 'server'] as const) {
    if (!expectation?.requestCounters.some((entry) => entry.hop === hop)) continue;
    const through = hop === 'client' ? proof.throughClientProxy : proof.throughServerProxy;
    counts.push(part(through, `through the ${hop} proxy`));
  }
  return counts;
}

/** Each deployment in a cluster has a namespace of its own, and its client an identity of its own with it. */
function identityText({ identity, identities }: Numbers): string {
  if (identity === null) return 'without a peer identity';
  return identities > 1 ? `with the identity of their own client, such as ${identity}` : `with ${identity}`;
}

function furtherText({ furtherServices }: Numbers): string {
  if (furtherServices === undefined) return '';
  return `, and by ${countOf(furtherServices, 'service')} behind it each with the identity of the one that calls it`;
}

const part = (count: Measured<number>, what: string): string =>
  isMissing(count) ? `${what} not known (${count.missing})` : `${grouped(count)} ${what}`;

function handshakeText({ handshakes }: Numbers, expectation: Expectation | undefined): string[] {
  if (!expectation?.handshakeCounter) return [];
  if (isMissing(handshakes)) return [`handshakes not known (${handshakes.missing})`];
  return [handshakes === 0 ? 'no handshake' : `${countOf(handshakes, 'handshake')} since the proxies started`];
}

function plaintextText({ plaintextExpected, plaintextTries, plaintextRefused }: Numbers): string[] {
  if (plaintextExpected === null) return [];
  const tries = `${grouped(plaintextTries)} ${plaintextTries === 1 ? 'try' : 'tries'}`;
  const right = plaintextExpected === 'refused' ? plaintextRefused : plaintextTries - plaintextRefused;
  return [`plaintext ${plaintextExpected} in ${grouped(right)} of ${tries}`];
}

const namesOf = (verdict: JudgedTrial['verdict']): string =>
  brokenGates(verdict)
    .map(({ gate }) => gate)
    .join(' and ');
