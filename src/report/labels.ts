import type { BudgetVerdict, Conclusion, GateAnswer, VerdictWord } from '../analysis/result.ts';

/** How an answer looks: a sign and words, so that it never hangs on colour alone. */
export interface Badge {
  tone: 'good' | 'bad' | 'open' | 'neutral';
  sign: string;
  text: string;
}

export const OUTCOMES = {
  within: { tone: 'good', sign: '✓', text: 'Within budget' },
  over: { tone: 'bad', sign: '✗', text: 'Over budget' },
  inconclusive: { tone: 'open', sign: '?', text: 'Inconclusive' },
  unconfirmed: { tone: 'open', sign: '?', text: 'Over, not confirmed' },
  'no-budget': { tone: 'neutral', sign: '•', text: 'No required budget' },
  'not-comparable': { tone: 'open', sign: '?', text: 'Not comparable' },
} as const satisfies Record<Conclusion['outcome'], Badge>;

export const VERDICTS = {
  within: { tone: 'good', sign: '✓', text: 'within' },
  over: { tone: 'bad', sign: '✗', text: 'over' },
  inconclusive: { tone: 'open', sign: '?', text: 'inconclusive' },
} as const satisfies Record<VerdictWord, Badge>;

export const GATE_ANSWERS = {
  pass: { tone: 'good', sign: '✓', text: 'pass' },
  fail: { tone: 'bad', sign: '✗', text: 'fail' },
  'not-measured': { tone: 'open', sign: '?', text: 'not measured' },
} as const satisfies Record<GateAnswer, Badge>;

export const PROOF_ANSWERS = {
  holds: { tone: 'good', sign: '✓', text: 'proven' },
  broken: { tone: 'bad', sign: '✗', text: 'not proven' },
} as const satisfies Record<string, Badge>;

export const ROLES = {
  proxy: 'proxy',
  'proxy-agent': 'proxy agent',
  application: 'sample service',
  driver: 'load driver',
} as const;

export const GATE_KINDS = { machine: 'the machine', load: 'the load', proof: 'the proof' } as const;

/** Without a required budget a run may still be none to go by: then it is no neutral one. */
export function outcomeBadge({ outcome, exitCode }: Pick<Conclusion, 'outcome' | 'exitCode'>): Badge {
  if (outcome === 'no-budget' && exitCode !== 0) return { tone: 'open', sign: '?', text: 'Inconclusive' };
  return OUTCOMES[outcome];
}

/** What is over on a required line, and was not confirmed, is not what a run fails on. */
export function verdictBadge({ verdict, line, confirmation }: BudgetVerdict): Badge {
  const isOpen = verdict === 'over' && line.role === 'required' && confirmation?.state === 'not-tried';
  return isOpen ? { tone: 'open', sign: '?', text: 'over, not confirmed' } : VERDICTS[verdict];
}
