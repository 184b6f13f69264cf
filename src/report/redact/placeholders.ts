/** What a name that is hidden was of; its placeholder says so. */
export type Kind = 'host' | 'address' | 'user' | 'account' | 'path' | 'cluster' | 'namespace' | 'value';

/**
 * Placeholders, numbered in the order in which names are first met: the same name has the same one wherever it stands, and
 * two names never share one.
 */
export interface Placeholders {
  of(kind: Kind, name: string): string;
}

export function placeholders(): Placeholders {
  const known = new Map<string, string>();
  const counts = new Map<Kind, number>();
  return {
    of(kind, name) {
      const key = `${kind} ${name}`;
      const found = known.get(key);
      if (found !== undefined) return found;
      const number = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, number);
      const made = `${kind}-${number}`;
      known.set(key, made);
      return made;
    },
  };
}
