import { InvalidArgumentError } from '@commander-js/extra-typings';

/** Value of a flag that takes a whole number. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is needed, such as 42');
  return Number(text);
}

/** Value of a flag that counts things of which there has to be one. */
export function countFrom1(text: string): number {
  if (!/^0*[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on is needed, such as 100');
  return Number(text);
}
