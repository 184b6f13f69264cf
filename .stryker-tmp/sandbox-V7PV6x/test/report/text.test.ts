// @ts-nocheck
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columns, printable, visible, wrap } from '../../src/report/text.ts';

describe('visible', () => {
  it('shows control characters and direction overrides as marks, and leaves line ends', () => {
    expect(visible('a\u001b[2Jb\u202ec\u0007d\ne\tf')).toBe('a\ufffd[2Jb\ufffdc\ufffdd\ne\tf');
  });
});

describe('wrap', () => {
  it('breaks at spaces and hangs the lines that follow', () => {
    expect(wrap('one two three four', 10, { first: '- ', rest: '  ' })).toEqual(['- one two', '  three', '  four']);
  });

  it('cuts a word that is longer than a line', () => {
    expect(wrap('ab abcdefghijkl', 5)).toEqual(['ab', 'abcde', 'fghij', 'kl']);
  });

  it('counts wide characters as two columns and combining marks as none', () => {
    expect([columns('網格'), columns('e\u0301'), columns('ab')]).toEqual([4, 1, 2]);
    expect(wrap('網格網格', 5)).toEqual(['網格', '網格']);
  });

  it('keeps every line within the width and every character of the text, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 12, max: 80 }), (text, width) => {
        const lines = wrap(text, width, { first: '  - ', rest: '    ' });
        expect(Math.max(...lines.map(columns))).toBeLessThanOrEqual(width);
        expect(
          lines
            .map((line) => line.slice(4))
            .join('')
            .replaceAll(' ', ''),
        ).toBe(printable(text).replaceAll(' ', ''));
      }),
    );
  });
});
