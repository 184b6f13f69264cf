import { isMissing } from '../../record/measured.ts';
import type { TrialRecord } from '../../record/trialRecord.ts';
import { counterGrowth, seenByEachService, withIdentity } from '../evidence.ts';
import { grouped } from '../rounding.ts';
import { median } from '../stats/quantile.ts';
import { sentInTrial } from '../window.ts';
import { countOf, listText, shareText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, NO_DEPLOYMENT, notMeasured } from './gate.ts';

const NO_FURTHER = { peerIdentity: null } as const;

function judgeAttempts(trial: TrialRecord, { deployment }: GateContext): Judgement {
  const sent = sentInTrial(trial);
  const details: string[] = [];
  let off = 0;
  for (const { pod, seen } of seenByEachService(trial, deployment?.expectation ?? NO_FURTHER)) {
    if (isMissing(seen)) return notMeasured(seen.missing);
    const repeated = seen.byIdentity.reduce(
      (sum, { attempt, requests }) => (attempt === null || attempt === 1 ? sum : sum + requests),
      0,
    );
    details.push(
      `${grouped(seen.requests)} seen by ${pod ?? 'the service'}, ${grouped(repeated)} of them marked as a repeated attempt`,
    );
    off += Math.abs(seen.requests - sent) + repeated;
  }
  return answered(off === 0, `${countOf(sent, 'request')} sent, ${details.join('; ')}`, off);
}

const attempts: Gate = {
  id: 'attempts',
  question: 'Did each request reach the service once?',
  threshold: 'requests counted by the service = requests sent, over the whole trial, each on its first attempt',
  reason:
    'A proxy that retries hides failures behind longer response times and loads the service more than the driver did; a request that something else answered was never measured.',
  remedy: 'Switch retries off, and check that nothing else calls the service or answers for it.',
  kind: 'proof',
  required: true,
  judge: judgeAttempts,
};

function judgeIdentity(trial: TrialRecord, { deployment }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  const details: string[] = [];
  let isRight = true;
  let wrong = 0;
  for (const { pod, expected, seen } of seenByEachService(trial, deployment.expectation)) {
    if (isMissing(seen)) return notMeasured(seen.missing);
    const right = withIdentity(seen, expected);
    const others = new Set(
      seen.byIdentity.flatMap(({ identity }) => (identity === expected ? [] : [identity ?? 'none'])),
    );
    const wanted = expected === null ? 'without a peer identity' : `with ${expected}`;
    const where = pod === undefined ? '' : ` by ${pod}`;
    details.push(
      `${grouped(right)} of ${countOf(seen.requests, 'request')} seen${where} ${wanted}${others.size > 0 ? `; others with ${listText([...others])}` : ''}`,
    );
    isRight &&= right === seen.requests && others.size === 0;
    wrong += seen.requests - right;
  }
  return answered(isRight, details.join('; '), wrong);
}

const peerIdentity: Gate = {
  id: 'peer-identity',
  question: 'Did each request come from the peer that the treatment says?',
  threshold:
    "every request at the service carries exactly the expected identity of the client's proxy; without mutual TLS, none carries one",
  reason:
    'The server proxy writes the identity from the certificate it has verified, so one request without it went another way; its response time is that of another treatment.',
  remedy: 'Check that the traffic is led through both proxies and that their certificates are those of this run.',
  kind: 'proof',
  required: true,
  judge: judgeIdentity,
};

function judgeCounters(trial: TrialRecord, { deployment, isMeshed }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  const { requestCounters } = deployment.expectation;
  if (requestCounters.length === 0) {
    if (isMeshed) return notMeasured('the mesh names no counter of its requests');
    const found = trial.counters.length;
    return answered(found === 0, `no proxy expected, ${grouped(found)} with recorded counters`, found);
  }
  const sent = sentInTrial(trial);
  let worst = 0;
  const growths: string[] = [];
  for (const { hop, counter } of requestCounters) {
    const growth = counterGrowth(trial, hop, counter);
    if (isMissing(growth)) return notMeasured(growth.missing);
    worst = Math.max(worst, Math.abs(growth - sent));
    growths.push(`${grouped(growth)} through the ${hop} proxy`);
  }
  return answered(worst === 0, `${countOf(sent, 'request')} sent, ${listText(growths)}`, worst);
}

const proxyCounters: Gate = {
  id: 'proxy-counters',
  question: 'Did each request go through each proxy?',
  threshold: "each proxy's request counter grew by exactly the requests sent; without a mesh, there is no proxy",
  reason:
    'Traffic that bypasses a proxy is the most common way to measure a mesh that is not there, and it always flatters the mesh.',
  remedy: 'Check the redirection into the proxies, and that nothing but this trial uses them.',
  kind: 'proof',
  required: true,
  judge: judgeCounters,
};

const SHARE_WITHIN = 0.2;
/** Far below one request's share: 0.8 - 0.6 is a little over 0.2 in binary. */
const ROUNDING = 1e-12;

/** Each server's share of the requests; undefined where a tally is missing or nothing was counted. */
function sharesOf({ services }: TrialRecord): Map<string, number> | undefined {
  const counts = services.map(({ pod, tally }) => [pod, isMissing(tally) ? Number.NaN : tally.requests] as const);
  const all = counts.reduce((sum, [, requests]) => sum + requests, 0);
  return all > 0 ? new Map(counts.map(([pod, requests]) => [pod, requests / all])) : undefined;
}

function judgeServerShare(trial: TrialRecord, { peers }: GateContext): Judgement {
  const own = sharesOf(trial);
  if (own === undefined) return notMeasured('the requests of a server were not counted');
  const others = peers.filter((peer) => peer.spec.index !== trial.spec.index).flatMap((peer) => sharesOf(peer) ?? []);
  const texts: string[] = [];
  let worst = 0;
  for (const [pod, share] of own) {
    // Nobody to compare with yet: the trial stands for its block.
    const usual = median(others.map((shares) => shares.get(pod) ?? 0)) ?? share;
    worst = Math.max(worst, Math.abs(share - usual));
    texts.push(`${pod} ${shareText(share)} of the requests, ${shareText(usual)} in the block`);
  }
  return answered(worst <= SHARE_WITHIN + ROUNDING, texts.join('; '), worst);
}

const serverShare: Gate = {
  id: 'server-share',
  question: 'Did each server get the share of requests that it gets under the other treatments?',
  threshold: "each server's share within 20 points of the median of the block's other trials",
  reason:
    'A mesh balances requests where plain Kubernetes balances connections: with few connections one server may get most of them, and then its load is compared, not the mesh. Of 16 connections on 2 servers chance alone moves the share by up to 20 points in 9 of 10 trials (binomial).',
  remedy: 'Raise the number of connections, or use one server.',
  kind: 'load',
  required: false,
  judge: judgeServerShare,
};

/** Did every request take the way that the treatment says, once? */
export const pathGates: readonly Gate[] = [attempts, peerIdentity, proxyCounters, serverShare];
