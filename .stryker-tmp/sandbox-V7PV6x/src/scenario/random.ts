/**
 * Seeded random numbers for the plan and for arrival schedules.
 * This file imports nothing: it also travels inside the agent's bundle.
 */
// @ts-nocheck


/** Fractional part of the golden ratio times 2^32: the Weyl increment of the splitmix family. */
const GOLDEN = 0x9e3779b9;

/** The finaliser of MurmurHash3 (A. Appleby, public domain): a bijection on 32-bit integers. */
function fmix32(value: number): number {
  let h = value >>> 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Both halves of a seed count, so that seeds above 2^32 do not fall together. */
function foldSeed(seed: number): number {
  const high = Math.floor(seed / 2 ** 32) >>> 0;
  return fmix32((seed >>> 0) ^ fmix32(high));
}

function rotateLeft(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

/**
 * xoshiro128** 1.1 by D. Blackman and S. Vigna ("Scrambled linear pseudorandom number generators", ACM TOMS 47(4), 2021).
 * @param state four 32-bit words, not all zero
 * @returns a generator of whole numbers from 0 to 2^32 - 1
 */
export function xoshiro128(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return result;
  };
}

/**
 * A generator of numbers in [0, 1) with 53 random bits: xoshiro128**, its state filled by splitmix32.
 * @param seed a whole number; the same seed gives the same sequence on every machine
 */
export function createRandom(seed: number): () => number {
  const start = foldSeed(seed);
  // Four steps of a bijection over distinct inputs: at most one word can be zero.
  const word = (step: number) => fmix32(start + Math.imul(step, GOLDEN));
  const next = xoshiro128([word(1), word(2), word(3), word(4)]);
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
}

/** The items in random order (Fisher and Yates); the given list stays as it is. */
export function shuffle<T>(items: readonly T[], random: () => number): T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(random() * left.length), 1));
  return order;
}

/**
 * A seed of its own for the `index`-th use of a stream: by hashing, so that it does not depend on what was drawn before.
 * For one seed and stream, different indices always give different results, since every step is a bijection.
 * @returns a whole number from 0 to 2^32 - 1
 */
export function deriveSeed(seed: number, stream: number, index: number): number {
  return fmix32(fmix32(foldSeed(seed) + Math.imul(stream, GOLDEN)) + index);
}
