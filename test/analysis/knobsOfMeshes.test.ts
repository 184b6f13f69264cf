import { describe, expect, it } from 'vitest';
import { analyseRun } from '../../src/analysis/analyse.ts';
import type { Treatment } from '../../src/scenario/scenario.ts';
import { each, type Ran, ran, tableOf, valuesOf } from './fixtures/knobs.ts';
import { runFixture } from './fixtures/runs.ts';

describe('two meshes in a cluster', () => {
  function inCluster(name: string, mesh: Treatment['mesh'], settings: Treatment['settings']): Ran {
    const own = ran(name);
    own.treatment = { name, mesh, settings, serviceTimeUs: 0 };
    for (const proxy of own.deployment.proxies) delete proxy.effectiveConfiguration;
    return own;
  }

  it('have their requests and limits as their pods have them, however those are written', () => {
    const istio = inCluster('istio', 'istio', { mtls: 'strict' });
    each(istio, {
      container: 'istio-proxy',
      requests: { cpu: '100m', memory: '134217728' },
      limits: { cpu: '2000m', memory: '1Gi' },
    });
    const linkerd = inCluster('linkerd', 'linkerd', { mtls: 'strict' });
    each(linkerd, { container: 'linkerd-proxy', requests: { cpu: '0.1', memory: '128Mi' }, limits: { cpu: '2' } });
    const table = tableOf([istio, linkerd]);
    expect(valuesOf(table.alike)['CPU request and limit']).toEqual(['100m and 2, observed', '100m and 2, observed']);
    expect(valuesOf(table.differing)).toEqual({
      'memory request and limit': ['128Mi and 1Gi, observed', '128Mi and none, observed'],
    });
  });

  it('say of each setting that only one of them has that it cannot be compared', () => {
    const istio = inCluster('istio', 'istio', { telemetry: 'default', nativeSidecar: 'on', revision: '' });
    const linkerd = inCluster('linkerd', 'linkerd', { accessLog: 'off', nativeSidecar: 'auto' });
    const { differing, notKnown } = tableOf([istio, linkerd]);
    const unread = "has no such setting here, and its proxies' configuration is not read";
    expect(valuesOf(differing)).toEqual({ 'setting nativeSidecar': ['on, asked', 'auto, asked'] });
    expect(valuesOf(notKnown)).toEqual({
      'mutual TLS': [
        'istio has no such setting here, and nothing else tells it',
        'linkerd has no such setting here, and nothing else tells it',
      ],
      retries: [`istio ${unread}`, `linkerd ${unread}`],
      'access log': [`istio ${unread}`, 'off, asked'],
      telemetry: ["the mesh's request metrics, asked", `linkerd ${unread}`],
      'setting revision': ['not set, asked', 'linkerd has no such setting'],
    });
  });
});

describe('a profile', () => {
  it('is named with its title, and with what it leaves unlike for the meshes that were measured', () => {
    const { profile, leftUnlike } = tableOf([ran('envoy')], { profile: 'equalised' });
    expect(profile).toEqual({ id: 'equalised', title: 'what the meshes can both be told, told alike' });
    expect(leftUnlike.length > 0 && leftUnlike.every((text) => text.startsWith('envoy: '))).toBe(true);
    const istio = ran('istio');
    istio.treatment = { ...istio.treatment, mesh: 'istio' };
    const both = tableOf([ran('envoy'), istio], { profile: 'equalised' }).leftUnlike;
    expect(new Set(both.map((text) => text.split(':')[0]))).toEqual(new Set(['envoy', 'istio']));
    expect(both).toEqual(expect.arrayContaining([...leftUnlike]));
  });
});

describe('an analysis', () => {
  it('holds the table, drawn from the trials that measure', () => {
    const recorded = runFixture();
    for (const trial of recorded.trials) trial.spec.purpose = 'pilot';
    const of = (analysis: ReturnType<typeof analyseRun>) =>
      valuesOf([...analysis.knobs.alike, ...analysis.knobs.notKnown])["the driver's connections"];
    expect(of(analyseRun(recorded))).toEqual(['no trial of it was measured']);
    expect(of(analyseRun(runFixture()))).toEqual(['kept for the whole trial, observed']);
  });
});
