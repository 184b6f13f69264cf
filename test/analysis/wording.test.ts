import { expect, test } from 'vitest';
import { countOf, intervalNumbers, listText, msText, rateText, shareText } from '../../src/analysis/wording.ts';

test('counts, rates, shares and times are short and have their thousands apart', () => {
  expect([countOf(1, 'trial'), countOf(0, 'trial'), countOf(1234567, 'request')]).toEqual([
    '1 trial',
    '0 trials',
    '1,234,567 requests',
  ]);
  expect([rateText(500), rateText(1000), rateText(999.96), rateText(12.34)]).toEqual([
    '500/s',
    '1,000/s',
    '1,000/s',
    '12.3/s',
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

test.each([
  [{ point: 0.523, low: 0.4912, high: 0.5523 }, undefined, { point: '0.52', low: '0.49', high: '0.55' }],
  [{ point: 12.34, low: 4.2, high: 18.9 }, undefined, { point: '12', low: '4', high: '19' }],
  [{ point: -0.001, low: -0.3, high: 0.3 }, undefined, { point: '0.0', low: '-0.3', high: '0.3' }],
  [{ point: 2, low: 2, high: 2 }, undefined, { point: '2.000', low: '2.000', high: '2.000' }],
  // Rounded to one decimal the upper bound would stand on the budget, which it is under.
  [{ point: 4.5, low: 4.1, high: 4.96 }, 5, { point: '4.50', low: '4.10', high: '4.96' }],
])('an interval is printed with the digits that it speaks for: %o', (estimate, limit, expected) => {
  expect(intervalNumbers(estimate, 3, limit)).toEqual(expected);
});
