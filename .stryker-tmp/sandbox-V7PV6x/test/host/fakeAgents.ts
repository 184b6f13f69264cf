// @ts-nocheck
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import path from 'node:path';
import type { Child } from '../../src/host/host.ts';

const RESULTS: Record<string, object> = {
  serve: { listening: true },
  fetch: { status: 200, body: '' },
  meter: { windowUs: 1e6, lostUs: 1000, longestUs: 100, stalls: 0, where: 'system', meter: 'm', thresholdUs: 100 },
};

/** Answers the control protocol as an agent does whose every task is done at once. */
function answer(kinds: Map<string, string>, request: IncomingMessage, response: ServerResponse): void {
  const send = (value: object, headers: Record<string, string> = {}) => {
    response.writeHead(200, headers).end(JSON.stringify(value));
  };
  const [, , id = '', what] = (request.url ?? '').split('/');
  let body = '';
  request.on('data', (part) => {
    body += part;
  });
  request.on('end', () => {
    if (request.method === 'PUT') kinds.set(id, (JSON.parse(body) as { kind: string }).kind);
    if (what !== 'result') return send(request.url === '/clock' ? { agentUs: 0 } : { state: 'done' });
    const result = RESULTS[kinds.get(id) ?? ''] ?? {};
    send(result, { 'x-sha256': createHash('sha256').update(JSON.stringify(result)).digest('hex') });
  });
}

/** Children that are agents in this process, behind real sockets. */
export function fakeAgents() {
  const running = new Set<number>();
  let pids = 5000;
  const spawn = (): Child => {
    pids += 1;
    const pid = pids;
    let server: Server | undefined;
    let tell: (text: string) => void = () => {};
    let end: (how: Awaited<Child['ended']>) => void = () => {};
    const ended = new Promise<Awaited<Child['ended']>>((resolve) => {
      end = resolve;
    });
    running.add(pid);
    const stop = (signal: string) => {
      if (!running.delete(pid)) return;
      server?.close();
      server?.closeAllConnections();
      end({ code: null, signal });
    };
    return {
      pid,
      ended,
      get running() {
        return running.has(pid);
      },
      errors: () => '',
      write(text) {
        const { socket } = JSON.parse(text) as { socket: string };
        const kinds = new Map<string, string>();
        server = createServer((request, response) => answer(kinds, request, response));
        mkdirSync(path.dirname(socket), { recursive: true });
        server.listen(socket);
        queueMicrotask(() => tell('ready\n'));
      },
      closeInput: () => {},
      signal: stop,
      onOutput: (listener) => {
        tell = listener;
      },
    };
  };
  return { spawn, running };
}
