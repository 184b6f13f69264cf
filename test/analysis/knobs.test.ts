import { describe, expect, it } from 'vitest';
import { type Knob, knobsOf } from '../../src/analysis/knobs.ts';
import { each, opened, type Ran, ran, tableOf, valuesOf } from './fixtures/knobs.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture } from './fixtures/trials.ts';

describe('the settings of one treatment with proxies', () => {
  it('are each known by what was observed of it, and else by what was asked', () => {
    const { profile, treatments, differing, alike, notKnown, leftUnlike } = tableOf([ran('envoy')]);
    expect({ profile, treatments, differing, leftUnlike }).toEqual({
      profile: null,
      treatments: ['envoy'],
      differing: [],
      leftUnlike: [],
    });
    expect(valuesOf(alike)).toEqual({
      'proxy version': ['1.40.0 (c0ffee1), observed'],
      'workers of each proxy': ['2, observed'],
      'CPU request and limit': ['none, without a container, observed'],
      'memory request and limit': ['none, without a container, observed'],
      'mutual TLS': ['strict, asked'],
      'type of the keys': ['ECDSA P-256, observed'],
      retries: ["as Istio's sidecars retry, observed"],
      'HTTP version between the proxies': ['HTTP/1.1, observed'],
      'connections between the proxies': ['17, observed'],
      "the driver's connections": ['kept for the whole trial, observed'],
      'access log': ['off, observed'],
      telemetry: ["the proxy's own counters, neither tracing nor a sink, observed"],
    });
    expect(notKnown).toEqual([]);
  });

  it('are not known, each with its reason, where older records do not hold them', () => {
    const old = ran('envoy');
    delete old.deployment.expectation.wireCounters;
    for (const proxy of old.deployment.proxies) delete proxy.effectiveConfiguration;
    const table = tableOf([old]);
    const untold = "no counter of the client's proxy tells it in these records";
    expect(valuesOf(table.notKnown)).toEqual({
      'HTTP version between the proxies': [untold],
      'connections between the proxies': [untold],
      telemetry: ["envoy has no such setting here, and its proxies' configuration is not read"],
    });
    expect(valuesOf(table.alike)).toMatchObject({
      retries: ["as Istio's sidecars retry, asked"],
      'access log': ['off, asked'],
    });
  });

  it('are none where no treatment has proxies', () => {
    expect(tableOf([])).toMatchObject({ treatments: [], differing: [] });
  });
});

