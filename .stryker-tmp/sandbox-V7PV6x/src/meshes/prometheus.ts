/** One line of Prometheus' text format. */
// @ts-nocheck

export interface Sample {
  name: string;
  labels: ReadonlyMap<string, string>;
  value: number;
}

/** Which samples are meant, as PromQL writes it: `name{label="value",other!="value"}`. */
export interface Selector {
  name: string;
  matchers: readonly { label: string; isNot: boolean; value: string }[];
}

const METRIC = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const SAMPLE = new RegExp(`^(${METRIC})(?:\\{(.*)\\})?\\s+(\\S+)(?:\\s+-?\\d+(?:\\.\\d+)?)?$`);
const SELECTOR = new RegExp(`^(${METRIC})(?:\\{(.*)\\})?$`);
const PAIR = /([a-zA-Z_][a-zA-Z0-9_]*)(!?=)"((?:[^"\\]|\\.)*)"(?:,|$)/y;
const NUMBERS: Readonly<Record<string, number>> = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity };

/**
 * Reads Prometheus' text format, and OpenMetrics' as far as they agree.
 *
 * @throws on a line that is neither, and on a text without any sample: an empty answer, as a refused scrape has it,
 * must not read as counters that stand at nothing
 */
export function parsePrometheus(text: string): Sample[] {
  const lines = text.split('\n').map((line) => line.trim());
  const samples = lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseSample);
  if (samples.length === 0) throw new Error('not Prometheus text: it holds no sample');
  return samples;
}

function parseSample(line: string): Sample {
  const [, name, labels = '', number] = SAMPLE.exec(line) ?? [];
  const pairs = parsePairs(labels);
  const value = number === undefined ? undefined : (NUMBERS[number] ?? Number(number));
  const isOdd = value === undefined || (Number.isNaN(value) && number !== 'NaN');
  if (name === undefined || isOdd || pairs === undefined || pairs.some(({ isNot }) => isNot)) {
    throw new Error(`not Prometheus text: ${JSON.stringify(line.slice(0, 60))}`);
  }
  return { name, labels: new Map(pairs.map(({ label, value: text }) => [label, text])), value };
}

/** @throws on a text that is no selector */
export function parseSelector(text: string): Selector {
  const [, name, labels = ''] = SELECTOR.exec(text) ?? [];
  const matchers = parsePairs(labels);
  if (name === undefined || matchers === undefined) throw new Error(`not a selector: ${text}`);
  return { name, matchers };
}

/** The label pairs between braces; undefined where there is anything else between them. */
function parsePairs(text: string): { label: string; isNot: boolean; value: string }[] | undefined {
  const pairs = [];
  let at = 0;
  while (at < text.length) {
    PAIR.lastIndex = at;
    const [whole, label, operator, value] = PAIR.exec(text) ?? [];
    if (whole === undefined || label === undefined || value === undefined) return undefined;
    pairs.push({ label, isNot: operator === '!=', value: unescaped(value) });
    at += whole.length;
  }
  return pairs;
}

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) => (character === 'n' ? '\n' : character));
}

/** The samples' sum; null where there is none. As in PromQL, a label that a sample does not have is the empty text. */
export function sumSelected(samples: readonly Sample[], { name, matchers }: Selector): number | null {
  const selected = samples.filter(
    (sample) =>
      sample.name === name &&
      matchers.every(({ label, isNot, value }) => ((sample.labels.get(label) ?? '') === value) !== isNot),
  );
  return selected.length === 0 ? null : selected.reduce((sum, { value }) => sum + value, 0);
}
