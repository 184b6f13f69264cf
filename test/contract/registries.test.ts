import { describe, expect, it } from 'vitest';
import { GATES } from '../../src/analysis/gates/index.ts';
import { COLLECTORS } from '../../src/collectors/index.ts';
import { DRIVERS } from '../../src/drivers/index.ts';
import { MESH_IDS, meshEntry } from '../../src/meshes/index.ts';
import { PLATFORM_IDS, platformEntry } from '../../src/platforms/index.ts';
import { runRecordSchema } from '../../src/record/runRecord.ts';
import { FORMATS } from '../../src/report/index.ts';
import { parseScenario, scenarioJsonSchema } from '../../src/scenario/parse.ts';

/** The parts of the scenario's JSON Schema that come from registries. */
interface ScenarioShape {
  properties: {
    platform: { enum: string[] };
    treatments: { items: { oneOf: { properties: { mesh: { const: string }; settings: { properties: object } } }[] } };
  };
}

describe('every registry', () => {
  it('gives each entry a title of its own', () => {
    for (const titles of [
      MESH_IDS.map((id) => meshEntry(id).title),
      PLATFORM_IDS.map((id) => platformEntry(id).title),
      Object.values(DRIVERS).map(({ title }) => title),
      Object.values(COLLECTORS).map(({ title }) => title),
      Object.values(FORMATS).map(({ title }) => title),
      GATES.map(({ question }) => question),
    ]) {
      expect([new Set(titles).size, titles.every((title) => title.length > 10)]).toEqual([titles.length, true]);
    }
  });

  it('offers its ids in the scenario’s schema, and no others', () => {
    const schema = scenarioJsonSchema() as ScenarioShape;
    expect(schema.properties.platform.enum).toEqual(PLATFORM_IDS);
    const treatments = schema.properties.treatments.items.oneOf.map(({ properties: { mesh, settings } }) => ({
      mesh: mesh.const,
      settings: Object.keys(settings.properties),
    }));
    expect(treatments).toEqual(MESH_IDS.map((mesh) => ({ mesh, settings: Object.keys(meshEntry(mesh).settings) })));
  });

  it('has the ids that a record of a run may hold', () => {
    expect(runRecordSchema.shape.platform.shape.id.options).toEqual(PLATFORM_IDS);
  });
});

describe.each(MESH_IDS.map((id) => ({ id })))('mesh $id', ({ id }) => {
  it('can be loaded, runs on a platform that exists, and has defaults within its own limits', async () => {
    const { load, platforms, settings, inCluster } = meshEntry(id);
    const mesh = await load();
    expect(Object.keys(mesh).sort()).toEqual([...platforms].sort());
    expect(Object.values(mesh).every((contribution) => typeof contribution === 'function')).toBe(true);
    expect(platforms.every((platform) => PLATFORM_IDS.includes(platform))).toBe(true);
    // Without proxies there is nothing to find in a cluster.
    expect(inCluster !== undefined).toBe(id !== 'none' && platforms.includes('kubernetes'));
    for (const setting of Object.values(settings)) {
      if (setting.kind === 'choice') expect(setting.options).toContain(setting.default);
      if (setting.kind === 'integer')
        expect(setting.min <= setting.default && setting.default <= setting.max).toBe(true);
    }
  });

  it.each(meshEntry(id).platforms)('stands in a scenario for %s by its name alone', (platform) => {
    const treatments = id === 'none' ? '[{ mesh: none }]' : `[{ mesh: none }, { mesh: ${id} }]`;
    const text = `name: x\nplatform: ${platform}\ntreatments: ${treatments}\nload: { arrivalRate: 5/s }\n`;
    const parsed = parseScenario(text, 's.yaml');
    expect(parsed.ok && Object.keys(parsed.scenario.treatments.at(-1)?.settings ?? {})).toEqual(
      Object.keys(meshEntry(id).settings),
    );
  });
});

describe.each(PLATFORM_IDS.map((id) => ({ id })))('platform $id', ({ id }) => {
  it('can be loaded, checks and opens, and says how long one trial takes to set up and take down', async () => {
    const { load, setUpAndTearDownMs } = platformEntry(id);
    const { clean, ...platform } = await load();
    expect(Object.keys(platform).sort()).toEqual(['check', 'open']);
    expect(['undefined', 'function']).toContain(typeof clean);
    expect(setUpAndTearDownMs > 0).toBe(true);
  });
});

describe.each(Object.entries(DRIVERS).map(([id, entry]) => ({ id, entry })))('driver $id', ({ entry }) => {
  it('can be loaded', async () => {
    const { drive, join } = await entry.load();
    expect([typeof drive, typeof join]).toEqual(['function', 'function']);
  });
});

describe('the gates', () => {
  it('each have a threshold, a reason and a way out', () => {
    expect(new Set(GATES.map(({ id }) => id)).size).toBe(GATES.length);
    for (const { threshold, reason, remedy } of GATES) {
      expect([threshold, reason, remedy].every((text) => text.length > 20)).toBe(true);
    }
  });
});
