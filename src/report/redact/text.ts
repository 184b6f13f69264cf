import { isIPv4, isIPv6 } from 'node:net';
import type { Kind, Placeholders } from './placeholders.ts';

/** Names that are known to be of something, from the places of a record that hold nothing else. */
export type KnownNames = ReadonlyMap<string, Kind>;

/** A text without host names, user names, absolute paths and addresses, and without the names that are known. */
export type RedactText = (text: string) => string;

/**
 * What a name can look like, the longest first. Each begins where no word goes on, so that a long word is read once.
 * The last one is any word: whether it is a name is found by looking at it.
 */
const NAMES = new RegExp(
  [
    String.raw`(?<![\w+.-])(?<url>[a-zA-Z][\w+.-]*:\/\/[^\s'"\`<>|;,)}]*)`,
    String.raw`(?<quote>['"\`])(?<quoted>(?:~?\/|[A-Za-z]:\\)[^'"\`\n]*)\k<quote>`,
    String.raw`(?<![\w])(?<windows>[A-Za-z]:\\[^\s'"\`|,;]*)`,
    String.raw`(?<![\w.\/~-])(?<unix>(?:~[\w-]*)?(?:\/[\w.@+~%=-]+)+\/?)`,
    String.raw`(?<![\w:.])(?<colons>[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,8}(?:\.\d{1,3}){0,3}(?:%\w+)?)`,
    String.raw`(?<=\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED) )(?<peer>[\w.-]+)`,
    String.raw`(?<![\w+.-])(?<user>[\w+.-]+)@(?<at>[A-Za-z][\w.-]*)`,
    String.raw`(?<word>[\w.-]+)`,
  ].join('|'),
  'g',
);

type Found = Partial<
  Record<'url' | 'quote' | 'quoted' | 'windows' | 'unix' | 'colons' | 'peer' | 'user' | 'at' | 'word', string>
>;

export function redactText(known: KnownNames, names: Placeholders): RedactText {
  const word = (text: string) => redactWord(text, known, names);
  const host = (text: string) => (isHere(text) ? text : names.of(isIPv4(text) ? 'address' : 'host', text));
  return (text) =>
    text.replace(NAMES, (whole, ...rest) => {
      const found = rest.at(-1) as Found;
      if (found.url !== undefined) return redactUrl(found.url, names, host);
      if (found.quoted !== undefined) return `${found.quote}${names.of('path', found.quoted)}${found.quote}`;
      if (found.windows !== undefined) return names.of('path', found.windows);
      if (found.unix !== undefined) return beforeEnd(found.unix, (path) => names.of('path', path));
      if (found.colons !== undefined) return redactColons(found.colons, names);
      if (found.peer !== undefined) return beforeEnd(found.peer, host);
      // A digest of an image stands behind the same sign.
      if (found.at !== undefined && found.at !== 'sha256') {
        return `${names.of('user', found.user ?? '')}@${beforeEnd(found.at, host)}`;
      }
      return found.word === undefined ? whole : word(found.word);
    });
}

/** The full stop of a sentence belongs to no name. */
function beforeEnd(text: string, replace: (name: string) => string): string {
  let end = text.length;
  while (end > 0 && '.-'.includes(text.charAt(end - 1))) end -= 1;
  return end === 0 ? text : `${replace(text.slice(0, end))}${text.slice(end)}`;
}

/** Addresses that every machine has say nothing about one. */
const isHere = (host: string): boolean => /^(?:127\.\d+\.\d+\.\d+|0\.0\.0\.0|localhost|::1|::)$/.test(host);

const IPV4 = /(?<!\d|\d\.)(?:\d{1,3}\.){3}\d{1,3}(?!\d|\.\d)/g;

/** A namespace that a run makes for a deployment, also one that no record is left of. */
const OWN_NAMESPACE = /^meshtax-[0-9a-f]{8}-[\w-]+$/;

function redactWord(text: string, known: KnownNames, names: Placeholders): string {
  const kindOf = (name: string) => known.get(name) ?? (OWN_NAMESPACE.test(name) ? 'namespace' : undefined);
  return beforeEnd(text, (name) => {
    const kind = kindOf(name);
    if (kind !== undefined) return names.of(kind, name);
    if (isHostName(name)) return names.of('host', name);
    const [host] = HOST_FIRST.exec(name) ?? [];
    if (host !== undefined) return `${names.of('host', host)}${name.slice(host.length)}`;
    const addressed = name.replace(IPV4, (address) =>
      isIPv4(address) && !isHere(address) ? names.of('address', address) : address,
    );
    if (addressed !== name) return addressed;
    return name
      .split('.')
      .map((label) => {
        const ofLabel = kindOf(label);
        return ofLabel === undefined ? label : names.of(ofLabel, label);
      })
      .join('.');
  });
}

