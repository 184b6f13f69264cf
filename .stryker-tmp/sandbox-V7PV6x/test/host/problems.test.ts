// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { EXIT_CODES, machineFault, reasonOf, UserError } from '../../src/host/problems.ts';

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

  it('tell a failed system call, however deep, from a bug', () => {
    const full = Object.assign(new Error("ENOSPC: no space left, write '/a'"), { code: 'ENOSPC', syscall: 'write' });
    expect(machineFault(new Error('trial 3', { cause: full }), 4)).toMatchObject({
      message: 'trial 3',
      exitCode: 4,
      hint: expect.stringContaining('free some space'),
    });
    expect(machineFault(full, 3)?.message).toBe("ENOSPC: no space left, write '/a'");
    // Node gives its own errors a code as well, but no system call.
    expect(machineFault(Object.assign(new Error('bad'), { code: 'ERR_INVALID_ARG_TYPE' }), 3)).toBeUndefined();
    expect(machineFault(new TypeError('x is not a function'), 3)).toBeUndefined();
    expect(machineFault('a text', 3)).toBeUndefined();
  });

  it('end the program in ways that are each listed once', () => {
    expect(EXIT_CODES.map(({ code }) => code)).toEqual([0, 1, 2, 3, 4, 70, 130]);
    expect(EXIT_CODES.filter(({ meaning }) => meaning === '')).toEqual([]);
  });
});
