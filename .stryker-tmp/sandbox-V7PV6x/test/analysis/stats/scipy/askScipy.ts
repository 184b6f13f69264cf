// @ts-nocheck
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Case } from './cases.ts';

export interface Reference {
  scipy: string;
  answers: number[][];
}

/** Why the second implementation cannot be asked here; undefined where it can. */
export function whyNoScipy(): string | undefined {
  const tried = spawnSync('python3', ['-c', 'import numpy, scipy.stats'], { encoding: 'utf8' });
  if (tried.error !== undefined) return `python3 does not start: ${tried.error.message}`;
  return tried.status === 0 ? undefined : `python3 has no scipy: ${tried.stderr.trim().split('\n').at(-1)}`;
}

/** Runs reference.py over the cases. @throws with what it printed, where it fails */
export function askScipy(cases: readonly Case[]): Reference {
  const script = path.join(import.meta.dirname, 'reference.py');
  const ended = spawnSync('python3', [script], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  });
  if (ended.status !== 0) throw new Error(`reference.py failed: ${ended.stderr}`);
  return JSON.parse(ended.stdout);
}