/** Last labels of two-part names that are hosts; everything else with one dot is rather a file or a version. */
const ENDS_OF_HOSTS = new Set(
  (
    'app arpa cloud cluster com corp dev edu example gov home intranet internal invalid int io lan local localdomain ' +
    'mil net org private svc test'
  ).split(' '),
);
/** A counter of a proxy goes on behind the host's name: `echo.bench.svc.cluster.local.upstream_rq_total`. */
const HOST_FIRST = /^(?:[a-zA-Z0-9-]+\.)+(?:corp|internal|intranet|lan|local|localdomain)(?=\.)/;
/** Last labels of file names, also where they are those of countries. */
const ENDS_OF_FILES = new Set(
  'cjs csv css gz hgrm hlog html js json jsonl log md mjs pem prom py rs sh so tar ts txt xml yaml yml'.split(' '),
);

/** The prefixes of annotations, which the gates' remedies name. */
const PUBLIC = /(?:^|\.)(?:istio|linkerd|kubernetes|k8s)\.io$/;

/**
 * Whether a word is a host's name by its form (RFC 1123): labels of letters, digits and inner hyphens, the last one of
 * letters. Of two labels, only where the last is one that hosts have.
 */
function isHostName(word: string): boolean {
  const labels = word.split('.');
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (labels.length < 2 || !/^[a-z]{2,}$/.test(last) || ENDS_OF_FILES.has(last) || PUBLIC.test(word)) return false;
  if (!labels.every((label) => /^[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/.test(label))) return false;
  return labels.length > 2 || ENDS_OF_HOSTS.has(last) || last.length === 2;
}

function redactColons(text: string, names: Placeholders): string {
  const [address = ''] = text.split('%');
  return isIPv6(address) && !isHere(address) ? names.of('address', text) : text;
}

/** A container runtime tells its version in the form of an address: `containerd://1.6.20`. */
const RUNTIME = /^(?:containerd|cri-o|docker):\/\/\d+(?:\.\d+)+(?:[-+~].*)?$/;

function redactUrl(url: string, names: Placeholders, host: (name: string) => string): string {
  if (RUNTIME.test(url) && !isIPv4(url.slice(url.indexOf('//') + 2))) return url;
  return beforeEnd(url, (address) => {
    const [, scheme = '', authority = '', path = ''] = /^([^:]+):\/\/([^/?#]*)(.*)$/.exec(address) ?? [];
    if (scheme.toLowerCase() === 'spiffe') return redactIdentity(authority, path, names);
    const [, user, machine = '', port = ''] = /^(?:([^@]*)@)?(\[[^\]]*\]|[^:]*)(:\d*)?$/.exec(authority) ?? [];
    const bare = machine.replace(/^\[(.*)\]$/, '$1');
    const shown = bare === '' ? '' : isIPv6(bare) && !isHere(bare) ? names.of('address', bare) : host(bare);
    const whole = machine === '' && authority !== '' ? names.of('host', authority) : `${shown}${port}`;
    const before = user === undefined ? '' : `${names.of('user', user)}@`;
    return `${scheme}://${before}${whole}${path.length > 1 ? `/${names.of('path', path)}` : path}`;
  });
}

const PARTS_OF_IDENTITY: ReadonlyMap<string, Kind> = new Map([
  ['ns', 'namespace'],
  ['sa', 'account'],
]);

/** `spiffe://cluster.local/ns/NAMESPACE/sa/ACCOUNT`: trust domain, namespace and service account are names. */
function redactIdentity(domain: string, path: string, names: Placeholders): string {
  const parts = path.split('/').slice(1);
  const told = parts.map((part, index) => {
    if (part === '' || (index % 2 === 0 && PARTS_OF_IDENTITY.has(part))) return part;
    return names.of(PARTS_OF_IDENTITY.get(parts[index - 1] ?? '') ?? 'path', part);
  });
  return ['spiffe:/', names.of('cluster', domain), ...told].join('/');
}
