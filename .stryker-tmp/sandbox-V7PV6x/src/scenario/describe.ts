/** A JSON Schema, or a part of one, and the value that it is about. */
// @ts-nocheck

export interface Described {
  described: unknown;
  value: unknown;
}

/** The own property of a map or a list; undefined for anything else. */
export function at(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
}

/** The description of the innermost part of a JSON Schema that a path leads to, in the variants that fit the value. */
export function describedAt(whole: Described, path: readonly PropertyKey[]): string | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = describedExactly(whole, path.slice(0, length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function describedExactly({ described, value }: Described, path: readonly PropertyKey[]): string | undefined {
  const [key, ...rest] = path;
  if (key === undefined) {
    const description = at(described, 'description');
    return typeof description === 'string' ? description : undefined;
  }
  const inner = typeof key === 'number' ? at(described, 'items') : at(at(described, 'properties'), key);
  if (inner !== undefined) return describedExactly({ described: inner, value: at(value, key) }, rest);
  return [at(described, 'anyOf') ?? [], at(described, 'oneOf') ?? []]
    .flat()
    .filter((variant) => isMeant(variant, value))
    .map((variant) => describedExactly({ described: variant, value }, path))
    .find((text) => text !== undefined);
}

/** Whether a variant's fixed words, such as `mesh: envoy`, are those of the value. */
function isMeant(variant: unknown, value: unknown): boolean {
  const properties = at(variant, 'properties');
  if (typeof properties !== 'object' || properties === null) return true;
  return Object.entries(properties).every(([key, property]) => {
    const fixed = at(property, 'const');
    return fixed === undefined || fixed === at(value, key);
  });
}
