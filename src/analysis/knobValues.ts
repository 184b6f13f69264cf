import { isMissing, type Measured, type Missing } from '../record/measured.ts';
import type { DeploymentRecord, RunRecord } from '../record/runRecord.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import type { Scenario, Treatment } from '../scenario/scenario.ts';
import { settingInWords } from '../scenario/settings.ts';
import { bytesInWords, millicoresInWords, type Parsed, parseBytes, parseMillicores } from '../scenario/units.ts';
import { hopsOf } from './costs.ts';
import { counterAfter } from './evidence.ts';
import { grouped } from './rounding.ts';

/** `observed`: read from what ran; `asked`: what the scenario asked for, and nothing held it against what ran. */
export type KnobBasis = 'observed' | 'asked';

export interface KnobValue {
  text: string;
  basis: KnobBasis;
  /** For what is counted anew in each trial: the least and the most. */
  range?: { least: number; most: number };
}

/** One treatment, with everything that was recorded of it. */
export interface Seen {
  treatment: Treatment;
  run: RunRecord;
  load: Scenario['load'];
  trials: readonly { trial: TrialRecord; deployment: DeploymentRecord | undefined }[];
  proxies: readonly DeploymentRecord['proxies'][number][];
}

/** One knob: its name in a sentence, and how its value is found. */
export interface KnobSource {
  title: string;
  read(seen: Seen): Measured<KnobValue>;
}

const NO_PROXY: Missing = { missing: 'no proxy of it is recorded' };
const observed = (text: string): KnobValue => ({ text, basis: 'observed' });
const asked = (text: string): KnobValue => ({ text, basis: 'asked' });

/** The one value of all proxies, or each with its side where the sides differ; missing where one of them is. */
function ofProxies(
  { proxies }: Seen,
  read: (proxy: DeploymentRecord['proxies'][number]) => Measured<string>,
): Measured<KnobValue> {
  if (proxies.length === 0) return NO_PROXY;
  const texts = new Map(hopsOf(proxies).map((hop) => [hop, new Set<string>()]));
  for (const proxy of proxies) {
    const text = read(proxy);
    if (isMissing(text)) return { missing: `${proxy.hop} proxy: ${text.missing}` };
    texts.get(proxy.hop)?.add(text);
  }
  const all = new Set([...texts.values()].flatMap((own) => [...own]));
  if (all.size === 1) return observed([...all].join(''));
  return observed([...texts].map(([hop, own]) => `${hop} ${[...own].sort().join(' or ')}`).join(', '));
}

/** "commit/version/state/build/library" as version and commit, since two builds may have one version. */
function versionText(version: string): string {
  const [commit = '', number] = version.split('/');
  return number === undefined ? version : `${number} (${commit.slice(0, 7)})`;
}

function workers(seen: Seen): Measured<KnobValue> {
  const effective = ofProxies(seen, ({ concurrencyEffective: count }) => (isMissing(count) ? count : String(count)));
  const wanted = seen.treatment.settings['concurrency'];
  return isMissing(effective) && wanted !== undefined ? asked(String(wanted)) : effective;
}

const inWords = <T>(text: string, parse: (text: string) => Parsed<T>, words: (value: T) => string): string => {
  const parsed = parse(text);
  return parsed.ok ? words(parsed.value) : text;
};

/** Request and limit of each sidecar's container, in one way of writing: "1" and "1000m" are the same. */
function resource(key: 'cpu' | 'memory'): KnobSource['read'] {
  const amount = (text: string | undefined) => {
    if (text === undefined) return 'none';
    // Kubernetes writes a number of bytes without a unit.
    if (key === 'memory' && /^\d+$/.test(text)) return bytesInWords(Number(text));
    return key === 'cpu' ? inWords(text, parseMillicores, millicoresInWords) : inWords(text, parseBytes, bytesInWords);
  };
  return (seen) =>
    ofProxies(seen, ({ container, requests, limits }) =>
      container === undefined ? 'none, without a container' : `${amount(requests?.[key])} and ${amount(limits?.[key])}`,
    );
}

