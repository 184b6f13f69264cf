import { describe, expect, it, onTestFinished } from 'vitest';
import type { ApiObject } from '../../src/platforms/kubernetes/api.ts';
import { contributionFor } from '../../src/platforms/kubernetes/contribution.ts';
import {
  namespaceManifest,
  podManifest,
  podNames,
  startFiles,
  supportManifests,
} from '../../src/platforms/kubernetes/manifests.ts';
import { serviceNodes } from '../../src/platforms/topology.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { api, removeNamespace, whyNoIstio } from './cluster.ts';

const SETTINGS = [
  { mesh: 'none', settings: '' },
  ...['permissive', 'strict', 'off'].flatMap((mtls) =>
    ['both', 'client', 'server'].map((sidecars) => ({
      mesh: 'istio',
      settings: `mtls: ${mtls}, sidecars: ${sidecars}`,
    })),
  ),
  {
    mesh: 'istio',
    settings: 'telemetry: off, nativeSidecar: off, cpuLimit: none, memoryLimit: none, revision: default',
  },
  { mesh: 'linkerd', settings: 'mtls: strict' },
  { mesh: 'linkerd', settings: 'mtls: permissive, sidecars: client, accessLog: json, nativeSidecar: off' },
];
const RUN = 'strict-validation';
const NAMESPACE = 'meshtax-test-strict';
const SERVICES = serviceNodes({ topology: 'chain', depth: 2 });

/** Every object that a treatment makes, in the order in which it is made. */
async function manifestsOf(mesh: string, settings: string): Promise<ApiObject[]> {
  const written = settings === '' ? '' : `\n    settings: { ${settings} }`;
  const others = mesh === 'none' ? '' : `  - mesh: ${mesh}${written}\n`;
  const text = `name: t\nplatform: kubernetes\ntreatments:\n  - mesh: none\n${others}load: { arrivalRate: 1/s }\n`;
  const parsed = parseScenario(text, 't.yaml');
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '));
  const treatment = parsed.scenario.treatments.at(-1);
  if (treatment === undefined) throw new Error('no treatment');
  const contribution = await contributionFor(treatment, { namespace: NAMESPACE, services: SERVICES });
  const recipe = { runId: RUN, image: 'node:20', node: 'a', memoryLimitBytes: 64_000_000 };
  return [
    namespaceManifest(NAMESPACE, RUN, contribution),
    ...supportManifests({ runId: RUN, services: SERVICES, agentProgram: 'program', starts: startFiles('token') }),
    ...contribution.manifests,
    // A pod that is to be injected is validated here as it is sent; injection itself is the other tests' matter.
    ...podNames(SERVICES).map((name) => podManifest(name, recipe, contribution)),
  ];
}

describe('every manifest', () => {
  it('passes fieldValidation=Strict of the API server, for each mesh and its settings', async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const client = api();
    const [namespace, ...others] = await manifestsOf('none', '');
    if (namespace === undefined) throw new Error('no namespace');
    await client.apply(undefined, namespace);
    // A pod is admitted only where its account is there: these are made for real.
    for (const manifest of others) if (manifest.kind === 'ServiceAccount') await client.apply(NAMESPACE, manifest);
    onTestFinished(() => removeNamespace(NAMESPACE));
    let validated = 0;
    for (const { mesh, settings } of SETTINGS) {
      for (const manifest of await manifestsOf(mesh, settings)) {
        const scope = manifest.kind === 'Namespace' ? undefined : NAMESPACE;
        // The namespace enforces "restricted", which the agents' own containers keep: nothing is injected in it.
        await client.apply(scope, withoutInjection(manifest), { dryRun: true });
        validated++;
      }
    }
    expect(validated).toBeGreaterThan(SETTINGS.length * 12);
  }, 120_000);

  it('is refused for one misspelt field, so that passing means something', async (context) => {
    const reason = await whyNoIstio();
    if (reason !== undefined) context.skip(reason);
    const manifests = await manifestsOf('none', '');
    const service = manifests.find(({ kind }) => kind === 'Service');
    const misspelt = { ...service, spec: { ...service?.spec, selektor: {} } };
    await expect(api().apply('default', misspelt, { dryRun: true })).rejects.toThrow(/selektor/);
  }, 60_000);
});

function withoutInjection(manifest: ApiObject): ApiObject {
  if (manifest.kind !== 'Pod') return manifest;
  const labels = { ...manifest.metadata?.labels, 'sidecar.istio.io/inject': 'false' };
  return { ...manifest, metadata: { ...manifest.metadata, labels } };
}
