import { ABSENT } from '../analysis/figure.ts';
import type { Knob } from '../analysis/knobs.ts';
import type { KnobValue } from '../analysis/knobValues.ts';
import type { RunAnalysis } from '../analysis/result.ts';
import { listText } from '../analysis/wording.ts';
import { isMissing, type Measured } from '../record/measured.ts';

/** How a cell reads: the value, and how it is known or why not. */
export interface KnobCellText {
  value: string;
  basis: string;
}

export interface KnobRow {
  title: string;
  /** In the order of the table's treatments. */
  cells: readonly KnobCellText[];
}

/** The knobs in which treatments differ, one row each. */
export function knobRows({ knobs }: RunAnalysis): KnobRow[] {
  return knobs.differing.map(({ title, cells }) => ({ title, cells: cells.map(({ value }) => cellText(value)) }));
}

/** @returns `2 (observed)`, or a dash with its reason */
export function cellLine({ value, basis }: KnobCellText): string {
  return `${value} (${basis})`;
}

function cellText(value: Measured<KnobValue>): KnobCellText {
  return isMissing(value)
    ? { value: ABSENT, basis: `not known: ${value.missing}` }
    : { value: value.text, basis: value.basis };
}

/** Which profile the settings follow. */
export function profileText({ knobs }: RunAnalysis): string {
  return knobs.profile === null
    ? "No profile: a treatment's settings are its own, and else those of its mesh's entry."
    : `Profile ${knobs.profile.id}: ${knobs.profile.title}; a treatment's own settings go before it.`;
}

/** What is alike, and what is not known, after the rows of what differs; one sentence each. */
export function knobSentences({ knobs }: RunAnalysis): string[] {
  const [only, ...others] = knobs.treatments;
  if (only === undefined) return [];
  const isAlone = others.length === 0;
  const alike = gathered(knobs.alike.map((knob) => ({ of: basesOf(knob), what: alikeText(knob) })));
  const unknown = gathered(knobs.notKnown.map((knob) => ({ of: unknownText(knob), what: knob.title })));
  return [
    ...(knobs.differing.length === 0 && !isAlone ? ['Nothing that is known of the treatments differs.'] : []),
    ...alike.map(({ of, what }) => `${isAlone ? `${only} alone has proxies` : 'Alike'}, ${of}: ${what.join('; ')}.`),
    ...unknown.map(({ of, what }) => `Not known: ${listText(what)} (${of}).`),
  ];
}

/** Those of one kind together, in the order in which the kinds first come. */
function gathered(items: readonly { of: string; what: string }[]): { of: string; what: string[] }[] {
  const kinds = [...new Set(items.map(({ of }) => of))];
  return kinds.map((of) => ({ of, what: items.filter((each) => each.of === of).map(({ what }) => what) }));
}

function valuesOf({ cells }: Knob): KnobValue[] {
  return cells.flatMap(({ value }) => (isMissing(value) ? [] : [value]));
}

function basesOf(knob: Knob): string {
  return [...new Set(valuesOf(knob).map(({ basis }) => basis))].join(' or ');
}

/** Ranges of counts may be alike without being the same. */
function alikeText(knob: Knob): string {
  return `${knob.title} ${[...new Set(valuesOf(knob).map(({ text }) => text))].join(' against ')}`;
}

/** Whose it is not known of, and why; the same reason once. */
function unknownText({ cells }: Knob): string {
  const missing = cells.flatMap(({ treatment, value }) =>
    isMissing(value) ? [{ treatment, why: value.missing }] : [],
  );
  const told = [...new Set(missing.map(({ why }) => why))].map((why) => {
    const whose = missing.filter((each) => each.why === why).map(({ treatment }) => treatment);
    return whose.length === cells.length ? why : `${listText(whose)}: ${why}`;
  });
  return told.join('; ');
}
