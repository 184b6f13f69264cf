// @ts-nocheck
import { isMissing } from '../../record/measured.ts';
import type { Expectation } from '../../record/runRecord.ts';
import type { ControlRecord, TrialRecord } from '../../record/trialRecord.ts';
import { counterAfter } from '../evidence.ts';
import { isRefused } from '../refusal.ts';
import { grouped } from '../rounding.ts';
import { countOf, listText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, NO_DEPLOYMENT, notMeasured } from './gate.ts';

function judgeHandshakes(trial: TrialRecord, { deployment }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  const wanted = deployment.expectation.handshakeCounter;
  if (wanted === null) return answered(true, 'no handshake is claimed');
  const after = counterAfter(trial, wanted.hop, wanted.counter);
  if (isMissing(after)) return notMeasured(after.missing);
  const handshakes = after ?? 0;
  const detail = `${countOf(handshakes, 'TLS handshake')} at the ${wanted.hop} proxy since it started, ${wanted.expected} expected`;
  return answered(wanted.expected === 'some' ? handshakes > 0 : handshakes === 0, detail);
}

const handshakes: Gate = {
  id: 'handshakes',
  question: 'Was there mutual TLS between the proxies where the treatment says so?',
  threshold: 'handshakes since the proxies started: over 0 under mutual TLS, none without',
  reason:
    'Encryption is a part of the cost that is to be measured. Connections may be older than the trial, hence the count since the proxies started.',
  remedy: "Look at the proxies' TLS settings in the deployment's effective configuration.",
  kind: 'proof',
  required: true,
  judge: judgeHandshakes,
};

/** One control against the expectation: what was seen in words, and whether that is right; undefined: not measured. */
function judgeControl(
  control: ControlRecord,
  expected: 'refused' | 'answered',
  expectation: Expectation,
): { text: string; isRight: boolean } | { missing: string } {
  const { claim, observed, reachedService } = control;
  if (isMissing(observed)) return observed;
  const asked = claim === `plaintext-${expected}` ? '' : `the control asked for ${claim}, `;
  if (expected === 'answered') {
    const isAnswered = 'status' in observed && observed.status >= 200 && observed.status < 300;
    const text = 'status' in observed ? `answered with status ${observed.status}` : `refused: ${observed.refused}`;
    return { text: asked + text, isRight: isAnswered && asked === '' };
  }
  if (isMissing(reachedService)) return reachedService;
  const refused = isRefused(control, expectation);
  if (isMissing(refused)) return refused;
  const text =
    'refused' in observed
      ? `refused: ${observed.refused}`
      : `${refused ? 'refused' : 'answered'} with status ${observed.status}`;
  const reached = `${grouped(reachedService)} reached the service`;
  return { text: `${asked}${text}, ${reached}`, isRight: asked === '' && refused && reachedService === 0 };
}

function judgePlaintext(trial: TrialRecord, { deployment }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  const expected = deployment.expectation.plaintext;
  if (expected === null) return answered(true, 'nothing is claimed of plaintext');
  if (trial.controls.length === 0) return notMeasured('no plaintext request was tried');
  const texts: string[] = [];
  let wrong = 0;
  for (const control of trial.controls) {
    const judged = judgeControl(control, expected, deployment.expectation);
    if ('missing' in judged) return notMeasured(judged.missing);
    texts.push(judged.text);
    if (!judged.isRight) wrong += 1;
  }
  return answered(wrong === 0, `plaintext expected to be ${expected}; ${texts.join('; ')}`, wrong);
}

const plaintext: Gate = {
  id: 'plaintext',
  question: 'Is a request without TLS treated as the treatment says?',
  threshold:
    'under strict mutual TLS a plaintext request is refused and never reaches the service; else it is answered',
  reason:
    'Only a refused plaintext request shows that mutual TLS is enforced; handshakes alone show that some connections used it.',
  remedy: "Check the server proxy's mutual TLS mode: permissive modes answer plaintext.",
  kind: 'proof',
  required: true,
  judge: judgePlaintext,
};

function judgeConcurrency(_trial: TrialRecord, { deployment, isMeshed }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  const { proxies, expectation } = deployment;
  if (!isMeshed) return answered(proxies.length === 0, `no proxy expected, ${grouped(proxies.length)} there`);
  if (proxies.length === 0) return notMeasured('no proxy of this deployment is recorded');
  const texts: string[] = [];
  let wrong = 0;
  for (const { hop, concurrencyAsked, concurrencyEffective } of proxies) {
    if (isMissing(concurrencyEffective)) return notMeasured(`${hop} proxy: ${concurrencyEffective.missing}`);
    const asked = expectation.concurrency ?? concurrencyAsked;
    if (concurrencyEffective !== asked || concurrencyAsked !== asked) wrong += 1;
    texts.push(`${hop} proxy ${concurrencyEffective} of ${countOf(asked, 'worker')}`);
  }
  return answered(wrong === 0, listText(texts), wrong);
}

const concurrency: Gate = {
  id: 'concurrency',
  question: 'Do the proxies run as many workers as asked?',
  threshold: 'effective worker threads = asked for each proxy; without a mesh, there is no proxy',
  reason:
    'Workers decide both how much CPU a proxy can use and how much memory it holds; meshes and platforms change the number by themselves.',
  remedy: "Set the concurrency that the mesh's own default or limit allows.",
  kind: 'proof',
  required: true,
  judge: judgeConcurrency,
};

/** Are the proxies what the treatment says they are? */
export const proxyGates: readonly Gate[] = [handshakes, plaintext, concurrency];
