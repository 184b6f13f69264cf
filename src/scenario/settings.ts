import { z } from 'zod';
import { meshEntry } from '../meshes/index.ts';
import type { SettingSpec } from '../meshes/mesh.ts';
import { CPU_RULES, quantity, SIZE_RULES, whole } from './fields.ts';
import type { Treatment } from './scenario.ts';
import { bytesInWords, millicoresInWords, type Parsed, parseBytes, parseMillicores, shown } from './units.ts';

/** The word for an amount that is not to be set at all. */
const NONE = 'none';

/** What a name may be where Kubernetes takes it for the value of a label. */
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const orNone =
  (parse: (text: string) => Parsed<number>) =>
  (text: string): Parsed<number | typeof NONE> =>
    text.trim() === NONE ? { ok: true, value: NONE } : parse(text);

/** The schema of one setting of a mesh. After parsing, `cpu` is millicores and `memory` bytes, or the word `none`. */
export function settingField(spec: SettingSpec): z.ZodType<string | number> {
  switch (spec.kind) {
    case 'integer': {
      const description = `${spec.about}: ${spec.min} to ${spec.max}, ${spec.default} unless told`;
      return whole({ min: spec.min, max: spec.max }, { description }).default(spec.default);
    }
    case 'choice': {
      const description = `${spec.about}: ${spec.options.join(' or ')}, ${spec.default} unless told`;
      return z.enum(spec.options).meta({ description }).default(spec.default);
    }
    case 'cpu': {
      const about = { description: amountText(spec, '100m or 2'), examples: ['100m', 2, NONE] };
      return quantity(orNone(parseMillicores), CPU_RULES, about).prefault(spec.default);
    }
    case 'memory': {
      const about = { description: amountText(spec, '128Mi'), examples: ['128Mi', NONE] };
      return quantity(orNone(parseBytes), SIZE_RULES, about).prefault(spec.default);
    }
    case 'name':
      return nameSetting(spec);
    case 'version':
      return versionSetting(spec);
  }
}

function amountText({ about, default: usual }: SettingSpec, example: string): string {
  return `${about}: such as ${example}, or ${NONE}; ${usual} unless told`;
}

/** The default may be the empty text, which stands for a name that is not set; nobody has to write that. */
function nameSetting({ about, default: usual }: SettingSpec) {
  const expected = 'lower-case letters, digits and hyphens, none of them at an end, 63 at most';
  const error = (issue: { input?: unknown }) => `expected ${expected}, got ${shown(issue.input)}`;
  const description = `${about}; ${usual === '' ? 'not set' : usual} unless told`;
  return z.string({ error }).regex(LABEL, { error }).meta({ description }).default(String(usual));
}

/** With all three numbers: YAML would take 1.40 for the number 1.4. */
const VERSION = /^\d{1,4}\.\d{1,4}\.\d{1,4}$/;

function versionSetting({ about, example, default: usual }: Extract<SettingSpec, { kind: 'version' }>) {
  const expected = `a version of three numbers such as ${example}`;
  const error = (issue: { input?: unknown }) => `expected ${expected}, got ${shown(issue.input)}`;
  const meta = { description: `${about}: such as ${example}; not set unless told`, examples: [example] };
  return z.string({ error }).regex(VERSION, { error }).meta(meta).default(usual);
}

/** A treatment's settings as they are written in a scenario, `key: value`, without those that are not set. */
export function settingsInWords({ mesh, settings }: Treatment): string[] {
  const specs = meshEntry(mesh).settings;
  return Object.entries(settings).flatMap(([key, value]) => {
    const kind = specs[key]?.kind;
    if ((kind === 'name' || kind === 'version') && value === '') return [];
    return [`${key}: ${settingInWords(kind, value)}`];
  });
}

/** A setting's value as a scenario writes it. */
export function settingInWords(kind: SettingSpec['kind'] | undefined, value: string | number | boolean): string {
  if (typeof value !== 'number') return String(value);
  if (kind === 'cpu') return millicoresInWords(value);
  return kind === 'memory' ? bytesInWords(value) : String(value);
}
