import { describe, expect, it } from 'vitest';
import { MESH_IDS, meshEntry } from '../../src/meshes/index.ts';
import { withProfile } from '../../src/scenario/applyProfile.ts';
import { PROFILE_IDS, profile } from '../../src/scenario/profiles/index.ts';
import { settingField } from '../../src/scenario/settings.ts';
import { problemsOf, scenarioOf } from './parsed.ts';

const LOAD = 'load: { arrivalRate: 5/s }\n';

/** A scenario of the local platform with mesh envoy under a profile. */
const local = (id: string, settings = '') =>
  `name: x\nprofile: ${id}\ntreatments:\n  - { mesh: none }\n  - { mesh: envoy${settings} }\n${LOAD}`;

const cluster = (id: string) =>
  `name: x\nplatform: kubernetes\nprofile: ${id}\ntreatments: [{ mesh: none }, { mesh: istio }, { mesh: linkerd }]\n${LOAD}`;

const settingsOf = (text: string) =>
  Object.fromEntries(scenarioOf(text).treatments.map(({ name, settings }) => [name, settings]));

describe.each(PROFILE_IDS.map((id) => ({ id })))('profile $id', ({ id }) => {
  it.each(MESH_IDS)('gives %s only settings that it has, each with a value that it can have', (mesh) => {
    const specs = meshEntry(mesh).settings;
    const given = Object.entries(profile(id).settings[mesh]);
    const wrong = given.filter(([key, value]) => {
      const spec = specs[key];
      return spec === undefined || !settingField(spec).safeParse(value).success;
    });
    expect(wrong).toEqual([]);
    // What nobody decides for a profile must not slip in: mtls, sidecars, revision and version are the treatment's.
    const left = Object.keys(specs).filter((key) => !given.some(([known]) => known === key));
    expect(left.filter((key) => !['mtls', 'sidecars', 'revision', 'version'].includes(key))).toEqual([]);
  });
});

describe('profile equalised', () => {
  it('gives meshes of one platform the same value wherever they have the same setting', () => {
    const { settings } = profile('equalised');
    const shared = Object.keys(settings.istio).filter((key) => Object.hasOwn(settings.linkerd, key));
    expect(shared).toEqual(['concurrency', 'cpuRequest', 'cpuLimit', 'memoryRequest', 'memoryLimit', 'nativeSidecar']);
    for (const key of shared) expect([key, settings.istio[key]]).toEqual([key, settings.linkerd[key]]);
  });

  it('turns retries and access log of mesh envoy off', () => {
    expect(settingsOf(local('equalised'))['envoy']).toEqual({
      mtls: 'strict',
      concurrency: 2,
      retries: 'off',
      accessLog: 'off',
      version: '',
    });
  });

  it('says of each mesh with proxies what it cannot make alike', () => {
    const said = new Set(profile('equalised').leavesUnlike.map(({ mesh }) => mesh));
    expect([...said].sort()).toEqual(['envoy', 'istio', 'linkerd']);
  });
});

describe('profile defaults', () => {
  it('gives Istio and Linkerd the workers, requests and limits that each is installed with', () => {
    const gib = 2 ** 30;
    const both = { mtls: 'permissive', sidecars: 'both', nativeSidecar: 'auto' };
    expect(settingsOf(cluster('defaults'))).toEqual({
      none: {},
      istio: {
        ...both,
        concurrency: 2,
        cpuRequest: 100,
        cpuLimit: 2000,
        memoryRequest: gib / 8,
        memoryLimit: gib,
        telemetry: 'default',
        revision: '',
      },
      linkerd: {
        ...both,
        concurrency: 1,
        cpuRequest: 'none',
        cpuLimit: 'none',
        memoryRequest: 'none',
        memoryLimit: 'none',
        accessLog: 'off',
      },
    });
  });
});

describe('a treatment under a profile', () => {
  it('keeps its own settings, and where they are others than the profile’s that is noted', () => {
    const {
      profile: id,
      treatments,
      notes,
    } = scenarioOf(local('equalised', ', name: envoy-4, settings: { concurrency: 4, retries: off, mtls: off }'));
    expect(id).toBe('equalised');
    expect(treatments[1]?.settings).toEqual({
      mtls: 'off',
      concurrency: 4,
      retries: 'off',
      accessLog: 'off',
      version: '',
    });
    expect(notes).toEqual(['envoy-4 departs from profile equalised: concurrency 4 instead of 2']);
  });

  it('is told in the scenario’s own units', () => {
    const text = cluster('equalised').replace(
      '{ mesh: linkerd }',
      '{ mesh: linkerd, settings: { cpuLimit: none, memoryLimit: 256Mi } }',
    );
    expect(scenarioOf(text).notes[0]).toBe(
      'linkerd departs from profile equalised: cpuLimit none instead of 2, memoryLimit 256Mi instead of 1Gi',
    );
  });

  it('has the settings of its mesh’s entry where there is no profile', () => {
    const without = scenarioOf(local('defaults').replace('profile: defaults\n', ''));
    expect([without.profile, without.notes]).toEqual([undefined, []]);
    expect(without.treatments[1]?.settings['retries']).toBe('default');
  });
});

describe('a profile in a file with faults', () => {
  it('hides none of them, and adds none', () => {
    const inSettings = [
      'treatments[1].settings.concurrency: expected at least 1, got 0',
      'treatments[1].settings.workers: unknown key',
    ];
    const problems = (id: string) =>
      problemsOf(local(id, ', settings: { concurrency: 0, workers: 3 }')).map((text) => text.replace(/^\S+ /, ''));
    expect(problems('equal')).toEqual(['profile: expected one of defaults, equalised, got "equal"', ...inSettings]);
    expect(problems('equalised')).toEqual(inSettings);
  });

  it.each([undefined, 7, { profile: 'equalised' }, { profile: 'equalised', treatments: 7 }])(
    'that has no treatments leaves it as it is: %j',
    (value) => {
      expect(withProfile(value)).toEqual(value);
    },
  );

  it.each([null, 7, [], 'text'])('leaves settings that are no map to the schema: %j', (settings) => {
    const value = { profile: 'equalised', treatments: [7, null, { mesh: 'envoy', settings }, { mesh: 'constructor' }] };
    expect(withProfile(value)).toEqual(value);
  });
});
