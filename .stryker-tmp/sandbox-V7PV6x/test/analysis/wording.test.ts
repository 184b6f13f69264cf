// @ts-nocheck
import { expect, test } from 'vitest';
import { countOf, listText, msText, shareText } from '../../src/analysis/wording.ts';

test('counts, shares and times are short and have their thousands apart', () => {
  expect([countOf(1, 'trial'), countOf(0, 'trial'), countOf(1234567, 'request')]).toEqual([
    '1 trial',
    '0 trials',
    '1,234,567 requests',
  ]);
  expect([shareText(0), shareText(0.00001), shareText(0.0004), shareText(0.0137), shareText(1)]).toEqual([
    '0 %',
    'under 0.01 %',
    '0.04 %',
    '1.4 %',
    '100 %',
  ]);
  expect([msText(8200), msText(1_500_000)]).toEqual(['8.2 ms', '1,500 ms']);
  expect([listText([]), listText(['a']), listText(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
});
