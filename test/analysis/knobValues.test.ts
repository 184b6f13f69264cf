import { describe, expect, it } from 'vitest';
import { costsOnPurpose, KNOBS, type KnobSource, remainingSettings, type Seen } from '../../src/analysis/knobValues.ts';
import type { DeploymentRecord } from '../../src/record/runRecord.ts';
import type { Treatment } from '../../src/scenario/scenario.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture } from './fixtures/trials.ts';

type Proxy = DeploymentRecord['proxies'][number];

const treatment = (settings: Treatment['settings'] = {}): Treatment => ({
  name: 'own',
  mesh: 'envoy',
  settings,
  serviceTimeUs: 0,
});

/** A treatment with one proxy on each side, of which nothing was measured. */
function seen(settings: Treatment['settings'] = {}, change: Partial<Seen> = {}): Seen {
  const { run, scenario } = runFixture({ blocks: 0 });
  const { proxies } = deploymentFixture('d', { name: 'own', meshed: true });
  return { treatment: treatment(settings), run, load: scenario.load, trials: [], proxies, ...change };
}

/** The proxies of that treatment: client's, server's, client's and so on, each with a change. */
function proxiesWith(...changes: Partial<Proxy>[]): Proxy[] {
  return changes.map((change, index) => {
    const { proxies } = deploymentFixture('d', { name: 'own', meshed: true });
    const proxy = proxies[index % 2];
    if (proxy === undefined) throw new Error('no proxy');
    return { ...proxy, ...change };
  });
}

function read(title: string, of: Seen): ReturnType<KnobSource['read']> {
  const knob = KNOBS.find((each) => each.title === title);
  if (knob === undefined) throw new Error(`no knob ${title}`);
  return knob.read(of);
}

const observed = (text: string) => ({ text, basis: 'observed' });
const asked = (text: string) => ({ text, basis: 'asked' });
const noAnswer = { missing: 'no answer' };
const differing = (...differences: string[]) => ({ effectiveConfiguration: { sha256: 'f00', differences } });

describe('a knob that is read from the proxies', () => {
  it('has one value where they agree, and each side’s own where they do not', () => {
    const versions = (...of: string[]) =>
      read('proxy version', seen({}, { proxies: proxiesWith(...of.map((version) => ({ version }))) }));
    expect(versions('1.2.3', '1.2.3')).toEqual(observed('1.2.3'));
    expect(versions('1.2.3', '1.2.4')).toEqual(observed('client 1.2.3, server 1.2.4'));
    expect(versions('1.2.4', '2.0.0', '1.2.3', '2.0.0')).toEqual(observed('client 1.2.3 or 1.2.4, server 2.0.0'));
    expect(versions('abcdefghij/1.40.0/Clean')).toEqual(observed('1.40.0 (abcdefg)'));
  });

  it('names only the sides that have proxies', () => {
    const [, first, , second] = proxiesWith({}, { version: '1.2.4' }, {}, { version: '1.2.3' });
    if (first === undefined || second === undefined) throw new Error('no proxy');
    expect(read('proxy version', seen({}, { proxies: [first, second] }))).toEqual(observed('server 1.2.3 or 1.2.4'));
  });

  it('is missing where no proxy is recorded, and where one of them does not tell', () => {
    expect(read('proxy version', seen({}, { proxies: [] }))).toEqual({ missing: 'no proxy of it is recorded' });
    const proxies = proxiesWith({}, { version: noAnswer });
    expect(read('proxy version', seen({}, { proxies }))).toEqual({ missing: 'server proxy: no answer' });
  });

  it('has the workers that run, else those that were asked for, else none', () => {
    const unknown = proxiesWith({ concurrencyEffective: noAnswer });
    const workers = (settings: Treatment['settings'], proxies: Proxy[]) =>
      read('workers of each proxy', seen(settings, { proxies }));
    expect(workers({ concurrency: 4 }, proxiesWith({ concurrencyEffective: 2 }))).toEqual(observed('2'));
    expect(workers({ concurrency: 4 }, unknown)).toEqual(asked('4'));
    expect(workers({}, unknown)).toEqual({ missing: 'client proxy: no answer' });
  });

  it('writes requests and limits in one way, and as they are where they cannot be read', () => {
    const container = 'istio-proxy';
    const amounts = (title: string, change: Partial<Proxy>) =>
      read(title, seen({}, { proxies: proxiesWith({ container, ...change }) }));
    const cpu = (change: Partial<Proxy>) => amounts('CPU request and limit', change);
    const memory = (change: Partial<Proxy>) => amounts('memory request and limit', change);
    expect(cpu({ requests: { cpu: '0.1' }, limits: { cpu: '2000m' } })).toEqual(observed('100m and 2'));
    expect(cpu({ requests: { cpu: 'much' }, limits: { memory: '1Gi' } })).toEqual(observed('much and none'));
    expect(cpu({})).toEqual(observed('none and none'));
    expect(memory({ requests: { memory: '134217728' }, limits: { memory: '1024Mi' } })).toEqual(
      observed('128Mi and 1Gi'),
    );
    expect(memory({ requests: { memory: 'x1024' }, limits: { memory: '1024x' } })).toEqual(observed('x1024 and 1024x'));
  });

  it('has no requests and limits where a proxy runs without a container', () => {
    const proxies = proxiesWith({ requests: { cpu: '1' } });
    expect(read('CPU request and limit', seen({}, { proxies }))).toEqual(observed('none, without a container'));
  });
});

