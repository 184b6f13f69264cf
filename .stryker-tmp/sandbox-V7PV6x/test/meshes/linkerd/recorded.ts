// @ts-nocheck
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { PodLike } from '../../../src/meshes/mesh.ts';

/** Text of a recording, byte by byte. */
export function recordedText(name: string): string {
  return readFileSync(path.join(import.meta.dirname, 'recorded', name), 'utf8');
}

function recordedJson(name: string): unknown {
  return JSON.parse(recordedText(name));
}

/** The pod of a recording, as the API server gave it. */
export function recordedPod(name: string): PodLike {
  return recordedJson(`pods/${name}.json`) as PodLike;
}

/** Text of `/metrics` before and after a recorded load. */
export function recordedMetrics(name: string): { before: string; after: string } {
  return { before: recordedText(`metrics/${name}-before.txt`), after: recordedText(`metrics/${name}-after.txt`) };
}

interface RecordedSpec {
  volumes: { name: string; configMap?: object }[];
  initContainers: { securityContext: { capabilities?: { add: string[] } } }[];
}

/** The parts of a recorded pod that no reader needs. */
export function recordedSpec(name: string): RecordedSpec {
  return (recordedJson(`pods/${name}.json`) as { spec: RecordedSpec }).spec;
}

interface ClientOutput {
  sent: number;
  status: Record<string, number>;
  /** Requests by the server that said it answered. */
  server: Record<string, number>;
  grpcStatus: Record<string, number>;
  samples: { status: number; body: string; rawHeaders: string[] }[];
}

/** What the recorded client printed. */
export function recordedClient(name: string): ClientOutput {
  return recordedJson(`${name}.json`) as ClientOutput;
}

/** Peer identity that the application saw in the recorded request; null: it carried none. */
export function recordedIdentity(name: string): string | null {
  const { rawHeaders } = JSON.parse(recordedClient(`headers/${name}`).samples[0]?.body ?? '') as {
    rawHeaders: string[];
  };
  const at = rawHeaders.indexOf('l5d-client-id');
  return at < 0 ? null : (rawHeaders[at + 1] ?? null);
}

/** How the pages of a recorded pod answered, by the way in. */
export function recordedStatuses(name: string, page: { port: number; path: string }): Record<string, number> {
  const { rows } = recordedJson(`admin/${name}.json`) as {
    rows: { via: string; port: number; path: string; status: number }[];
  };
  const asked = rows.filter(({ port, path: of }) => port === page.port && of === page.path);
  return Object.fromEntries(asked.map(({ via, status }) => [via, status]));
}

/** Every webhook configuration of the recorded install, with its labels. */
export function recordedWebhooks(): { kind: string; metadata: { name: string; labels: Record<string, string> } }[] {
  const { items } = recordedJson('pods/webhook-configurations.json') as { items: ReturnType<typeof recordedWebhooks> };
  return items;
}

interface RecordedProcess {
  comm: string;
  uid: string;
  readable: Record<string, string>;
}

/** Processes of a pod as a container of it saw them. */
export function recordedProcesses(name: string): RecordedProcess[] {
  return (recordedJson(`proc/${name}.json`) as { processes: RecordedProcess[] }).processes;
}
