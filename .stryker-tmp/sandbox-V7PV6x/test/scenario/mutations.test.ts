// @ts-nocheck
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { decodeUtf8 } from '../../src/scenario/plainText.ts';
import { makePlan } from '../../src/scenario/plan.ts';
import { formatProblem, type Problem } from '../../src/scenario/problem.ts';
import { createRandom } from '../../src/scenario/random.ts';
import { EVERY_KEY } from './everyKey.ts';
import { mutated } from './mutated.ts';

const FOLDER = path.resolve(import.meta.dirname, '../../scenarios');
const SEED = 20_261_125;
const COUNT = 20_000;

const FOR_A_CLUSTER = '  - { mesh: istio, platform: kubernetes, settings: { cpuLimit: 2, memoryRequest: 128Mi } }\n';
const FULL = `# Does it fit, at three rates?\n${EVERY_KEY.replace('services:', `${FOR_A_CLUSTER}services:`)}`;
const ALIASED = `%YAML 1.1
---
name: aliased
treatments: [{ mesh: none, serviceTime: &time 300us }, { mesh: envoy, serviceTime: *time }]
load: &load
  arrivalRate: 100/s
`;

const valid = [
  ...readdirSync(FOLDER)
    .sort()
    .map((name) => readFileSync(path.join(FOLDER, name), 'utf8')),
  FULL,
  ALIASED,
];

/** What is wrong with how a problem is told; undefined where nothing is. */
function faultOf(problem: Problem, text: string): string | undefined {
  const line = text.split('\n')[problem.line - 1];
  if (line === undefined) return `line ${problem.line} is not in the file`;
  if (!(problem.column >= 1 && problem.column <= line.length + 1)) return `column ${problem.column} is not in its line`;
  const told = formatProblem(problem);
  if (told.split('\n').length !== 5) return 'it takes more than five lines';
  if (problem.message === '' || problem.hint === '') return 'it has no message or no hint';
  if (/(?!\n)\p{Cc}|\p{Cs}|[\u202a-\u202e\u2066-\u2069]/u.test(told)) return 'it speaks to the terminal';
  if (/\n {4}at |Error:|Invalid input/.test(told)) return 'it tells of the code behind it';
  for (const word of ['undefined', '[object Object]', 'NaN']) {
    if (told.includes(word) && !text.includes(word) && !/\.nan/i.test(text)) return `it says ${word}`;
  }
  return undefined;
}

/** Through everything that `plan` and the beginning of `run` ask of a scenario. */
function faultIn(text: string, seen: { planned: number; refused: number }): string | undefined {
  const parsed = parseScenario(text, 'mutated.yaml');
  if (!parsed.ok) {
    seen.refused += 1;
    if (parsed.problems.length === 0) return 'it is refused without a problem';
    return parsed.problems.map((problem) => faultOf(problem, text.replace(/^\ufeff/, ''))).find(Boolean);
  }
  seen.planned += 1;
  const plan = makePlan(parsed.scenario, 7);
  const { trials, durationMs } = plan.worstCase();
  if (!(Number.isSafeInteger(trials) && trials > 0)) return `${trials} trials at most`;
  if (!(Number.isFinite(durationMs) && durationMs > 0)) return `${durationMs} ms at most`;
  if (plan.outline().length === 0) return 'no block';
  if (plan.next([], new Set()).kind !== 'deploy') return 'the first step deploys nothing';
  if (/null|NaN|Infinity/.test(JSON.stringify([parsed.scenario.load, plan.pilot(), parsed.scenario.budgets])))
    return 'a number is missing';
  return undefined;
}

describe('a scenario with faults', () => {
  it('begins as one without', () => {
    expect(valid.length).toBeGreaterThanOrEqual(6);
    expect(valid.map((text) => parseScenario(text, 'valid.yaml')).filter(({ ok }) => !ok)).toEqual([]);
  });

  it(`is planned or refused in words, ${COUNT} times`, () => {
    const seen = { planned: 0, refused: 0 };
    for (let number = 0; number < COUNT; number += 1) {
      const text = valid[number % valid.length] ?? '';
      const { what, bytes } = mutated(text, createRandom(SEED + number));
      const decoded = decodeUtf8(bytes);
      const read = decoded.ok ? decoded.text : decoded.lossy;
      let fault: string | undefined;
      try {
        fault = faultIn(read, seen);
        if (!decoded.ok && !(decoded.at >= 0 && decoded.at <= read.length)) fault = 'the place is not in the file';
      } catch (error) {
        fault = error instanceof Error ? error.stack : String(error);
      }
      if (fault !== undefined) expect.fail(`seed ${SEED} + ${number}, ${what}: ${fault}\n${JSON.stringify(read)}`);
    }
    // Either way has to be gone often, or the faults are all of one kind.
    expect(Math.min(seen.planned, seen.refused)).toBeGreaterThan(COUNT / 20);
  }, 240_000);
});
