// @ts-nocheck
import { findSidecar } from '../findSidecar.ts';
import type { FoundSidecar, PodLike, ProxyFacts, SidecarReader } from '../mesh.ts';
import { parsePrometheus, parseSelector, type Sample, sumSelected } from '../prometheus.ts';

const CONTAINER = 'linkerd-proxy';
/** The injector writes the user only; the group is the image's, which is root's. */
const USER = { uid: 2102, gid: 0 };
const METRICS = '/metrics';

/** How a sidecar of Linkerd's is recognised and asked. Its counters are named by selectors, as PromQL writes them. */
export const linkerdSidecar: Omit<SidecarReader, 'notAsAsked'> = {
  user: USER,
  // 14 characters, so that /proc/PID/comm, which has room for 15, holds all of it.
  processes: [{ comm: 'linkerd2-proxy', role: 'proxy' }],
  find,
  adminPort: 4191,
  countersPath: () => METRICS,
  readCounters,
  factPaths: [METRICS],
  facts,
  build: nameBuild,
};

function find(pod: PodLike): FoundSidecar | { absent: string } {
  return findSidecar(pod, {
    container: CONTAINER,
    user: USER,
    whyAbsent: (pod) => `no container ${CONTAINER}: ${whyAbsent(pod)}`,
  });
}

function whyAbsent({ metadata, spec }: PodLike): string {
  const placed: (PodLike['spec'] & { hostNetwork?: boolean }) | undefined = spec;
  if (placed?.hostNetwork === true) return "the pod is in its node's network, where Linkerd injects nothing";
  if (metadata?.annotations?.['linkerd.io/inject'] === 'disabled') {
    return 'its annotation linkerd.io/inject is "disabled"';
  }
  if (metadata?.labels?.['linkerd.io/inject'] !== undefined) {
    return 'linkerd.io/inject is a label on it, and only counts as an annotation';
  }
  return 'neither it nor its namespace has the annotation linkerd.io/inject: enabled, or the injector did not answer (its webhook has failurePolicy Ignore: such a pod is admitted without a warning)';
}

function readCounters(body: string, names: readonly string[]): Record<string, number | null> {
  const samples = parsePrometheus(body);
  return Object.fromEntries(names.map((name) => [name, sumSelected(samples, parseSelector(name))]));
}

function facts([metrics]: readonly string[]): ProxyFacts {
  const samples = samplesOf(metrics);
  if ('missing' in samples) return { version: samples, concurrencyEffective: samples };
  return {
    version: buildInfo(samples)?.get('version') ?? { missing: `the proxy's ${METRICS} has no proxy_build_info` },
    // Only builds with tokio's unstable metrics have it.
    concurrencyEffective: sumSelected(samples, { name: 'tokio_rt_workers', matchers: [] }) ?? {
      missing: `the proxy's ${METRICS} has no tokio_rt_workers`,
    },
  };
}

function samplesOf(metrics: string | undefined): Sample[] | { missing: string } {
  try {
    return parsePrometheus(metrics ?? '');
  } catch (error) {
    return { missing: `the proxy's ${METRICS}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

function buildInfo(samples: readonly Sample[]): Sample['labels'] | undefined {
  return samples.find(({ name }) => name === 'proxy_build_info')?.labels;
}

/** Never called a release: neither images nor metrics tell whether they are the project's own or a rebuild. */
function nameBuild({ controlPlaneImages, sidecar, factBodies }: Parameters<SidecarReader['build']>[0]): string {
  const tags = [...new Set(controlPlaneImages.map(tagOf))];
  const control = tags.length === 0 ? 'of unknown version' : tags.join(' and ');
  const image = tagOf(sidecar.image);
  const other = tags.length === 1 && tags[0] === image ? '' : ` in image ${image}`;
  return `Linkerd control plane ${control}, proxy ${proxyBuild(factBodies[0])}${other}, not run end to end by this tool`;
}

/** "registry:5000/linkerd/proxy:edge-26.8.3", or a digest in the place of the tag. */
function tagOf(image: string): string {
  const digest = image.indexOf('@');
  if (digest >= 0) return image.slice(digest + 1);
  const name = image.slice(image.lastIndexOf('/') + 1);
  return name.includes(':') ? name.slice(name.indexOf(':') + 1) : 'without a tag';
}

function proxyBuild(metrics: string | undefined): string {
  const samples = samplesOf(metrics);
  const labels = 'missing' in samples ? undefined : buildInfo(samples);
  if (labels === undefined) return 'of unknown build';
  const version = labels.get('version') ?? 'of unknown version';
  const commit = labels.get('git_sha') ?? '';
  return commit === ''
    ? `${version} (git_sha empty: built from source by someone, not a release)`
    : `${version} (${commit})`;
}
