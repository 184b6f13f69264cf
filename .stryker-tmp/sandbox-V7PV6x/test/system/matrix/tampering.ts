// @ts-nocheck
import { chmodSync, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeHost } from '../../../src/host/nodeHost.ts';
import { findEnvoy } from '../../../src/platforms/local/envoyBinary.ts';
import type { Workplace } from '../cli.ts';

export interface Tampering {
  /** Python that changes `config`, the bootstrap; `managers` are its HTTP connection managers, `routes` their routes. */
  config?: string;
  /** Python that changes `args`, the command line. */
  args?: string;
  /** Start Envoy again whenever it ends, as a supervisor in a container would. */
  supervised?: true;
}

export interface Tampered {
  /** For --envoy. */
  file: string;
  /** Whether an Envoy was started in the tampered way. */
  wasUsed(): boolean;
}

/** An Envoy that changes what it is given, as a wrong template or a meddling control plane would. */
export async function tamperedEnvoy(
  place: Workplace,
  { config = '', args = '', supervised }: Tampering,
): Promise<Tampered> {
  const { path: envoy } = await findEnvoy({ host: nodeHost(), given: undefined, say: () => {} });
  // The proxy's user has to reach the wrapper, what it starts, and where it leaves its mark.
  chmodSync(place.directory, 0o755);
  const reachable = path.join(place.directory, 'envoy');
  copyFileSync(envoy, reachable);
  const mark = path.join(place.directory, 'tampered');
  writeFileSync(mark, '');
  chmodSync(mark, 0o666);
  const file = path.join(place.directory, 'tampered-envoy');
  writeFileSync(file, program({ envoy: reachable, mark, config, args, supervised: supervised === true }));
  chmodSync(file, 0o755);
  return { file, wasUsed: () => existsSync(mark) && readFileSync(mark, 'utf8').includes('started') };
}

function program(of: { envoy: string; mark: string; config: string; args: string; supervised: boolean }): string {
  const indented = (code: string) =>
    code
      .split('\n')
      .map((line) => `    ${line}`)
      .join('\n');
  return `#!/usr/bin/env python3
import ctypes, json, os, signal, subprocess, sys
args = sys.argv[1:]
if '-c' in args:
    at = args.index('-c') + 1
    with open(args[at]) as f: config = json.load(f)
    resources = config['static_resources']
    managers = [filter['typed_config']
                for listener in resources['listeners']
                for chain in listener['filter_chains']
                for filter in chain['filters']
                if 'http_filters' in filter['typed_config']]
    routes = [route for manager in managers for host in manager['route_config']['virtual_hosts'] for route in host['routes']]
    isServer = any(listener['name'] == 'virtualInbound' for listener in resources['listeners'])
${indented(of.config)}
    args[at] = args[at] + '.tampered'
    with open(args[at], 'w') as f: json.dump(config, f)
${indented(of.args)}
    with open('${of.mark}', 'a') as f: f.write('started\\n')
if not ('-c' in args and ${of.supervised ? 'True' : 'False'}):
    os.execv('${of.envoy}', ['envoy'] + args)
def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
child = None
def forward(number, frame):
    child.terminate()
    sys.exit(0)
signal.signal(signal.SIGTERM, forward)
while True:
    child = subprocess.Popen(['${of.envoy}'] + args, preexec_fn=die_with_parent)
    child.wait()
`;
}

/** Both ends in plaintext where mutual TLS was asked. */
export const WITHOUT_TLS = `for cluster in resources['clusters']: cluster.pop('transport_socket', None)
for listener in resources['listeners']:
    for chain in listener['filter_chains']:
        if chain.pop('transport_socket', None) is not None:
            chain['filter_chain_match']['transport_protocol'] = 'raw_buffer'`;

/** The server's proxy answers a share of the requests itself. */
export const failing = (percent: number) => `if isServer:
    for manager in managers:
        for filter in manager['http_filters']:
            if filter['name'] == 'envoy.filters.http.fault':
                filter['typed_config']['abort'] = {'http_status': 503, 'percentage': {'numerator': ${percent}}}`;

/** The client's proxy tries again until it succeeds. */
export const RETRYING = `if not isServer:
    for route in routes:
        route['route']['retry_policy'] = {'retry_on': '5xx', 'num_retries': 10}`;

export const OTHER_SIZE = `if isServer:
    for route in routes:
        route['route']['regex_rewrite'] = {'pattern': {'regex': '^/bytes/.*$'}, 'substitution': '/bytes/999'}`;

export const ACCESS_LOG = `for manager in managers:
    manager['access_log'] = [{'name': 'envoy.access_loggers.file', 'typed_config': {
        '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog', 'path': '/dev/null'}}]`;

/** All workers listen on one socket instead of one each, so that whoever is free takes the connection. */
export const ONE_SOCKET = `for listener in resources['listeners']: listener['enable_reuse_port'] = False`;

export const ONE_WORKER = `args[args.index('--concurrency') + 1] = '1'`;
