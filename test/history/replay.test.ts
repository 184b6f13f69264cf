import { appendFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  CAMPAIGN_SCHEMA,
  type CampaignLine,
  campaignOrder,
  PLANTED_US,
  readCampaign,
} from '../bench/historyCampaign.ts';
import { namesOf, REPLAY, replay, valuesOf } from '../bench/historyReplay.ts';
import { temporaryDirectory } from '../temporary.ts';
import { figures, normals, quantity } from './fixture.ts';

const line = (place: number): CampaignLine => ({
  schema: CAMPAIGN_SCHEMA,
  place,
  at: '2030-01-01T00:00:00.000Z',
  exitCode: 0,
  plantedUs: 0,
  serviceP50Us: 20,
  figures: figures({ day: place }),
});

describe('the campaign', () => {
  const order = campaignOrder();

  it('has 40 runs without the plant and 15 with it, three in every eleven, the same each time', () => {
    expect(order.filter((planted) => planted === 0)).toHaveLength(40);
    expect(order.filter((planted) => planted === PLANTED_US)).toHaveLength(15);
    const groups = [0, 11, 22, 33, 44].map(
      (from) => order.slice(from, from + 11).filter((planted) => planted > 0).length,
    );
    expect(groups).toEqual([3, 3, 3, 3, 3]);
    expect(campaignOrder()).toEqual(order);
  });

  it('plants neither early nor late: a steady drift moves both means alike', () => {
    const placesOf = (planted: number) => order.flatMap((each, place) => (each === planted ? [place] : []));
    const mean = (places: readonly number[]) => places.reduce((sum, place) => sum + place, 0) / places.length;
    expect(Math.abs(mean(placesOf(0)) - mean(placesOf(PLANTED_US)))).toBeLessThan(3);
  });

  it('is read as far as it was written: a line that was cut short is told, and costs no other', () => {
    const file = path.join(temporaryDirectory(), 'history.jsonl');
    expect(readCampaign(file)).toEqual({ lines: [], damaged: [] });
    writeFileSync(file, `${[line(0), line(1)].map((each) => JSON.stringify(each)).join('\n')}\n`);
    appendFileSync(file, JSON.stringify(line(2)).slice(0, 100));
    const { lines, damaged } = readCampaign(file);
    expect(lines).toEqual([line(0), line(1)]);
    expect(damaged).toEqual([expect.stringMatching(/^line 3: /)]);
  });
});

describe('a replay', () => {
  const runs = (count: number, of: { mean: number; spread: number; seed: number }) =>
    normals(count, of).map((value) => [value]);
  const rule = { ...REPLAY, histories: 200 };

  it('of a plant five spreads high finds it nearly always, and alarms nearly never without', () => {
    // Seven more quantities, as a real run has them, which the plant does not touch.
    const beside = (count: number, seed: number) =>
      Array.from({ length: 7 }, (_, other) => normals(count, { mean: 100, spread: 5, seed: seed + other }));
    const withOthers = (own: number[][], others: number[][]) =>
      own.map((values, run) => [...values, ...others.map((other) => other[run] ?? 0)]);
    const plain = withOthers(runs(40, { mean: 600, spread: 30, seed: 1 }), beside(40, 10));
    const planted = withOthers(runs(15, { mean: 750, spread: 30, seed: 2 }), beside(15, 20));
    const seen = replay({ plain, planted, watched: 0 }, rule);
    expect(seen.histories).toBe(200);
    expect(seen.alarms).toBeLessThanOrEqual(10);
    expect(seen.found).toBeGreaterThanOrEqual(180);
    expect(seen.changesNear).toBeGreaterThanOrEqual(160);
  });

  it('of no plant at all finds as good as nothing', () => {
    const plain = runs(40, { mean: 600, spread: 30, seed: 3 });
    const seen = replay({ plain, planted: plain.slice(0, 15), watched: 0 }, rule);
    expect(seen.found).toBeLessThanOrEqual(20);
  });

  it('alarms where a recorded machine drifts for runs on end: what neighbours share stays together', () => {
    const plain = runs(40, { mean: 600, spread: 3, seed: 4 }).map(([value = 0], index) => [
      index >= 34 ? value + 200 : value,
    ]);
    const seen = replay({ plain, planted: plain.slice(0, 15), watched: 0 }, rule);
    expect(seen.alarms).toBeGreaterThan(20);
  });

  it('does not alarm where the baselines drift with it, and finds the plant all the same', () => {
    const paced = (values: number[][], from: number) =>
      values.map(([value = 0], index) => {
        const pace = index >= from ? 1.35 : 1;
        return [{ value: value * pace, beside: 200 * pace }];
      });
    const plain = paced(runs(40, { mean: 600, spread: 3, seed: 4 }), 20);
    const planted = paced(runs(15, { mean: 800, spread: 3, seed: 5 }), 8);
    const seen = replay({ plain, planted, watched: 0 }, rule);
    expect(seen.alarms).toBeLessThanOrEqual(10);
    expect(seen.found).toBeGreaterThanOrEqual(180);
  });

  it('takes the judged quantities alone, each by its name in every run', () => {
    const own = figures({
      day: 0,
      quantities: [quantity('added p50', 600), quantity('p50', 5, { group: 'new minus old', role: 'told' })],
    });
    const names = namesOf([own]);
    expect(names).toEqual(['envoy at 1,000/s, added p50']);
    expect(valuesOf(own, names)).toEqual([600]);
    const paced = figures({ day: 0, quantities: [quantity('added p50', 600, { beside: 300 })] });
    expect(valuesOf(paced, names)).toEqual([{ value: 600, beside: 300 }]);
    expect(valuesOf(figures({ day: 1, quantities: [] }), names)).toEqual([{ missing: 'not measured' }]);
  });
});