/** A setting that the scenario gives, with nothing that holds it against what ran. */
function askedFor(key: string, where: string): KnobSource['read'] {
  return ({ treatment: { settings, mesh } }) => {
    const value = settings[key];
    return value === undefined ? { missing: `${mesh} has no such setting here, and ${where}` } : asked(String(value));
  };
}

/**
 * A setting that the proxies' effective configuration is held against: observed where that was read, with the words of
 * the difference where there is one.
 * @param about what names of features of the configuration the setting is about
 */
function heldAgainst(
  about: RegExp,
  otherwise: KnobSource['read'],
  text: (value: string) => string,
): KnobSource['read'] {
  return (seen) => {
    const found = otherwise(seen);
    const configurations = seen.proxies.map(({ effectiveConfiguration }) => effectiveConfiguration);
    if (isMissing(found) || configurations.length === 0) return found;
    const known = configurations.flatMap((each) => (each === undefined || isMissing(each) ? [] : [each]));
    const differing = [...new Set(known.flatMap(({ differences }) => differences.filter((each) => about.test(each))))];
    if (differing.length > 0) return observed(differing.join('; '));
    return known.length === configurations.length ? observed(text(found.text)) : asked(text(found.text));
  };
}

const RETRY_WORDS: Readonly<Record<string, string>> = { default: "as Istio's sidecars retry", off: 'none' };

function telemetry(seen: Seen): Measured<KnobValue> {
  const setting = seen.treatment.settings['telemetry'];
  if (setting !== undefined) return asked(setting === 'off' ? 'no request metrics' : "the mesh's request metrics");
  const bare = "the proxy's own counters, neither tracing nor a sink";
  const isRead = seen.proxies.some(({ effectiveConfiguration }) => effectiveConfiguration !== undefined);
  if (isRead) return heldAgainst(/\btracing\b|^stats_sinks/, () => asked(bare), String)(seen);
  return { missing: `${seen.treatment.mesh} has no such setting here, and its proxies' configuration is not read` };
}

function keyType({ run, treatment }: Seen): Measured<KnobValue> {
  if (treatment.settings['mtls'] === 'off') return asked('none, without TLS');
  const keys = run.platform.details['keys'];
  return keys === undefined
    ? { missing: 'the keys are issued by the control plane, and nothing here reads them' }
    : observed(keys);
}

/** What a client's proxy counted over each trial's deployment, for one kind of connections. */
function wireCounts({ trials }: Seen, what: 'connections' | 'http1' | 'http2'): Measured<number[]> {
  const counts: number[] = [];
  for (const { trial, deployment } of trials) {
    const named = deployment?.expectation.wireCounters?.find((each) => each.what === what);
    if (named === undefined) return { missing: "no counter of the client's proxy tells it in these records" };
    const count = counterAfter(trial, named.hop, named.counter);
    if (isMissing(count)) return count;
    if (count === null) return { missing: `the client's proxy has no counter ${named.counter}` };
    counts.push(count);
  }
  return counts.length === 0 ? { missing: 'no trial of it was measured' } : counts;
}

function wireVersion(seen: Seen): Measured<KnobValue> {
  const [one, two] = [wireCounts(seen, 'http1'), wireCounts(seen, 'http2')];
  if (isMissing(one)) return one;
  if (isMissing(two)) return two;
  const spoken = [
    ...(one.some((count) => count > 0) ? ['HTTP/1.1'] : []),
    ...(two.some((count) => count > 0) ? ['HTTP/2'] : []),
  ];
  return spoken.length === 0 ? { missing: "the client's proxy opened no connection" } : observed(spoken.join(' and '));
}

/** @param suffix what the range is of, after its numbers */
function ranged(counts: readonly number[], suffix = ''): KnobValue {
  const range = { least: Math.min(...counts), most: Math.max(...counts) };
  const { least, most } = range;
  const text = least === most ? grouped(least) : `${grouped(least)} to ${grouped(most)}`;
  return { text: `${text}${suffix}`, basis: 'observed', range };
}

