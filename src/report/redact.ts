import type { RunAnalysis } from '../analysis/result.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { type Kind, type Placeholders, placeholders } from './redact/placeholders.ts';
import { type KnownNames, type RedactText, redactText } from './redact/text.ts';

/** Places that hold a name and nothing else, by the keys that lead there; lists are passed through. */
const PLACES: ReadonlyMap<string, Kind> = new Map([
  ['deployments.pods.node', 'host'],
  ['deployments.pods.namespace', 'namespace'],
  ['deployments.pods.networkNamespace', 'namespace'],
  ['run.platform.details.clientNode', 'host'],
  ['run.platform.details.serverNode', 'host'],
]);

/** Keys whose values are words of meshtax itself, whatever a node or a namespace is called. */
const OWN_WORDS = new Set(
  (
    'schema outcome verdict metric percentile role mesh kind answer purpose method standing gate basis hop plaintext ' +
    'plaintextExpected state protocol arrivals topology address platform profile id mode pilot driver expected what'
  ).split(' '),
);

/** Words that meshtax's own sentences use: where a node or a user is called so, its name says nothing in them. */
const COMMON_WORDS = new Set(
  (
    'agent baseline client cluster control default docker driver envoy host inconclusive istio kubernetes linkerd local ' +
    'localhost machine main master mesh meshtax mode namespace network node none over p50 p90 p99 p999 plane pod pods ' +
    'proxy root run runner server service sidecar system test treatment trial ubuntu user within worker workers'
  ).split(' '),
);
/** Shorter names would be found within figures and abbreviations. */
const SHORTEST_NAME = 3;

const TOLD =
  'names of hosts, users, clusters and namespaces, addresses and absolute paths are placeholders; the texts of the scenario and of its script are left out';

/**
 * The analysis without names of hosts, users, clusters and namespaces, without IP addresses and absolute paths, for a
 * report that may be shown to anybody. Each is a placeholder, the same for the same name. Texts of the user's own, the
 * scenario's and a script's, are left out, since nobody can tell what a comment names; the question that opens the
 * scenario stays, with what looks like a name replaced.
 *
 * @param trials hold names that the analysis may quote
 */
export function redacted(analysis: RunAnalysis, trials: readonly TrialRecord[]): RunAnalysis {
  const names = placeholders();
  const { scriptText: _, budgetsText: __, ...run } = analysis.run;
  const shown: RunAnalysis = {
    ...analysis,
    run: {
      ...run,
      scenarioText: '# left out of a redacted report; results.json holds the scenario as it was understood\n',
      platform: { ...run.platform, details: { ...run.platform.details, redacted: TOLD } },
    },
  };
  const text = redactText(knownNames(analysis, trials), names);
  return redactedBelow(shown, [], { text, names, byForm: redactText(new Map(), names) }) as RunAnalysis;
}

/** How texts and single names become placeholders. */
interface Names {
  text: RedactText;
  names: Placeholders;
}

interface Redaction extends Names {
  /** By the form of names alone, without those that are known. */
  byForm: RedactText;
}

function redactedBelow(value: unknown, keys: readonly string[], redaction: Redaction): unknown {
  if (typeof value === 'string') return redactedLeaf(value, keys, redaction);
  if (Array.isArray(value)) {
    if (keys.join('.') === 'run.command') return redactedCommand(value.map(String), redaction);
    return value.map((each) => redactedBelow(each, keys, redaction));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, redactedBelow(inner, [...keys, key], redaction)]),
  );
}

function redactedLeaf(value: string, keys: readonly string[], { text, names, byForm }: Redaction): string {
  const place = keys.join('.');
  const kind = PLACES.get(place);
  if (kind !== undefined) return names.of(kind, value);
  if (place.startsWith('scenario.load.targets.headers.')) return names.of('value', value);
  if (place === 'run.tool.name' || OWN_WORDS.has(keys.at(-1) ?? '')) return byForm(value);
  if (isImage(place))
    return value
      .split(', ')
      .map((image) => redactedImage(image, { names, text }))
      .join(', ');
  if (FILES.has(place)) return redactedFile(value, { names, text });
  return text(value);
}

