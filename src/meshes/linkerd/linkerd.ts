import {
  hopsWithSidecar,
  type KubernetesContext,
  type KubernetesContribution,
  type Marks,
  type Mesh,
  type Unsupported,
} from '../mesh.ts';
import { NOT_INJECTED } from '../notInjected.ts';
import { notAsAsked } from './asAsked.ts';
import { expectationOf } from './expectation.ts';
import { resourceAnnotations, resourcesRefused } from './resources.ts';
import { INBOUND_POLICIES } from './settings.ts';
import { linkerdSidecar } from './sidecar.ts';

/** Sidecars that a cluster's Linkerd injects. */
export const linkerd: Mesh = { kubernetes: contribute };

const INJECTED: Marks = { labels: {}, annotations: { 'linkerd.io/inject': 'enabled' } };

function contribute(context: KubernetesContext): KubernetesContribution | Unsupported {
  const { settings } = context;
  const hops = hopsWithSidecar(context);
  if (settings['mtls'] === 'strict' && settings['sidecars'] !== 'both') {
    return { unsupported: 'mtls: strict needs sidecars: both, since a request from or to one alone is plaintext' };
  }
  const refused = resourcesRefused(settings);
  if (refused !== undefined) return refused;
  return {
    kind: 'kubernetes',
    expectation: expectationOf(context, hops),
    // The init container that writes the redirect rules adds NET_ADMIN and NET_RAW; "baseline" allows neither.
    podSecurity: 'privileged',
    namespace: INJECTED,
    injected: sidecarMarks(context),
    notInjected: NOT_INJECTED,
    injectOne: INJECTED,
    manifests: [],
    // The trust anchors are in the proxy's environment, and its token is a projected volume: nothing is waited for.
    awaitedConfigMap: null,
    sidecar: { ...linkerdSidecar, notAsAsked: (pod) => notAsAsked(pod, context) },
    hops,
  };
}

/** The pod's own word for injection goes before the namespace's. */
function sidecarMarks({ settings, controlPorts }: KubernetesContext): Marks {
  const native = {
    auto: {},
    on: { 'config.linkerd.io/proxy-enable-native-sidecar': 'true' },
    off: { 'config.linkerd.io/proxy-enable-native-sidecar': 'false' },
  };
  return {
    // A cluster may have Istio as well, and one pod must not get both.
    labels: NOT_INJECTED.labels,
    annotations: {
      ...INJECTED.annotations,
      'config.linkerd.io/default-inbound-policy': INBOUND_POLICIES[settings['mtls'] as keyof typeof INBOUND_POLICIES],
      // Takes the place of the default list, 4567 and 4568 (Galera), on which our pods do not listen.
      'config.linkerd.io/skip-inbound-ports': controlPorts.join(','),
      ...resourceAnnotations(settings),
      ...native[settings['nativeSidecar'] as keyof typeof native],
      ...(settings['accessLog'] === 'json' ? { 'config.linkerd.io/access-log': 'json' } : {}),
    },
  };
}
