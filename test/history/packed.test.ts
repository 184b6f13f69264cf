import { describe, expect, it } from 'vitest';
import { figuresOf } from '../../src/history/figures.ts';
import { pack, unpack } from '../../src/history/packed.ts';
import { VARIANTS } from '../report/fixture.ts';
import { daily, QUIET } from './fixture.ts';

describe('figures in an index', () => {
  const runs = [...Object.values(VARIANTS).map((make) => figuresOf(make())), ...daily(QUIET)].map((figures, place) => ({
    folder: `run-${place}`,
    stamp: `stamp-${place}`,
    figures,
  }));
  const packed = JSON.parse(JSON.stringify(pack(runs)));

  it('come out as they went in', () => {
    for (const { folder, stamp, figures } of runs) expect(unpack(packed, folder, stamp)).toEqual(figures);
  });

  it('are not there for a folder that changed, or that is another', () => {
    expect(unpack(packed, 'run-0', 'stamp-1')).toBeUndefined();
    expect(unpack(packed, 'constructor', 'stamp-1')).toBeUndefined();
  });

  it('hold what runs share once', () => {
    expect(packed.environments.length).toBeLessThan(runs.length);
    expect(packed.keys.length).toBeLessThan(runs.flatMap(({ figures }) => figures.quantities).length / 3);
  });
});
