import { describe, expect, test } from 'vitest';
import { answerOf, type Scene, scene } from '../fixtures/scene.ts';

/** The scene, with workers that took so many connections each during the trial. */
function dealt(client: readonly number[], server: readonly number[]): Scene {
  const subject = scene();
  const hops = [
    ['client', client],
    ['server', server],
  ] as const;
  subject.deployment.expectation.workerCounters = hops.flatMap(([hop, taken]) =>
    taken.map((_, worker) => ({ hop, worker, counter: `worker ${worker}` })),
  );
  subject.trial.counters = hops.map(([hop, taken]) => ({
    hop,
    before: Object.fromEntries(taken.map((_, worker) => [`worker ${worker}`, 5])),
    after: Object.fromEntries(taken.map((count, worker) => [`worker ${worker}`, 5 + count])),
  }));
  return subject;
}

describe("the workers' connections", () => {
  test('may fall as 1 of 10,000 trials would have them by chance: 1 of 16 on a worker may, none of 16 may not', () => {
    // 16 connections on two workers: P(at most 1) = 17/2¹⁶ and P(none) = 1/2¹⁶, for either of the two.
    expect(answerOf(dealt([1, 15], [8, 8]), 'workers')).toEqual({
      answer: 'pass',
      detail: 'client proxy 1 and 15 of 16 connections; server proxy 8 and 8 of 16 connections',
      value: expect.closeTo(1 - 34 / 2 ** 16, 12),
    });
    expect(answerOf(dealt([8, 8], [16, 0]), 'workers')).toEqual({
      answer: 'fail',
      detail: 'client proxy 8 and 8 of 16 connections; server proxy 16 and 0 of 16 connections',
      value: expect.closeTo(1 - 2 / 2 ** 16, 12),
    });
  });

  test('are as unlikely as the least or the most of them is', () => {
    // Three workers: P(none of 16) = (2/3)¹⁶, with 8 as the most unremarkable; P(all 16) = (1/3)¹⁶.
    expect(answerOf(dealt([8, 8, 0], [6, 5, 5]), 'workers')).toEqual({
      answer: 'pass',
      detail: 'client proxy 8, 8 and 0 of 16 connections; server proxy 6, 5 and 5 of 16 connections',
      value: expect.closeTo(1 - 3 * (2 / 3) ** 16, 12),
    });
    // P(at least 11 of 12) = (12 · 2 + 1)/3¹², less likely than the (2/3)¹² of none.
    expect(answerOf(dealt([11, 1, 0], [4, 4, 4]), 'workers')).toMatchObject({
      answer: 'pass',
      value: expect.closeTo(1 - (3 * 25) / 3 ** 12, 12),
    });
    expect(answerOf(dealt([12, 0, 0], [4, 4, 4]), 'workers')).toMatchObject({
      answer: 'fail',
      value: expect.closeTo(1 - 3 / 3 ** 12, 12),
    });
  });

  test('are no surprise where all workers have as many, or there is one only', () => {
    expect(answerOf(dealt([8, 8], [16]), 'workers')).toEqual({
      answer: 'pass',
      detail: 'client proxy 8 and 8 of 16 connections; server proxy 16 of 16 connections',
      value: 0,
    });
  });

  test('are told of the proxy that counts them, where the other does not', () => {
    expect(answerOf(dealt([], [1, 15]), 'workers')).toMatchObject({
      answer: 'pass',
      detail: 'server proxy 1 and 15 of 16 connections',
    });
    expect(answerOf(dealt([], []), 'workers')).toStrictEqual({
      answer: 'not-measured',
      detail: 'no proxy counts the connections of its workers',
    });
  });

  test('cannot be told where a counter could not be read, or the proxies have none', () => {
    const subject = dealt([8, 8], [8, 8]);
    for (const counters of subject.trial.counters) {
      if (counters.hop === 'server') counters.after = { missing: 'no answer' };
    }
    expect(answerOf(subject, 'workers')).toStrictEqual({
      answer: 'not-measured',
      detail: "the server proxy's counters after the trial: no answer",
    });
    delete subject.deployment.expectation.workerCounters;
    expect(answerOf(subject, 'workers')).toStrictEqual({
      answer: 'not-measured',
      detail: 'the proxies tell no connections of each worker here',
    });
  });
});

test.each(['workers', 'configuration'])('%s is nothing to ask of a baseline', (gate) => {
  expect(answerOf(scene(false), gate)).toStrictEqual({ answer: 'pass', detail: 'no proxy expected' });
});

describe('the effective configuration', () => {
  const configured = (...found: (string[] | { missing: string } | undefined)[]) => {
    const subject = scene();
    subject.deployment.proxies = subject.deployment.proxies.slice(0, found.length).map((proxy, index) => {
      const { effectiveConfiguration: _, ...rest } = proxy;
      const told = found[index];
      if (told === undefined) return rest;
      return { ...rest, effectiveConfiguration: Array.isArray(told) ? { sha256: 'f00', differences: told } : told };
    });
    return answerOf(subject, 'configuration');
  };

  test('may have no difference at any proxy', () => {
    expect(configured([], [])).toEqual({
      answer: 'pass',
      detail: 'no difference at the client and server proxy',
      value: 0,
    });
  });

  test('is told by its first differences, and the others by their number', () => {
    expect(configured(['a', 'b'], ['c'])).toEqual({
      answer: 'fail',
      detail: 'client proxy, a; client proxy, b; server proxy, c',
      value: 3,
    });
    expect(configured(['a', 'b', 'c'], ['d', 'e'])).toEqual({
      answer: 'fail',
      detail: 'client proxy, a; client proxy, b; client proxy, c; and 2 other differences',
      value: 5,
    });
  });

  test('that differs at one proxy fails, whatever the other does not tell', () => {
    expect(configured(undefined, ['a'])).toEqual({ answer: 'fail', detail: 'server proxy, a', value: 1 });
  });

  test('cannot be told where a proxy was not asked or did not answer, or there is none', () => {
    expect(configured(undefined, { missing: 'no answer' })).toStrictEqual({
      answer: 'not-measured',
      detail: 'nobody asked the client proxy; server proxy: no answer',
    });
    expect(configured([], undefined)).toStrictEqual({
      answer: 'not-measured',
      detail: 'nobody asked the server proxy',
    });
    expect(configured()).toStrictEqual({
      answer: 'not-measured',
      detail: 'no proxy of this deployment is recorded',
    });
  });
});
