// @ts-nocheck
import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Value of a flag that takes a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed, such as 42');
  return Number(text);
}