function wireConnections(seen: Seen): Measured<KnobValue> {
  const counts = wireCounts(seen, 'connections');
  return isMissing(counts) ? counts : ranged(counts);
}

function keepAlive({ load, trials }: Seen): Measured<KnobValue> {
  if (load.requestsPerConnection !== undefined)
    return asked(`new after ${grouped(load.requestsPerConnection)} requests`);
  const clients = trials.map(({ trial }) => trial.clients);
  if (!clients.some((each) => each.length > 0)) return { missing: 'no trial of it was measured' };
  if (clients.flat().some(({ connections }) => connections.opened === undefined)) {
    return { missing: 'the driver does not tell how many connections it opened' };
  }
  const sum = (key: 'opened' | 'requested') =>
    clients.map((each) => each.reduce((total, { connections }) => total + (connections[key] ?? 0), 0));
  const [opened, wanted] = [sum('opened'), sum('requested')];
  const isKept = opened.every((count, index) => count === wanted[index]);
  const counted = ranged(opened, ` opened for ${grouped(Math.max(...wanted))}`);
  return isKept ? { ...counted, text: 'kept for the whole trial' } : counted;
}

const NOT_READ = "its proxies' configuration is not read";

/** Every knob that can make one treatment dearer than another, in the order of the report. */
export const KNOBS: readonly KnobSource[] = [
  {
    title: 'proxy version',
    read: (seen) => ofProxies(seen, ({ version }) => (isMissing(version) ? version : versionText(version))),
  },
  { title: 'workers of each proxy', read: workers },
  { title: 'CPU request and limit', read: resource('cpu') },
  { title: 'memory request and limit', read: resource('memory') },
  { title: 'mutual TLS', read: askedFor('mtls', 'nothing else tells it') },
  { title: 'type of the keys', read: keyType },
  {
    title: 'retries',
    read: heldAgainst(/: retries:/, askedFor('retries', NOT_READ), (value) => RETRY_WORDS[value] ?? value),
  },
  { title: 'HTTP version between the proxies', read: wireVersion },
  { title: 'connections between the proxies', read: wireConnections },
  { title: "the driver's connections", read: keepAlive },
  { title: 'access log', read: heldAgainst(/: access_log:/, askedFor('accessLog', NOT_READ), String) },
  { title: 'telemetry', read: telemetry },
];

/** Settings that a knob above tells of. */
const TOLD = [
  ...['concurrency', 'cpuRequest', 'cpuLimit', 'memoryRequest', 'memoryLimit'],
  ...['mtls', 'retries', 'accessLog', 'telemetry', 'version'],
];

/** CPU time that is spent on purpose: told where any treatment has some. */
export function costsOnPurpose(treatments: readonly Treatment[]): KnobSource[] {
  const costs = [
    { title: 'service time of each request', of: ({ serviceTimeUs }: Treatment) => serviceTimeUs || undefined },
    { title: 'planted cost of each request', of: ({ plantedCostUs }: Treatment) => plantedCostUs },
  ];
  return costs
    .filter(({ of }) => treatments.some((treatment) => of(treatment) !== undefined))
    .map(({ title, of }) => ({
      title,
      read: ({ treatment }) => {
        const us = of(treatment);
        return asked(us === undefined ? 'none' : `${grouped(us)} µs`);
      },
    }));
}

/** A knob for each setting of the treatments that no other tells of. */
export function remainingSettings(treatments: readonly Treatment[]): KnobSource[] {
  const keys = new Set(treatments.flatMap(({ settings }) => Object.keys(settings)));
  return [...keys]
    .filter((key) => !TOLD.includes(key))
    .map((key) => ({
      title: `setting ${key}`,
      read: ({ treatment: { mesh, settings } }) => {
        const value = settings[key];
        if (value === undefined) return { missing: `${mesh} has no such setting` };
        return asked(value === '' ? 'not set' : settingInWords(undefined, value));
      },
    }));
}
