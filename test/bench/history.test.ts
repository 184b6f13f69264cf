import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { median } from '../../src/analysis/stats/quantile.ts';
import { obstacles } from '../../src/history/comparability.ts';
import { CAMPAIGN_FILE, campaignOrder, PLANTED_US, readCampaign } from './historyCampaign.ts';
import { type Replayed, recordedIn, replay } from './historyReplay.ts';
import { measuredFile } from './keepMeasured.ts';

const HOURS_MS = 3_600_000;
const NOT_RECORDED = 'no campaign is recorded: npm run record:history records one';

const { lines, damaged } = readCampaign();

describe('the recorded history', () => {
  it('is 55 whole runs of one machine in the order of the campaign, over two hours or more', (context) => {
    if (!existsSync(CAMPAIGN_FILE)) return context.skip(NOT_RECORDED);
    expect(damaged).toEqual([]);
    expect(lines.map(({ place }) => place)).toEqual(campaignOrder().map((_, place) => place));
    expect(lines.map(({ plantedUs }) => plantedUs)).toEqual(campaignOrder());
    const [first, last] = [lines[0], lines.at(-1)].map((line) => line?.figures);
    if (first === undefined || last === undefined) return expect.fail('no run');
    const fields = lines.flatMap(({ figures }) =>
      obstacles(first.environment, figures.environment).map(({ id }) => id),
    );
    expect(fields.filter((id) => id !== 'scenario')).toEqual([]);
    expect(Date.parse(last.startedAt) - Date.parse(first.startedAt)).toBeGreaterThanOrEqual(2 * HOURS_MS);
  });

  it('holds the plant that the service itself recorded', (context) => {
    if (!existsSync(CAMPAIGN_FILE)) return context.skip(NOT_RECORDED);
    const recorded = (planted: number) =>
      median(lines.filter(({ plantedUs }) => plantedUs === planted).map(({ serviceP50Us }) => serviceP50Us)) ??
      Number.NaN;
    expect(recorded(PLANTED_US) - recorded(0)).toBeGreaterThanOrEqual(PLANTED_US);
  });

  it('gives again what verify:history found, which holds', { timeout: 120_000 }, (context) => {
    if (!existsSync(CAMPAIGN_FILE)) return context.skip(NOT_RECORDED);
    const kept: { replayed: Replayed } = JSON.parse(readFileSync(measuredFile('history'), 'utf8'));
    const replayed = replay(recordedIn(lines));
    expect(replayed).toEqual(kept.replayed);
    const { histories, alarms, found, changesNear } = replayed;
    expect(alarms).toBeLessThanOrEqual(0.05 * histories);
    expect(found).toBeGreaterThanOrEqual(0.9 * histories);
    expect(changesNear).toBeGreaterThanOrEqual(0.8 * histories);
  });
});
