import { isMissing } from '../../record/measured.ts';
import type { TrialRecord } from '../../record/trialRecord.ts';
import { counterGrowth } from '../evidence.ts';
import { grouped } from '../rounding.ts';
import { atMost } from '../stats/binomial.ts';
import { countOf, listText } from '../wording.ts';
import { answered, type Gate, type GateContext, type Judgement, NO_DEPLOYMENT, notMeasured } from './gate.ts';

const BY_CHANCE_BELOW = 1e-4;

/**
 * Probability that chance alone leaves some worker with as few connections as the least, or some with as many as the
 * most: each connection goes to one of the workers, all alike. An upper bound (Bonferroni) where there are several.
 */
function chanceOf(connections: readonly number[]): number {
  const workers = connections.length;
  if (workers < 2) return 1;
  const all = connections.reduce((sum, count) => sum + count, 0);
  const fewest = atMost(Math.min(...connections), { trials: all, probability: 1 / workers });
  const most = 1 - atMost(Math.max(...connections) - 1, { trials: all, probability: 1 / workers });
  return Math.min(1, workers * Math.min(fewest, most));
}

function judgeWorkers(trial: TrialRecord, { deployment, isMeshed }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  if (!isMeshed) return answered(true, 'no proxy expected');
  const { workerCounters } = deployment.expectation;
  if (workerCounters === undefined) return notMeasured('the proxies tell no connections of each worker here');
  const texts: string[] = [];
  let least = 1;
  for (const hop of new Set(workerCounters.map((entry) => entry.hop))) {
    const growths = workerCounters
      .filter((entry) => entry.hop === hop)
      .map(({ counter }) => counterGrowth(trial, hop, counter));
    const missing = growths.find(isMissing);
    if (missing !== undefined) return notMeasured(missing.missing);
    const connections = growths.filter((growth) => typeof growth === 'number');
    if (connections.length === 0) continue;
    least = Math.min(least, chanceOf(connections));
    const all = connections.reduce((sum, count) => sum + count, 0);
    texts.push(`${hop} proxy ${listText(connections.map(grouped))} of ${countOf(all, 'connection')}`);
  }
  if (texts.length === 0) return notMeasured('no proxy counts the connections of its workers');
  return answered(least >= BY_CHANCE_BELOW, texts.join('; '), 1 - least);
}

const workers: Gate = {
  id: 'workers',
  question: "Did the proxies' workers share the connections?",
  threshold: 'no worker has so few or so many that chance would bring it about in less than 1 of 10,000 trials',
  reason:
    'The kernel deals connections out to the workers at random, and each stays where it is (3,000 batches of 16 on two sockets with SO_REUSEPORT followed the binomial distribution): 1 of 16 on one of two workers is chance, none of 16 is not, and a proxy whose second worker has nothing to do is one with half the capacity. With few connections little can be told, and this gate then passes.',
  remedy: 'Use more connections than workers, and look at what opens them: a proxy in front may reuse one for all.',
  kind: 'load',
  required: false,
  judge: judgeWorkers,
};

const TOLD_DIFFERENCES = 3;

function judgeConfiguration(_trial: TrialRecord, { deployment, isMeshed }: GateContext): Judgement {
  if (deployment === undefined) return notMeasured(NO_DEPLOYMENT);
  if (!isMeshed) return answered(true, 'no proxy expected');
  const texts: string[] = [];
  const unknown: string[] = [];
  for (const { hop, effectiveConfiguration } of deployment.proxies) {
    if (effectiveConfiguration === undefined) unknown.push(`nobody asked the ${hop} proxy`);
    else if (isMissing(effectiveConfiguration)) unknown.push(`${hop} proxy: ${effectiveConfiguration.missing}`);
    else texts.push(...effectiveConfiguration.differences.map((difference) => `${hop} proxy, ${difference}`));
  }
  if (texts.length > 0) {
    const rest = texts.length - TOLD_DIFFERENCES;
    const more = rest > 0 ? [`and ${countOf(rest, 'other difference')}`] : [];
    return answered(false, [...texts.slice(0, TOLD_DIFFERENCES), ...more].join('; '), texts.length);
  }
  if (unknown.length > 0 || deployment.proxies.length === 0) {
    return notMeasured(unknown.join('; ') || 'no proxy of this deployment is recorded');
  }
  return answered(true, `no difference at the ${listText(deployment.proxies.map(({ hop }) => hop))} proxy`, 0);
}

const configuration: Gate = {
  id: 'configuration',
  question: "Is the proxies' effective configuration the one that was asked for?",
  threshold:
    'no difference in what costs something: listeners, filters, access logs, tracing, TLS, routes, retries, clusters and their limits',
  reason:
    'Access log, tracing and filters cost more than most of what a mesh does by itself, and a proxy can get them from a default or from its control plane without being asked; the running proxy tells what it has.',
  remedy: "Look at the named place in the proxy's /config_dump, and at what starts it.",
  kind: 'proof',
  required: false,
  judge: judgeConfiguration,
};

/** Do the proxies work in the way that they were set up to? */
export const settingGates: readonly Gate[] = [workers, configuration];