const isImage = (place: string): boolean =>
  place === 'deployments.pods.image' ||
  place === 'run.platform.details.image' ||
  /^run\.platform\.details\.\w+ControlPlane$/.test(place);

/** `registry:5000/team/app:1`: the part before the first `/` is a host where it has a dot or a port (distribution/reference). */
function redactedImage(image: string, { text, names }: Names): string {
  const [, registry, rest = ''] = /^([^/]*[.:][^/]*)\/(.*)$/.exec(image) ?? [];
  if (registry === undefined) return text(image);
  const [host = '', port] = registry.split(':');
  return `${names.of('host', host)}${port === undefined ? '' : `:${port}`}/${text(rest)}`;
}

const FILES = new Set(['run.scenarioFile', 'run.budgetsFile', 'scenario.load.script']);

/** An absolute path as a whole: a folder's name may hold what would end the path in a sentence. */
function redactedFile(file: string, { text, names }: Names): string {
  return /^(?:~?\/|[A-Za-z]:[\\/])/.test(file) ? names.of('path', file) : text(file);
}

type ByOption = (value: string, names: Names) => string;

/** Options whose value is a name of a kind that its form does not tell. */
const BY_OPTION: ReadonlyMap<string, ByOption> = new Map<string, ByOption>([
  ['--context', (value, { names }) => names.of('cluster', value)],
  ['--image', redactedImage],
]);

function redactedCommand(words: readonly string[], names: Names): string[] {
  return words.map((word, index) => {
    const [, option, value = ''] = /^(--[\w-]+)=(.*)$/s.exec(word) ?? [];
    if (option !== undefined) return `${option}=${(BY_OPTION.get(option) ?? redactedFile)(value, names)}`;
    return (BY_OPTION.get(words[index - 1] ?? '') ?? redactedFile)(word, names);
  });
}

/** Names of which the record says what they are, but for those that a sentence of meshtax could hold by itself. */
function knownNames(analysis: RunAnalysis, trials: readonly TrialRecord[]): KnownNames {
  const { run, scenario, deployments } = analysis;
  const { clientNode, serverNode } = run.platform.details;
  const pods = deployments.flatMap((each) => each.pods);
  const contexts = run.command.flatMap((word, index) =>
    run.command[index - 1] === '--context' ? [word] : word.startsWith('--context=') ? [word.slice(10)] : [],
  );
  const hosts = [
    ...[clientNode, serverNode, ...pods.map(({ node }) => node)].flatMap((node) => (node === undefined ? [] : [node])),
    ...trials.flatMap(({ clients, processes }) => [...clients, ...processes].map(({ node }) => node)),
  ];
  const namespaces = pods.flatMap(({ namespace, networkNamespace }) =>
    [namespace, networkNamespace].flatMap((each) => (typeof each === 'string' ? [each] : [])),
  );
  const all: [Kind, string[]][] = [
    ['user', usersIn(JSON.stringify(analysis))],
    ['cluster', contexts],
    ['namespace', namespaces],
    ['host', hosts],
  ];
  const own = new Set([scenario.name, ...scenario.treatments.map(({ name }) => name)]);
  const isTelling = (name: string) =>
    name.length >= SHORTEST_NAME && !/^[\d.]+$/.test(name) && !COMMON_WORDS.has(name) && !own.has(name);
  return new Map(all.flatMap(([kind, list]) => list.filter(isTelling).map((name) => [name, kind] as const)));
}

/** The owners of home folders: `/home/NAME`, `/Users/NAME`, `C:\Users\NAME`, which JSON writes with two backslashes. */
function usersIn(json: string): string[] {
  return [...json.matchAll(/(?:\/home\/|\/Users\/|[A-Za-z]:\\+Users\\+)([^/\\\s'",:;)]+)/g)].map(
    ([, name = '']) => name,
  );
}