describe('two treatments', () => {
  it('differ in exactly what was set otherwise', () => {
    const four = ran('envoy-4', { concurrency: 4, retries: 'off', accessLog: 'text' });
    each(four, { concurrencyAsked: 4, concurrencyEffective: 4 });
    expect(valuesOf(tableOf([ran('envoy'), four]).differing)).toEqual({
      'workers of each proxy': ['2, observed', '4, observed'],
      retries: ["as Istio's sidecars retry, observed", 'none, observed'],
      'access log': ['off, observed', 'text, observed'],
    });
  });

  it('differ in the version of the proxy, and by commit where two builds have one version', () => {
    const old = ran('old', { version: '1.39.3' });
    each(old, { version: '6eb0d2d974/1.39.3/Clean/RELEASE/BoringSSL' });
    const own = ran('own');
    each(own, { version: 'abcdef9876/1.40.0/Modified/RELEASE/BoringSSL' });
    expect(valuesOf(tableOf([ran('new', { version: '1.40.0' }), old, own]).differing)).toEqual({
      'proxy version': ['1.40.0 (c0ffee1), observed', '1.39.3 (6eb0d2d), observed', '1.40.0 (abcdef9), observed'],
    });
  });

  it('differ by what their proxies really run, whatever was asked', () => {
    const changed = ran('changed');
    each(changed, {
      concurrencyEffective: 1,
      effectiveConfiguration: {
        sha256: 'x',
        differences: ['listener in, chain 1: access_log: 1, asked 0', 'listener in, chain 1: tracing: {}, asked none'],
      },
    });
    expect(valuesOf(tableOf([ran('envoy'), changed]).differing)).toEqual({
      'workers of each proxy': ['2, observed', '1, observed'],
      'access log': ['off, observed', 'listener in, chain 1: access_log: 1, asked 0, observed'],
      telemetry: [
        "the proxy's own counters, neither tracing nor a sink, observed",
        'listener in, chain 1: tracing: {}, asked none, observed',
      ],
    });
  });

  it('are told side by side where a proxy is another than its neighbour, or changes between deployments', () => {
    const uneven = ran('uneven');
    const [client] = uneven.deployment.proxies;
    if (client !== undefined) client.concurrencyEffective = 8;
    expect(valuesOf(tableOf([ran('envoy'), uneven]).differing)).toEqual({
      'workers of each proxy': ['2, observed', 'client 8, server 2, observed'],
    });
  });

  it('differ in a count only where no number lies in the ranges of both', () => {
    const counts = (of: Ran, [first, second]: [number, number]) =>
      of.trials.forEach((trial, index) => {
        const connections = index === 0 ? first : second;
        opened(trial, { connections, http1: connections, http2: 0 });
      });
    const [a, b] = [ran('a'), ran('b')];
    counts(a, [16, 20]);
    counts(b, [20, 31]);
    const touching = tableOf([a, b]);
    expect([touching.differing, valuesOf(touching.alike)['connections between the proxies']]).toEqual([
      [],
      ['16 to 20, observed', '20 to 31, observed'],
    ]);
    counts(b, [21, 31]);
    expect(valuesOf(tableOf([a, b]).differing)).toEqual({
      'connections between the proxies': ['16 to 20, observed', '21 to 31, observed'],
    });
  });

  it('differ in the HTTP version that their proxies speak', () => {
    const multiplexed = ran('multiplexed');
    for (const trial of multiplexed.trials) opened(trial, { connections: 2, http1: 0, http2: 2 });
    expect(valuesOf(tableOf([ran('envoy'), multiplexed]).differing)).toEqual({
      'HTTP version between the proxies': ['HTTP/1.1, observed', 'HTTP/2, observed'],
      'connections between the proxies': ['17, observed', '2, observed'],
    });
  });

  it('cannot be compared where a counter is not there yet, and that is no 0', () => {
    const silent = ran('silent');
    for (const trial of silent.trials) opened(trial, { connections: null, http1: 17, http2: 0 });
    const { differing, notKnown } = tableOf([ran('envoy'), silent]);
    expect([differing, valuesOf(notKnown)]).toEqual([
      [],
      {
        'connections between the proxies': ['17, observed', "the client's proxy has no counter upstream_cx_total"],
      },
    ]);
  });

  it('differ where the driver had to open connections anew under one of them', () => {
    const cut = ran('cut');
    for (const { clients } of cut.trials) for (const { connections } of clients) connections.opened = 23;
    expect(valuesOf(tableOf([ran('envoy'), cut]).differing)).toEqual({
      "the driver's connections": ['kept for the whole trial, observed', '23 opened for 16, observed'],
    });
  });

  it('have driver’s connections as asked where the scenario closes them', () => {
    const { scenario } = runFixture();
    const load = { ...scenario.load, requestsPerConnection: 1500 };
    expect(valuesOf(tableOf([ran('envoy'), ran('b')], { load }).alike)["the driver's connections"]).toEqual([
      'new after 1,500 requests, asked',
      'new after 1,500 requests, asked',
    ]);
  });

  it('have no keys where one has no TLS', () => {
    expect(valuesOf(tableOf([ran('envoy'), ran('plain', { mtls: 'off' })]).differing)).toEqual({
      'mutual TLS': ['strict, asked', 'off, asked'],
      'type of the keys': ['ECDSA P-256, observed', 'none, without TLS, asked'],
    });
  });

  it('have each knob in one place: differing, alike or not known', () => {
    const [old, four] = [ran('old'), ran('four', { concurrency: 4 })];
    delete old.deployment.expectation.wireCounters;
    each(four, { concurrencyEffective: 4 });
    const { differing, alike, notKnown } = tableOf([old, four]);
    const titles = (knobs: readonly Knob[]) => knobs.map(({ title }) => title);
    expect([titles(differing), titles(notKnown), titles(alike)]).toEqual([
      ['workers of each proxy'],
      ['HTTP version between the proxies', 'connections between the proxies'],
      [
        'proxy version',
        'CPU request and limit',
        'memory request and limit',
        'mutual TLS',
        'type of the keys',
        'retries',
        "the driver's connections",
        'access log',
        'telemetry',
      ],
    ]);
  });

  it('have each trial’s counters read as its own deployment names them', () => {
    const own = ran('own');
    const other = deploymentFixture('b2-own', { name: 'own', meshed: true });
    const [, second] = own.trials;
    if (second === undefined) throw new Error('no trial');
    second.spec.deploymentId = other.id;
    const { run, scenario } = runFixture();
    const deployments = [own.deployment, other];
    const table = knobsOf({
      run,
      scenario: { ...scenario, treatments: [own.treatment] },
      deployments,
      trials: own.trials,
    });
    expect(valuesOf(table.notKnown)).toMatchObject({
      'connections between the proxies': ["no counter of the client's proxy tells it in these records"],
    });
  });

  it('differ in what is spent on purpose', () => {
    const [slow, planted] = [ran('slow'), ran('planted')];
    slow.treatment = { ...slow.treatment, serviceTimeUs: 1500 };
    planted.treatment = { ...planted.treatment, plantedCostUs: 0 };
    expect(valuesOf(tableOf([slow, planted]).differing)).toEqual({
      'service time of each request': ['1,500 µs, asked', 'none, asked'],
      'planted cost of each request': ['none, asked', '0 µs, asked'],
    });
  });
});
