// @ts-nocheck
import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { readBody } from '../../agent/boundedText.ts';
import { LARGEST_REPLY_BYTES } from '../../agent/transport.ts';
import { reasonOf } from '../../host/problems.ts';

/** Whose fields ours are in the API server's books. */
export const FIELD_MANAGER = 'meshtax';
const CALL_TIMEOUT_MS = 30_000;

/** The API server's refusal, in its own words. */
export class ApiProblem extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
  }
}

export interface ApiCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: string;
  headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

/** Any object of the API, as far as every one of them has it. */
export interface ApiObject {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    uid?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: object;
}

/**
 * The calls that this platform makes. The library's generated clients offer no `fieldValidation` with server-side
 * apply and encode the paths behind a pod's proxy, so requests are written here and only signed by the library.
 */
export interface ClusterApi {
  /** @throws where no answer came; any status is an answer */
  send(call: ApiCall): Promise<ApiAnswer>;
  /** @throws ApiProblem for a status of 400 and more */
  get<T>(path: string, query?: Readonly<Record<string, string>>): Promise<T>;
  /** undefined where there is no such object. */
  find<T>(path: string): Promise<T | undefined>;
  create<T>(path: string, body: object, query?: Readonly<Record<string, string>>): Promise<T>;
  /** Server-side apply, with strict validation of every field. */
  apply<T>(namespace: string | undefined, manifest: ApiObject, options?: { dryRun: boolean }): Promise<T>;
  remove(path: string, options?: object): Promise<void>;
}

export function createApi(kubeConfig: KubeConfig, server: string): ClusterApi {
  const resources = new Map<string, Promise<{ kind: string; name: string }[]>>();
  const send = (call: ApiCall) => sendOnce(kubeConfig, server, call);
  const demand = async <T>(call: ApiCall): Promise<T> => {
    const answer = await send(call);
    if (answer.status >= 400) throw problemOf(answer);
    return (answer.body === '' ? {} : JSON.parse(answer.body)) as T;
  };
  const get = <T>(path: string, query: Readonly<Record<string, string>> = {}) =>
    demand<T>({ method: 'GET', path, query });
  const pluralOf = async (groupPath: string, kind: string): Promise<string> => {
    const known =
      resources.get(groupPath) ??
      get<{ resources: { kind: string; name: string }[] }>(groupPath).then((list) => list.resources);
    resources.set(groupPath, known);
    known.catch(() => resources.delete(groupPath)); // Asked again next time.
    const found = (await known).find((resource) => resource.kind === kind && !resource.name.includes('/'));
    if (found === undefined) throw new ApiProblem(404, `the cluster has no kind ${kind} in ${groupPath}`);
    return found.name;
  };
  return {
    send,
    get,
    async find(path) {
      try {
        return await get(path);
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return undefined;
        throw error;
      }
    },
    create: (path, body, query = {}) =>
      demand({
        method: 'POST',
        path,
        query: { fieldManager: FIELD_MANAGER, fieldValidation: 'Strict', ...query },
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    async apply(namespace, manifest, options) {
      const { apiVersion = '', kind = '', metadata } = manifest;
      const groupPath = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
      const scope = namespace === undefined ? '' : `/namespaces/${namespace}`;
      return demand({
        method: 'PATCH',
        path: `${groupPath}${scope}/${await pluralOf(groupPath, kind)}/${metadata?.name}`,
        query: {
          fieldManager: FIELD_MANAGER,
          fieldValidation: 'Strict',
          force: 'true',
          ...(options?.dryRun === true ? { dryRun: 'All' } : {}),
        },
        body: JSON.stringify(manifest),
        headers: { 'content-type': 'application/apply-patch+yaml' },
      });
    },
    async remove(path, options) {
      const body = options === undefined ? {} : { body: JSON.stringify(options) };
      const answer = await send({ method: 'DELETE', path, headers: { 'content-type': 'application/json' }, ...body });
      if (answer.status >= 400 && answer.status !== 404) throw problemOf(answer);
    },
  };
}

function problemOf({ status, body }: ApiAnswer): ApiProblem {
  try {
    const { message } = JSON.parse(body) as { message?: string };
    if (message !== undefined) return new ApiProblem(status, message);
  } catch {
    // Not the API server's own form, as from a proxy before it: told as it is.
  }
  return new ApiProblem(status, `status ${status}: ${body.slice(0, 200)}`);
}

async function sendOnce(kubeConfig: KubeConfig, server: string, call: ApiCall): Promise<ApiAnswer> {
  const url = new URL(server.replace(/\/+$/, '') + call.path);
  for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
  const signed: https.RequestOptions = {};
  await kubeConfig.applyToHTTPSOptions(signed);
  const own = { accept: 'application/json', ...call.headers };
  const length = call.body === undefined ? {} : { 'content-length': String(Buffer.byteLength(call.body)) };
  const options: https.RequestOptions = {
    ...signed,
    method: call.method,
    timeout: CALL_TIMEOUT_MS,
    headers: { ...(signed.headers as object), ...own, ...length },
  };
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) =>
      reject(new Error(`the API server ${server}: ${reasonOf(error)}`, { cause: error }));
    const sent = (url.protocol === 'http:' ? http : https).request(url, options, (response) => {
      readBody(response, LARGEST_REPLY_BYTES).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        fail,
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${CALL_TIMEOUT_MS} ms`)));
    sent.on('error', fail);
    sent.end(call.body);
  });
}
