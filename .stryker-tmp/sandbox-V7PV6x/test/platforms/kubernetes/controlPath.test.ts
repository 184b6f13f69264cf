// @ts-nocheck
import { createServer, type Server } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../src/agent/transport.ts';
import { nodeHost } from '../../../src/host/nodeHost.ts';
import { ApiProblem, createApi } from '../../../src/platforms/kubernetes/api.ts';
import { persistent, podProxyTransport } from '../../../src/platforms/kubernetes/controlPath.ts';

interface Seen {
  method: string | undefined;
  url: string | undefined;
  body: string;
  headers: Record<string, unknown>;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** An API server that answers in turn as it is told; the last answer goes on. */
async function apiServer(answers: readonly { status: number; body: string }[]) {
  const seen: Seen[] = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const answer = answers[Math.min(seen.length, answers.length - 1)];
      seen.push({ method: request.method, url: request.url, body, headers: request.headers });
      response.writeHead(answer?.status ?? 500).end(answer?.body);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromOptions({
    clusters: [{ name: 'c', server: url, skipTLSVerify: true }],
    users: [{ name: 'u', token: 'api-token' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  return { api: createApi(kubeConfig, url), seen };
}

const CALL: Call = {
  method: 'PUT',
  path: '/tasks/t1',
  body: '{"kind":"count"}',
  headers: { 'x-meshtax-token': 'run-token' },
};
const TO = { namespace: 'n', pod: 'server', port: 15900 };
const still = { stillThere: async () => {}, signal: new AbortController().signal };

describe('a call through the pod proxy', () => {
  it('carries the run’s token beside the API server’s own', async () => {
    const { api, seen } = await apiServer([{ status: 201, body: '{}' }]);
    expect(await podProxyTransport(api, TO)(CALL)).toMatchObject({ status: 201, body: '{}' });
    expect(seen).toEqual([
      expect.objectContaining({
        method: 'PUT',
        url: '/api/v1/namespaces/n/pods/server:15900/proxy/tasks/t1',
        body: '{"kind":"count"}',
        headers: expect.objectContaining({ authorization: 'Bearer api-token', 'x-meshtax-token': 'run-token' }),
      }),
    ]);
  });

  it('is made again while the API server does not reach the agent', async () => {
    const unreached = { status: 503, body: '{"kind":"Status","message":"error trying to reach service"}' };
    const { api, seen } = await apiServer([unreached, { status: 502, body: '' }, { status: 201, body: '{}' }]);
    const reply = await persistent(nodeHost(), podProxyTransport(api, TO), still)(CALL);
    expect([reply.status, seen.length]).toEqual([201, 3]);
  });

  it('is not made again for an answer of the agent itself, also where that is a failure', async () => {
    const { api, seen } = await apiServer([{ status: 500, body: '{"error":"this agent serves nothing"}' }]);
    const reply = await persistent(nodeHost(), podProxyTransport(api, TO), still)(CALL);
    expect([reply.status, seen.length]).toEqual([500, 1]);
  });

  it('ends at once with the reason when the pod is known to be gone', async () => {
    const { api } = await apiServer([{ status: 503, body: 'no endpoints' }]);
    const gone = async () => {
      throw new Error('pod server: container service ended: OOMKilled');
    };
    const call = persistent(nodeHost(), podProxyTransport(api, TO), { ...still, stillThere: gone })(CALL);
    await expect(call).rejects.toThrow('OOMKilled');
  });

  it('gives up after its time with the last answer', async () => {
    const { api, seen } = await apiServer([{ status: 503, body: 'no endpoints' }]);
    const call = persistent(nodeHost(), podProxyTransport(api, TO), { ...still, forMs: 600 })(CALL);
    await expect(call).rejects.toThrow('503 no endpoints');
    expect(seen.length).toBeGreaterThan(1);
  });
});

describe('the API', () => {
  it('applies on the server, under our name, with every field validated', async () => {
    const { api, seen } = await apiServer([
      { status: 200, body: '{"resources":[{"kind":"Secret","name":"secrets"}]}' },
      { status: 201, body: '{}' },
    ]);
    await api.apply('n', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } });
    expect(seen[1]).toMatchObject({
      method: 'PATCH',
      url: '/api/v1/namespaces/n/secrets/s?fieldManager=meshtax&fieldValidation=Strict&force=true',
      headers: { 'content-type': 'application/apply-patch+yaml' },
    });
  });

  it('tells a refusal in the API server’s own words', async () => {
    const { api } = await apiServer([{ status: 403, body: '{"kind":"Status","message":"exceeded quota: small"}' }]);
    const refused = api.get('/api/v1/pods');
    await expect(refused).rejects.toBeInstanceOf(ApiProblem);
    await expect(refused).rejects.toMatchObject({ status: 403, message: 'exceeded quota: small' });
  });

  it('finds nothing where there is nothing, and does not take a refusal for it', async () => {
    const { api } = await apiServer([
      { status: 404, body: '{}' },
      { status: 403, body: '{"message":"no"}' },
    ]);
    expect(await api.find('/x')).toBeUndefined();
    await expect(api.find('/x')).rejects.toThrow('no');
  });
});
