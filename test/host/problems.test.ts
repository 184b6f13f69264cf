import { describe, expect, it } from 'vitest';
import { EXIT_CODES, reasonOf, UserError } from '../../src/host/problems.ts';

describe('problems', () => {
  it('carry their exit code, a hint and what caused them', () => {
    const cause = new Error('below');
    const error = new UserError('it does not work', { exitCode: 3, hint: 'try this', cause });
    expect(error).toBeInstanceOf(Error);
    expect({ ...error, message: error.message, cause: error.cause }).toEqual({
      name: 'UserError',
      message: 'it does not work',
      exitCode: 3,
      hint: 'try this',
      cause,
    });
    expect(new UserError('short', { exitCode: 2 }).hint).toBeUndefined();
  });

  it('are told on one line whatever was thrown', () => {
    expect(reasonOf(new Error(' first\n  second\t third '))).toBe('first second third');
    expect(reasonOf('a text')).toBe('a text');
    expect(reasonOf(undefined)).toBe('undefined');
    expect(reasonOf({ code: 1 })).toBe('[object Object]');
  });

  it('end the program in ways that are each listed once', () => {
    expect(EXIT_CODES.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 70, 130]);
    expect(EXIT_CODES.filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});