describe('a setting that is held against the proxies’ configuration', () => {
  const accessLog = (...changes: Partial<Proxy>[]) =>
    read('access log', seen({ accessLog: 'off' }, { proxies: proxiesWith(...changes) }));

  it('is observed where every configuration was read and none differs in it', () => {
    expect(accessLog(differing(), differing())).toEqual(observed('off'));
    expect(accessLog(differing('listener in: tracing: {}, asked none', 'access_log: 1'))).toEqual(observed('off'));
  });

  it('is the difference where there is one, each told once', () => {
    const [one, two] = ['listener in: access_log: 1, asked 0', 'listener out: access_log: 1, asked 0'];
    expect(accessLog(differing(one), differing(one, 'x: retries: 3'))).toEqual(observed(one));
    expect(accessLog(differing(one), differing(two))).toEqual(observed(`${one}; ${two}`));
  });

  it('is what was asked where one configuration was not read, or there is no proxy', () => {
    const proxies = proxiesWith({}, {});
    delete proxies[1]?.effectiveConfiguration;
    expect(read('access log', seen({ accessLog: 'off' }, { proxies }))).toEqual(asked('off'));
    expect(accessLog(differing(), { effectiveConfiguration: noAnswer })).toEqual(asked('off'));
    expect(accessLog()).toEqual(asked('off'));
  });

  it('is missing where the mesh has no such setting, however its proxies are set', () => {
    const missing = { missing: "envoy has no such setting here, and its proxies' configuration is not read" };
    expect(read('access log', seen())).toEqual(missing);
    expect(read('retries', seen({}, { proxies: proxiesWith(differing('x: retries: 3')) }))).toEqual(missing);
  });

  it('has retries in words, and those of no known name as they are', () => {
    const retries = (value: string, ...differences: string[]) =>
      read('retries', seen({ retries: value }, { proxies: proxiesWith(differing(...differences)) }));
    expect(retries('default')).toEqual(observed("as Istio's sidecars retry"));
    expect(retries('off')).toEqual(observed('none'));
    expect(retries('twice')).toEqual(observed('twice'));
    expect(retries('off', 'route: retries: 2, asked 0')).toEqual(observed('route: retries: 2, asked 0'));
    expect(retries('off', 'retries: 2', 'route: retries 2')).toEqual(observed('none'));
    const unread = proxiesWith({ effectiveConfiguration: noAnswer });
    expect(read('retries', seen({ retries: 'off' }, { proxies: unread }))).toEqual(asked('none'));
  });
});

