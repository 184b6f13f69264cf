import { styleText } from 'node:util';
import { absentText, figureOf, figureText } from '../analysis/figure.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { padded, WIDTH, wrap } from '../report/text.ts';
import { differenceText, type FieldComparison } from './comparability.ts';
import type { QuantityComparison, RunComparison } from './comparison.ts';
import { amountText } from './rows.ts';

/** Two runs side by side for a terminal; where they must not be compared and are, the first line says so. */
export function renderComparison(comparison: RunComparison, options: { colour: boolean }): string {
  const bold = (text: string) => (options.colour ? styleText('bold', text, { validateStream: false }) : text);
  const { base, head, conclusion } = comparison;
  const unlike = unlikeText(comparison);
  const parts = [
    [
      ...(unlike === undefined ? [] : wrap(unlike, WIDTH).map(bold)),
      ...wrap(`? ${conclusion.sentence}`, WIDTH).map(bold),
    ],
    wrap(`base ${base.runId} (${base.scenario}), head ${head.runId} (${head.scenario})`, WIDTH, {
      first: '',
      rest: '  ',
    }),
    ...quantityParts(comparison.quantities, bold),
    environmentPart(comparison.environment, bold),
    [bold('What would settle it'), ...conclusion.settledBy.flatMap((way) => bullet(way))],
  ];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** What is said first where two runs must not be compared and are; undefined where they may be. */
export function unlikeText({ obstacles }: Pick<RunComparison, 'obstacles'>): string | undefined {
  if (obstacles.length === 0) return undefined;
  return `These runs are not comparable, and are compared all the same, as --allow-different-environment asks: ${obstacles.map(differenceText).join('; ')}.`;
}

/** What neither run has is counted, and not listed. */
export function presentIn(quantities: readonly QuantityComparison[]): {
  present: QuantityComparison[];
  left: string | undefined;
} {
  const present = quantities.filter(({ base, head }) => !isMissing(base) || !isMissing(head));
  const neither = quantities.length - present.length;
  const left = neither === 0 ? undefined : `${countOf(neither, 'figure')} that neither run has are left out`;
  return { present, left };
}

const bullet = (text: string): string[] => wrap(text, WIDTH, { first: '  - ', rest: '    ' });

function quantityParts(quantities: readonly QuantityComparison[], bold: (text: string) => string): string[][] {
  const { present, left } = presentIn(quantities);
  const groups = [...new Set(present.map(({ group }) => group))];
  const parts = groups.map((group) => [
    ...wrap(group, WIDTH).map(bold),
    ...present.filter((each) => each.group === group).flatMap(quantityLines),
  ]);
  return [...parts, ...(left === undefined ? [] : [wrap(left, WIDTH)])];
}

function quantityLines({ what, unit, base, head, difference, share }: QuantityComparison): string[] {
  const rest = ' '.repeat(11);
  const line = (label: string, text: string) => wrap(text, WIDTH, { first: `    ${padded(label, 7)}`, rest });
  return [
    ...wrap(what, WIDTH, { first: '  ', rest: '    ' }),
    ...line('base', figureText(figureOf(unit, base))),
    ...line('head', figureText(figureOf(unit, head))),
    ...line('change', changeLine(changeText(unit, difference, share))),
  ];
}

const changeLine = (change: Measured<string>): string =>
  isMissing(change) ? absentText(change.missing) : `${change}, without an interval`;

/** `+0.150 ms, +25.0 %` */
export function changeText(
  unit: QuantityComparison['unit'],
  difference: Measured<number>,
  share: Measured<number>,
): Measured<string> {
  if (isMissing(difference)) return difference;
  const sign = difference > 0 ? '+' : '';
  const percent = isMissing(share) ? '' : `, ${sign}${(100 * share).toFixed(1)} %`;
  return `${sign}${amountText(unit, difference)}${percent}`;
}

export const FIELD_ANSWERS = {
  same: 'same',
  alike: 'alike',
  differs: 'DIFFERS',
  unknown: 'unknown',
} as const satisfies Record<FieldComparison['answer'], string>;

function environmentPart(fields: readonly FieldComparison[], bold: (text: string) => string): string[] {
  const told = (value: Measured<string>) => (isMissing(value) ? absentText(value.missing) : value);
  const lines = fields.flatMap(({ id, title, matters, answer, base, head }) => {
    const name = `${title}${matters ? '' : ' (told only)'}`;
    // A digest says nothing to people.
    const values = id === 'scenario' ? '' : answer === 'same' ? told(base) : `${told(base)} | ${told(head)}`;
    return wrap(`${name}: ${values}`.replace(/: $/, ''), WIDTH, {
      first: `  ${padded(FIELD_ANSWERS[answer], 9)}`,
      rest: ' '.repeat(13),
    });
  });
  return [bold('Environment, base | head'), ...lines];
}
