/** Requests that have fallen due and wait for a free connection, oldest first, in a ring of fixed size. */
export interface DueQueue {
  readonly length: number;
  /**
   * @param target index of the kind of request
   * @returns false where the queue is full: the request stays unsent, and the caller counts it
   */
  push(intendedUs: number, target?: number): boolean;
  /** Intended start of the oldest, in µs from the trial's start; undefined where none waits. */
  shift(): number | undefined;
  peek(): number | undefined;
  /** What kind of request the oldest is. */
  peekTarget(): number;
}

/** @param capacity a power of two */
export function createDueQueue(capacity: number): DueQueue {
  const ring = new Float64Array(capacity);
  const targets = new Uint8Array(capacity);
  const mask = capacity - 1;
  let head = 0;
  let length = 0;
  return {
    get length() {
      return length;
    },
    push(intendedUs, target = 0) {
      if (length === capacity) return false;
      const at = (head + length) & mask;
      ring[at] = intendedUs;
      targets[at] = target;
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
    peekTarget: () => targets[head] ?? 0,
  };
}
