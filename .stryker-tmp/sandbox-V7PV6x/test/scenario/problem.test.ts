// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  editDistance,
  formatPath,
  formatProblem,
  inFileOrder,
  nearest,
  toProblem,
} from '../../src/scenario/problem.ts';

const finding = { path: ['load', 'arrivalRate'], message: 'expected a rate', hint: 'write 500/s' };

function problemFor(text: string, part: string) {
  const from = text.indexOf(part);
  return toProblem({ file: 's.yaml', text }, { from, to: from + part.length }, finding);
}

describe('problems', () => {
  it('print as file, place, path, message, the line with carets, hint and code', () => {
    expect(formatProblem(problemFor('name: x\nload:\n  arrivalRate: fast\n', 'fast'))).toBe(
      [
        'error: s.yaml:3:16  load.arrivalRate: expected a rate',
        '    3 |   arrivalRate: fast',
        '      |                ^^^^',
        '  hint: write 500/s',
        '  code: SCENARIO_INVALID',
      ].join('\n'),
    );
  });

  it('leave out the path where the whole file is meant', () => {
    const problem = toProblem({ file: 's.yaml', text: 'x' }, { from: 0, to: 1 }, { ...finding, path: [] });
    expect(formatProblem(problem).split('\n')[0]).toBe('error: s.yaml:1:1  expected a rate');
  });

  it('mark only the first line of what goes over several', () => {
    expect(problemFor('a:\n  b: 1\n  c: 2\n', 'b: 1\n  c: 2').excerpt).toBe('    2 |   b: 1\n      |   ^^^^');
  });

  it('keep the caret in place beside tabs and Windows line ends', () => {
    expect(problemFor('a:\r\nb:\tfast\r\n', 'fast').excerpt).toBe('    2 | b: fast\n      |    ^^^^');
  });

  it('let no control character through to the terminal', () => {
    expect(problemFor('a: \u001b[31mfast\u0007', 'fast').excerpt).toBe(
      '    1 | a: \ufffd[31mfast\ufffd\n      |         ^^^^',
    );
  });

  it('show only the part of a long line around the fault', () => {
    const { excerpt, column } = problemFor(`${'x'.repeat(5000)}fast${'y'.repeat(5000)}`, 'fast');
    const [line = '', carets = ''] = excerpt.split('\n');
    expect(column).toBe(5001);
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('fast');
    expect(line.length).toBeLessThan(125);
  });

  it('come in the order of the file', () => {
    const text = 'aa bb\ncc';
    const [a, b, c] = ['aa', 'bb', 'cc'].map((part) => problemFor(text, part));
    expect(inFileOrder([c, b, a].flatMap((problem) => problem ?? []))).toEqual([a, b, c]);
  });

  it('write paths with dots and brackets', () => {
    expect(formatPath(['treatments', 1, 'settings', 'mtls'])).toBe('treatments[1].settings.mtls');
    expect(formatPath([])).toBe('');
    expect(formatPath([0, 'metric'])).toBe('[0].metric');
  });
});

describe('did-you-mean', () => {
  it('counts the edits between two words', () => {
    expect([editDistance('kitten', 'sitting'), editDistance('', 'abc'), editDistance('abc', '')]).toEqual([3, 3, 3]);
  });

  it('has a distance of 0 exactly between equal words, the same both ways, and no shortcut through a third', () => {
    const word = fc.string({ maxLength: 8 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });

  it('guesses near words only', () => {
    const known = ['platform', 'treatments', 'load'];
    expect(['platfrom', 'Load', 'treatment', 'budget', 'x'.repeat(500)].map((word) => nearest(word, known))).toEqual([
      'platform',
      'load',
      'treatments',
      undefined,
      undefined,
    ]);
  });
});
