import { expect, test } from 'vitest';
import { countOf, listText, msText, shareText } from '../../src/analysis/wording.ts';

test('counts, shares and times are short and have their thousands apart', () => {
  expect([countOf(1, 'trial'), countOf(0, 'trial'), countOf(1234567, 'request')]).toEqual([
    '1 trial',
    '0 trials',
    '1,234,567 requests',
  ]);
  const shares = [0, 0.00001, 0.0001, 0.0004, 0.00099, 0.001, 0.0015, 0.0137, 1];
  expect(shares.map(shareText)).toEqual([
    '0 %',
    'under 0.01 %',
    '0.01 %',
    '0.04 %',
    '0.1 %',
    '0.1 %',
    '0.1 %',
    '1.4 %',
    '100 %',
  ]);
  expect([msText(8200), msText(1_500_000)]).toEqual(['8.2 ms', '1,500 ms']);
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listText)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});
