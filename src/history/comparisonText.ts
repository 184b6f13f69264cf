import { styleText } from 'node:util';
import { absentText, figureOf, figureText } from '../analysis/figure.ts';
import { countOf } from '../analysis/wording.ts';
import { isMissing, type Measured } from '../record/measured.ts';
import { padded, wrap } from '../report/text.ts';
import { differenceText, type FieldComparison } from './comparability.ts';
import type { QuantityComparison, RunComparison } from './comparison.ts';
import { amountText } from './rows.ts';

const WIDTH = 80;

/** Two runs side by side for a terminal; where they must not be compared and are, the first line says so. */
export function renderComparison(comparison: RunComparison, options: { colour: boolean }): string {
  const bold = (text: string) => (options.colour ? styleText('bold', text, { validateStream: false }) : text);
  const { base, head, obstacles, conclusion } = comparison;
  const unlike =
    obstacles.length === 0
      ? []
      : wrap(
          `These runs are not comparable, and are compared all the same, as --allow-different-environment asks: ${obstacles.map(differenceText).join('; ')}.`,
          WIDTH,
        ).map(bold);
  const parts = [
    [...unlike, ...wrap(`? ${conclusion.sentence}`, WIDTH).map(bold)],
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

const bullet = (text: string): string[] => wrap(text, WIDTH, { first: '  - ', rest: '    ' });

/** What neither run has is counted, and not listed. */
function quantityParts(quantities: readonly QuantityComparison[], bold: (text: string) => string): string[][] {
  const either = quantities.filter(({ base, head }) => !isMissing(base) || !isMissing(head));
  const groups = [...new Set(either.map(({ group }) => group))];
  const parts = groups.map((group) => [
    ...wrap(group, WIDTH).map(bold),
    ...either.filter((each) => each.group === group).flatMap(quantityLines),
  ]);
  const neither = quantities.length - either.length;
  const left = neither === 0 ? [] : [wrap(`${countOf(neither, 'figure')} that neither run has are left out`, WIDTH)];
  return [...parts, ...left];
}

function quantityLines({ what, unit, base, head, difference, share }: QuantityComparison): string[] {
  const rest = ' '.repeat(11);
  const line = (label: string, text: string) => wrap(text, WIDTH, { first: `    ${padded(label, 7)}`, rest });
  return [
    ...wrap(what, WIDTH, { first: '  ', rest: '    ' }),
    ...line('base', figureText(figureOf(unit, base))),
    ...line('head', figureText(figureOf(unit, head))),
    ...line('change', differenceLine(unit, difference, share)),
  ];
}

function differenceLine(
  unit: QuantityComparison['unit'],
  difference: Measured<number>,
  share: Measured<number>,
): string {
  if (isMissing(difference)) return absentText(difference.missing);
  const sign = difference > 0 ? '+' : '';
  const percent = isMissing(share) ? '' : `, ${sign}${(100 * share).toFixed(1)} %`;
  return `${sign}${amountText(unit, difference)}${percent}, without an interval`;
}

const ANSWERS = {
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
      first: `  ${padded(ANSWERS[answer], 9)}`,
      rest: ' '.repeat(13),
    });
  });
  return [bold('Environment, base | head'), ...lines];
}
