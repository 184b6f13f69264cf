import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDueQueue } from '../../../src/drivers/paced/dueQueue.ts';

describe('the queue of due requests', () => {
  it('does what an array of limited length does', () => {
    const capacity = fc.constantFrom(1, 2, 8, 64);
    const action = fc.oneof(
      { weight: 3, arbitrary: fc.record({ push: fc.double({ noNaN: true }), target: fc.nat(255) }) },
      { weight: 2, arbitrary: fc.constant('shift' as const) },
    );
    fc.assert(
      fc.property(capacity, fc.array(action, { maxLength: 300 }), (size, actions) => {
        const queue = createDueQueue(size);
        const model: { push: number; target: number }[] = [];
        for (const step of actions) {
          if (step === 'shift') expect(queue.shift()).toBe(model.shift()?.push);
          else {
            expect(queue.push(step.push, step.target)).toBe(model.length < size);
            if (model.length < size) model.push(step);
          }
          const [oldest] = model;
          expect([queue.length, queue.peek()]).toEqual([model.length, oldest?.push]);
          if (oldest !== undefined) expect(queue.peekTarget()).toBe(oldest.target);
        }
      }),
    );
  });
});
