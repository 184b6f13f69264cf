import { describe, expect, it } from 'vitest';
import { GATES } from '../../../src/analysis/gates/index.ts';
import { linkerdSidecar } from '../../../src/meshes/linkerd/sidecar.ts';
import type { Hop } from '../../../src/meshes/mesh.ts';
import type { Expectation } from '../../../src/record/runRecord.ts';
import type { ControlRecord, TrialRecord } from '../../../src/record/trialRecord.ts';
import { deploymentFixture, trialFixture } from '../../analysis/fixtures/trials.ts';
import { contributionOf } from './asking.ts';
import { recordedClient, recordedIdentity, recordedMetrics } from './recorded.ts';

/** What a trial of the recorded load would have kept; a test changes one of it. */
interface Evidence {
  expectation: Omit<Expectation, 'build'>;
  metrics: Record<Hop, { before: string; after: string }>;
  byIdentity: { identity: string | null; requests: number }[];
  control: ControlRecord;
}

const PLAIN_ANSWERED: ControlRecord = { claim: 'plaintext-answered', observed: { status: 200 }, reachedService: 1 };

function recorded(): Evidence {
  return {
    expectation: contributionOf().expectation,
    metrics: { client: recordedMetrics('http1-client'), server: recordedMetrics('http1-server') },
    byIdentity: [{ identity: recordedIdentity('http1-meshed'), requests: 1000 }],
    control: PLAIN_ANSWERED,
  };
}

function trialOf({ expectation, metrics, byIdentity, control }: Evidence): TrialRecord {
  // The fixture sends 1,000 in its warm-up and none in its window: the recorded 1,000.
  const trial = trialFixture({ meshed: true, treatment: 'linkerd', requests: 0 });
  const names = expectation.requestCounters.map(({ counter }) => counter);
  const all = expectation.handshakeCounter === null ? names : [...names, expectation.handshakeCounter.counter];
  trial.counters = (['client', 'server'] as const).map((hop) => ({
    hop,
    before: linkerdSidecar.readCounters(metrics[hop].before, all),
    after: linkerdSidecar.readCounters(metrics[hop].after, all),
  }));
  trial.controls = [control];
  for (const { tally } of trial.services) {
    if ('missing' in tally) throw new Error('the fixture has no tally');
    tally.byIdentity = byIdentity.map((row) => ({ ...row, attempt: null }));
    tally.requests = byIdentity.reduce((sum, { requests }) => sum + requests, 0);
  }
  return trial;
}

const PROOFS = ['attempts', 'peer-identity', 'proxy-counters', 'handshakes', 'plaintext', 'concurrency'];

/** The proofs that the evidence does not give, with what the gate says. */
function failing(evidence: Evidence): Record<string, string> {
  const trial = trialOf(evidence);
  const deployment = deploymentFixture(trial.spec.deploymentId, { name: 'linkerd', meshed: true });
  deployment.expectation = { ...evidence.expectation, build: 'a recording' };
  deployment.proxies = deployment.proxies.map((proxy) => ({
    ...proxy,
    ...linkerdSidecar.facts([evidence.metrics[proxy.hop === 'client' ? 'client' : 'server'].after]),
    concurrencyAsked: 1,
  }));
  const answers = GATES.filter(({ id }) => PROOFS.includes(id)).map(
    (gate) => [gate.id, gate.judge(trial, { deployment, peers: [], isMeshed: true })] as const,
  );
  return Object.fromEntries(answers.flatMap(([id, { answer, detail }]) => (answer === 'pass' ? [] : [[id, detail]])));
}

/** The recording with one text in the place of another, which has to be there. */
function tampered(hop: Hop, from: RegExp, to: string): Evidence {
  const evidence = recorded();
  const { after } = evidence.metrics[hop];
  if (!from.test(after)) throw new Error(`${from} is not in the recording`);
  evidence.metrics[hop].after = after.replace(from, to);
  return evidence;
}

