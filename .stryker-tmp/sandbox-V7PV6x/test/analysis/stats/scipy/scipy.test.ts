// @ts-nocheck
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askScipy, type Reference, whyNoScipy } from './askScipy.ts';
import { casesOf, disagreements, RECORDED_SEEDS } from './cases.ts';

const recorded: Reference = JSON.parse(readFileSync(path.join(import.meta.dirname, 'recorded.json'), 'utf8'));
const cases = RECORDED_SEEDS.flatMap(casesOf);

describe('the estimators agree with scipy to 1e-9', () => {
  it('over the recorded answers', () => {
    expect(recorded.answers).toHaveLength(cases.length);
    expect(disagreements(cases, recorded.answers)).toEqual([]);
  });

  it('over fresh samples', (context) => {
    const reason = whyNoScipy();
    if (reason !== undefined) return context.skip(reason);
    const fresh = [11, 12, 13, 14, 15, 16].flatMap(casesOf);
    expect(disagreements(fresh, askScipy(fresh).answers)).toEqual([]);
  });

  it('and a difference of 1e-8 in any one number would be found', () => {
    for (const [at, answer] of recorded.answers.entries()) {
      for (const place of answer.keys()) {
        const moved = answer.map((value, other) =>
          other === place ? value + 1e-8 * Math.max(1, Math.abs(value)) : value,
        );
        expect(disagreements(cases.slice(at, at + 1), [moved])).toHaveLength(1);
      }
    }
  });
});
