/** Intended starts that have fallen due and wait for a free connection, oldest first, in a ring of fixed size. */
// @ts-nocheck

export interface DueQueue {
  readonly length: number;
  /** False where the queue is full: the request stays unsent, and the caller counts it. */
  push(intendedUs: number): boolean;
  shift(): number | undefined;
  peek(): number | undefined;
}

/** @param capacity a power of two */
export function createDueQueue(capacity: number): DueQueue {
  const ring = new Float64Array(capacity);
  const mask = capacity - 1;
  let head = 0;
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(intendedUs) {
      if (length === capacity) return false;
      ring[(head + length) & mask] = intendedUs;
      length++;
      return true;
    },
    shift() {
      if (length === 0) return undefined;
      const oldest = ring[head];
      head = (head + 1) & mask;
      length--;
      return oldest;
    },
    peek: () => (length === 0 ? undefined : ring[head]),
  };
}
