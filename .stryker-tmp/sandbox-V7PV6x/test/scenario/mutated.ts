// @ts-nocheck
type Random = () => number;
type Mutation = (text: string, random: Random) => string | Uint8Array;

const pick = <T>(items: readonly T[], random: Random): T => {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
};
const place = (length: number, random: Random) => Math.floor(random() * (length + 1));
const chance = (share: number, random: Random) => random() < share;

/** Words that a hand may slip to, and values that mean something else to YAML, JavaScript or a file system. */
const WORDS = [
  ...['0', '-1', '1e9', '1e309', '.inf', '-.inf', '.nan', '0x10', '0o17', '1_000', '9'.repeat(30), '0.0000001', '-0'],
  ...[
    '500/s',
    '0/s',
    '0.0001/s',
    '200000/s',
    '1us',
    '60m',
    '1kB',
    '16MB',
    '0B',
    'p99 ± 0.5ms',
    'p50 +- 1us',
    '2',
    '100m',
  ],
  ...['null', '~', 'true', 'yes', 'off', '""', "''", '[]', '{}', '[[]]', '{a: {b: {}}}', '? a', '!!str 1', '!!set {a}'],
  ...['&x y', '*x', '<<: *x', '|', '>-', '%YAML 1.1', '---', '...', '- ', ': ', '#', '\t', '2026-11-25', 'документ'],
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', '..', '../../x', '/etc/passwd', 'CON', '</script>'],
  ...['none', 'envoy', 'istio', 'linkerd', 'kubernetes', 'local', 'documented', 'highest', 'constant', 'required'],
  ...['a\u202eb', '\ufeff', '\u0000', '\u001b[2J', '\ud800', '\u2028', '=1+1', 'x'.repeat(70), '😀'],
];
const KEYS = [
  'name',
  'platform',
  'treatments',
  'services',
  'load',
  'blocks',
  'budgets',
  'mesh',
  'settings',
  'mtls',
].concat([
  'arrivalRate',
  'duration',
  'warmUp',
  'pilot',
  'min',
  'max',
  'until',
  'metric',
  'percentile',
  'atMost',
  'for',
  'set',
]);

const onLines =
  (change: (lines: string[], random: Random) => void): Mutation =>
  (text, random) => {
    const lines = text.split('\n');
    change(lines, random);
    return lines.join('\n');
  };

/** Replaces one match of a pattern, where the text has any. */
const onMatch =
  (pattern: RegExp, change: (found: string, random: Random) => string): Mutation =>
  (text, random) => {
    const matches = [...text.matchAll(pattern)];
    if (matches.length === 0) return text;
    const { 0: found, index } = pick(matches, random);
    return text.slice(0, index) + change(found, random) + text.slice(index + found.length);
  };

const TOKEN = /[\w./±-]+/g;

/** What can go wrong with a file, by name. */
export const MUTATIONS: Readonly<Record<string, Mutation>> = {
  'a byte is flipped': (text, random) => {
    const bytes = new TextEncoder().encode(text);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    return bytes;
  },
  'a byte is another': (text, random) => {
    const bytes = new TextEncoder().encode(text);
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
    return bytes;
  },
  'the end is missing': (text, random) => new TextEncoder().encode(text).subarray(0, place(text.length, random)),
  'a line is missing': onLines((lines, random) => lines.splice(place(lines.length, random), 1)),
  'a line stands twice': onLines((lines, random) => {
    const at = Math.floor(random() * lines.length);
    lines.splice(place(lines.length, random), 0, lines[at] ?? '');
  }),
  'two lines are swapped': onLines((lines, random) => {
    const [a, b] = [Math.floor(random() * lines.length), Math.floor(random() * lines.length)];
    [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  }),
  'a line is indented otherwise': onLines((lines, random) => {
    const at = Math.floor(random() * lines.length);
    lines[at] = pick([' ', '  ', '\t', '- ', '? '], random) + (lines[at] ?? '').slice(chance(0.5, random) ? 2 : 0);
  }),
  'a word is another': onMatch(TOKEN, (_, random) => pick(WORDS, random)),
  'a word is quoted': onMatch(TOKEN, (found, random) => pick([`"${found}"`, `'${found}'`, `"${found}`], random)),
  'a word is missing': onMatch(TOKEN, () => ''),
  'a number is extreme': onMatch(/\d+(?:\.\d+)?/g, (_, random) => pick(WORDS.slice(0, 13), random)),
  'a key is another': onMatch(/\w+(?=:)/g, (_, random) => pick(KEYS, random)),
  'a key is misspelt': onMatch(/\w+(?=:)/g, (found, random) => {
    const at = place(found.length - 1, random);
    return found.slice(0, at) + pick(['', 'x', 'X', '-', 'е'], random) + found.slice(at + 1);
  }),
  'a value is within a list or a map': onMatch(/[^\s{}[\],:]+(?=[\s,}\]]|$)/g, (found, random) =>
    pick([`[${found}]`, `{a: ${found}}`, `[[${found}]]`, `[${found}, ${found}]`, `{${found}}`], random),
  ),
  'a value is nested deeply': onMatch(TOKEN, (found, random) => {
    const depth = Math.floor(random() * 40);
    return `${'['.repeat(depth)}${found}${']'.repeat(depth)}`;
  }),
  'a mark is another': onMatch(/[{}[\],:#&*!|>'"%@`-]/g, (_, random) => pick([...'{}[],:#&*!|>\'"%@`-?\n '], random)),
  'something stands in between': (text, random) => {
    const at = place(text.length, random);
    return text.slice(0, at) + pick(WORDS, random) + text.slice(at);
  },
  'a part stands elsewhere': (text, random) => {
    const [from, to, at] = [place(text.length, random), place(text.length, random), place(text.length, random)];
    return text.slice(0, at) + text.slice(Math.min(from, to), Math.max(from, to)) + text.slice(at);
  },
};

const NAMES = Object.keys(MUTATIONS);

/** A file with one to three faults, and what they are. */
export function mutated(text: string, random: Random): { what: string; bytes: Uint8Array } {
  const faults = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(NAMES, random));
  let bytes: Uint8Array = new TextEncoder().encode(text);
  for (const fault of faults) {
    const changed = MUTATIONS[fault]?.(new TextDecoder().decode(bytes), random) ?? bytes;
    bytes = typeof changed === 'string' ? new TextEncoder().encode(changed) : changed;
  }
  return { what: faults.join(', then '), bytes };
}