const MESHED_SERIES =
  /^(request_total\{direction="inbound",[^}]*target_port="8080",tls="true",client_id=")(client)([^}]*\}) 1000$/m;

describe('the true recordings', () => {
  it('prove that each of the 1,000 requests went through both proxies, with the identity of the client', () => {
    expect(PROOFS.filter((id) => !GATES.some((gate) => gate.id === id))).toEqual([]);
    expect(failing(recorded())).toEqual({});
  });

  it('prove it still where the client forged an identity, since the proxy replaces it, and takes it from the others', () => {
    const identity = recordedIdentity('http1-meshed-forged');
    expect(failing({ ...recorded(), byIdentity: [{ identity, requests: 1000 }] })).toEqual({});
    expect([recordedIdentity('http1-plain-forged'), recordedIdentity('http1-plain')]).toEqual([null, null]);
  });

  it('prove it as well where the pod is addressed without its Service', () => {
    const identity = recordedIdentity('http1-meshed-pod-ip');
    expect(failing({ ...recorded(), byIdentity: [{ identity, requests: 1000 }] })).toEqual({});
  });
});

describe('a tampered recording proves nothing:', () => {
  it("one request is another client's", () => {
    const evidence = tampered('server', MESHED_SERIES, '$1$2$3 999\n$1other$3 1');
    expect(failing(evidence)).toEqual({
      'proxy-counters': '1,000 requests sent, 1,000 through the client proxy and 999 through the server proxy',
    });
  });

  it('one request came in plaintext', () => {
    const evidence = tampered('server', MESHED_SERIES, '$1$2$3 999');
    evidence.metrics.server.after = evidence.metrics.server.after.replace(
      /^(request_total\{direction="inbound",[^}]*target_port="8080",tls="no_identity"[^}]*\}) 100$/m,
      '$1 101',
    );
    expect(Object.keys(failing(evidence))).toEqual(['proxy-counters']);
  });

  it("one request more went through the client's proxy", () => {
    const evidence = tampered('client', /^(request_total\{direction="outbound",[^}]*\}) 1000$/m, '$1 1001');
    expect(failing(evidence)).toEqual({
      'proxy-counters': '1,000 requests sent, 1,001 through the client proxy and 1,000 through the server proxy',
    });
  });

  it("the client's proxy spoke to another server", () => {
    const evidence = tampered('client', /^(request_total\{.*server_id=")echo/m, '$1other');
    expect(failing(evidence)).toEqual({
      'proxy-counters': '1,000 requests sent, 0 through the client proxy and 1,000 through the server proxy',
    });
  });

  it('one request carried the identity of another client', () => {
    const identity = recordedIdentity('http1-meshed');
    const other = identity?.replace(/^client/, 'other') ?? null;
    const byIdentity = [
      { identity, requests: 999 },
      { identity: other, requests: 1 },
    ];
    expect(failing({ ...recorded(), byIdentity })).toEqual({
      'peer-identity': `999 of 1,000 requests seen with ${identity}; others with ${other}`,
    });
  });

  it('one request carried the forged identity on', () => {
    const byIdentity = [
      { identity: recordedIdentity('http1-meshed'), requests: 999 },
      { identity: 'forged.by.client', requests: 1 },
    ];
    expect(Object.keys(failing({ ...recorded(), byIdentity }))).toEqual(['peer-identity']);
  });

  it('no connection was encrypted', () => {
    const evidence = tampered('server', /^tcp_open_total\{[^}]*target_port="8080",tls="true".*\n/m, '');
    expect(Object.keys(failing(evidence))).toEqual(['handshakes']);
  });

  it('a proxy ran two workers', () => {
    const evidence = tampered('server', /^tokio_rt_workers 1$/m, 'tokio_rt_workers 2');
    expect(failing(evidence)).toEqual({ concurrency: 'client proxy 1 of 1 worker and server proxy 2 of 1 worker' });
  });
});

describe('plaintext under strict', () => {
  const expectation = contributionOf({ mtls: 'strict' }).expectation;
  const [status] = Object.keys(recordedClient('metrics/strict-plain-client-output').status).map(Number);
  const withControl = (control: ControlRecord, asked = expectation) =>
    failing({ ...recorded(), expectation: asked, control });
  const refused = (reachedService: number): ControlRecord => ({
    claim: 'plaintext-refused',
    observed: { status: status ?? 0 },
    reachedService,
  });

  it('is refused with the recorded status where the service saw nothing', () => {
    expect(withControl(refused(0))).toEqual({});
  });

  it.each([
    ['the service saw it', refused(1)],
    ['it was answered', { claim: 'plaintext-refused', observed: { status: 200 }, reachedService: 1 } as const],
    ['something else answered', { claim: 'plaintext-refused', observed: { status: 503 }, reachedService: 0 } as const],
  ])('is not refused where %s', (_what, control) => {
    expect(Object.keys(withControl(control))).toEqual(['plaintext']);
  });

  it('is not proven to be refused by a status that the mesh does not name', () => {
    const { refusalStatus: _, ...silent } = expectation;
    expect(Object.keys(withControl(refused(0), silent))).toEqual(['plaintext']);
  });
});