describe('telemetry', () => {
  const BARE = "the proxy's own counters, neither tracing nor a sink";
  const telemetry = (settings: Treatment['settings'], proxies: Proxy[]) =>
    read('telemetry', seen(settings, { proxies }));

  it('is what the mesh’s setting asks for', () => {
    const proxies = proxiesWith(differing('x: tracing: {}'));
    expect(telemetry({ telemetry: 'off' }, proxies)).toEqual(asked('no request metrics'));
    expect(telemetry({ telemetry: 'default' }, proxies)).toEqual(asked("the mesh's request metrics"));
  });

  it('is read from the proxies’ configuration where the mesh has no setting', () => {
    expect(telemetry({}, proxiesWith(differing(), differing()))).toEqual(observed(BARE));
    const differences = ['x: tracing: {}, asked none', 'stats_sinks: 1, asked 0'];
    expect(telemetry({}, proxiesWith(differing(...differences)))).toEqual(observed(differences.join('; ')));
    expect(telemetry({}, proxiesWith(differing('x: retracing: 1', 'x: stats_sinks: 1', 'x: tracings: 1')))).toEqual(
      observed(BARE),
    );
  });

  it('is what was asked where only some of the configurations were read, and missing where none was asked for', () => {
    expect(telemetry({}, proxiesWith(differing(), { effectiveConfiguration: noAnswer }))).toEqual(asked(BARE));
    const proxies = proxiesWith({}, {});
    delete proxies[0]?.effectiveConfiguration;
    expect(telemetry({}, proxies)).toEqual(asked(BARE));
    delete proxies[1]?.effectiveConfiguration;
    expect(telemetry({}, proxies)).toEqual({
      missing: "envoy has no such setting here, and its proxies' configuration is not read",
    });
  });
});

describe('the keys', () => {
  it('are those that the platform tells of, none without TLS, and not known else', () => {
    const run = seen().run;
    const details = { ...run, platform: { ...run.platform, details: { keys: 'ECDSA P-256' } } };
    expect(read('type of the keys', seen({ mtls: 'strict' }, { run: details }))).toEqual(observed('ECDSA P-256'));
    expect(read('type of the keys', seen({ mtls: 'off' }, { run: details }))).toEqual(asked('none, without TLS'));
    expect(read('type of the keys', seen({ mtls: 'strict' }))).toEqual({
      missing: 'the keys are issued by the control plane, and nothing here reads them',
    });
  });
});

describe('what is spent on purpose', () => {
  const titles = (...treatments: Treatment[]) => costsOnPurpose(treatments).map(({ title }) => title);

  it('is told where any treatment has some, a planted cost of 0 too', () => {
    expect(titles(treatment(), treatment())).toEqual([]);
    expect(titles(treatment(), { ...treatment(), serviceTimeUs: 5 })).toEqual(['service time of each request']);
    expect(titles(treatment(), { ...treatment(), plantedCostUs: 0 })).toEqual(['planted cost of each request']);
  });
});

describe('the remaining settings', () => {
  it('are those that no other knob tells of, each once, as the scenario writes them', () => {
    const told = { cpuRequest: 100, cpuLimit: 100, memoryRequest: 1, memoryLimit: 1, version: '1.40.0' };
    const others = { concurrency: 2, mtls: 'strict', retries: 'off', accessLog: 'off', telemetry: 'off' };
    const own = [
      { ...told, ...others, revision: '' },
      { revision: 'canary', depth: 3 },
    ].map((settings) => treatment(settings));
    const knobs = remainingSettings(own);
    expect(knobs.map(({ title }) => title)).toEqual(['setting revision', 'setting depth']);
    expect(knobs.map(({ read: of }) => own.map((each) => of(seen(each.settings))))).toEqual([
      [asked('not set'), asked('canary')],
      [{ missing: 'envoy has no such setting' }, asked('3')],
    ]);
  });
});
