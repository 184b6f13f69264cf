// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { waitUntil, withinMs } from '../../src/host/waitUntil.ts';
import { fakeHost } from './fakeHost.ts';

describe('waitUntil', () => {
  it('asks again until there is an answer, with the asked pause in between', async () => {
    const host = fakeHost();
    const askedAtMs: number[] = [];
    const answer = await waitUntil(
      host,
      async () => {
        askedAtMs.push(host.monotonicUs() / 1000);
        return askedAtMs.length === 4 ? 'here' : undefined;
      },
      { everyMs: 10, deadlineMs: 1000 },
    );
    expect({ answer, askedAtMs }).toEqual({ answer: 'here', askedAtMs: [0, 10, 20, 30] });
  });

  it('gives up at the deadline, after having asked at least once', async () => {
    const host = fakeHost();
    let asked = 0;
    const ask = async () => {
      asked++;
      return undefined;
    };
    expect(await waitUntil(host, ask, { everyMs: 10, deadlineMs: 25 })).toBeUndefined();
    expect([asked, host.monotonicUs()]).toEqual([4, 30_000]);
    expect(await waitUntil(host, ask, { everyMs: 10, deadlineMs: 0 })).toBeUndefined();
    expect(asked).toBe(5);
  });

  it('takes false and 0 for answers', async () => {
    const timing = { everyMs: 10, deadlineMs: 100 };
    expect(await waitUntil(fakeHost(), async () => false, timing)).toBe(false);
    expect(await waitUntil(fakeHost(), async () => 0, timing)).toBe(0);
  });

  it('ends with what the question throws, or with the abort', async () => {
    const timing = { everyMs: 10, deadlineMs: 100 };
    const fails = async () => {
      throw new Error('broken');
    };
    await expect(waitUntil(fakeHost(), fails, timing)).rejects.toThrow('broken');
    const signal = AbortSignal.abort(new Error('interrupted'));
    await expect(waitUntil(fakeHost(), async () => undefined, { ...timing, signal })).rejects.toThrow('interrupted');
  });
});

describe('withinMs', () => {
  it('gives the outcome of work that is done in time', async () => {
    expect(await withinMs(fakeHost(), 100, Promise.resolve('done'))).toBe('done');
    await expect(withinMs(fakeHost(), 100, Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('says late when the work takes longer', async () => {
    const host = fakeHost();
    expect(await withinMs(host, 100, new Promise(() => {}))).toBe('late');
    expect(host.monotonicUs()).toBe(100_000);
  });
});
