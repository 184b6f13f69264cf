import type { BudgetVerdict, RunAnalysis } from '../analysis/result.ts';
import { countOf } from '../analysis/wording.ts';
import { type Badge, outcomeBadge } from './labels.ts';
import { budgetRows } from './table.ts';

type Level = 'error' | 'warning' | 'notice';

/** GitHub shows this many of each level for one step, and silently leaves out the rest (docs: workflow commands, limits). */
const SHOWN_OF_A_LEVEL = 10;

const LEVEL_OF: Record<Badge['tone'], Level> = { good: 'notice', neutral: 'notice', open: 'warning', bad: 'error' };

interface Annotation {
  level: Level;
  title: string;
  message: string;
}

/**
 * The answer, and each budget line that is not within, as GitHub's workflow commands: a line each, which a job that prints
 * them shows as annotations. An advisory line is never more than a notice.
 */
export function renderAnnotations(analysis: RunAnalysis): string {
  const { tone, text } = outcomeBadge(analysis.conclusion);
  const whole: Annotation = {
    level: LEVEL_OF[tone],
    title: `meshtax ${analysis.scenario.name}: ${text}`,
    message: analysis.conclusion.sentence,
  };
  const lines = budgetRows(analysis).flatMap((row, index): Annotation[] => {
    const verdict = analysis.verdicts[index];
    if (verdict === undefined || verdict.verdict === 'within') return [];
    const title = `${row.verdict.text}: ${row.subject} of ${row.treatment} at ${row.rate}`;
    return [{ level: levelOf(verdict), title, message: `${row.limit}; ${row.because}` }];
  });
  return shown([whole, ...lines])
    .map(command)
    .join('');
}

function levelOf({ line, verdict, confirmation }: BudgetVerdict): Level {
  if (line.role === 'advisory') return 'notice';
  return verdict === 'over' && confirmation?.state === 'confirmed' ? 'error' : 'warning';
}

/** As many of each level as are shown; the last of them counts those that are not. */
function shown(annotations: readonly Annotation[]): Annotation[] {
  return (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const own = annotations.filter((each) => each.level === level);
    if (own.length <= SHOWN_OF_A_LEVEL) return own;
    const kept = own.slice(0, SHOWN_OF_A_LEVEL - 1);
    const rest = countOf(own.length - kept.length, 'more line');
    return [...kept, { level, title: `meshtax: ${rest}`, message: 'The job summary and the report have them all.' }];
  });
}

/** `::error title=…::…`, escaped as the runner reads it: % and line ends everywhere, colon and comma in a property. */
function command({ level, title, message }: Annotation): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${level} title=${property(title)}::${data(message)}\n`;
}
