// @ts-nocheck
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CliProcess,
  eventsOf,
  runCli,
  startCli,
  trialsOf,
  until,
  type Workplace,
  workplace,
  writeScenario,
} from '../system/cli.ts';
import {
  accountWith,
  api,
  apiServerPid,
  onNewNamespace,
  ourNamespaces,
  resultsOf,
  rulesWithout,
  whyNoCluster,
  whyNoIstio,
} from './cluster.ts';

const LIMIT_MS = 240_000;

const scenario = (
  parts: { settings?: string; services?: string; load?: string } = {},
) => `# What happens when the cluster is not as it should be?
name: faulty
platform: kubernetes
treatments:
  - mesh: none
  - mesh: istio
    settings: { ${parts.settings ?? 'mtls: strict'} }
services: { ${parts.services ?? 'topology: echo'} }
load: { ${parts.load ?? 'arrivalRate: 100/s, connections: 4, warmUp: 500ms, duration: 1s'} }
budgets: documented
`;

/** A run to its end; one that a test gives up on is taken down, or it would stand in the next one's way. */
async function runOn(place: Workplace, text: string, ...more: string[]) {
  const cli = startCli(place, ['run', writeScenario(place, text), '--seed', '1', ...more]);
  onTestFinished(() => takenDown(cli));
  const code = await cli.ended;
  return { code, stdout: cli.stdout(), stderr: cli.stderr() };
}

async function takenDown(cli: CliProcess): Promise<void> {
  cli.child.kill('SIGINT');
  await cli.ended;
}

/** Runs until a trial of this treatment is recorded, then takes everything down. */
async function untilTrialOf(place: Workplace, text: string, treatment: string, more: string[] = []) {
  const cli = startCli(place, ['run', writeScenario(place, text), '--seed', '1', ...more]);
  onTestFinished(() => takenDown(cli));
  const ended = cli.ended.then(() => 'ended' as const);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  const isThere = () =>
    over || eventsOf(place).some((event) => event.kind === 'trial-finished' && isOf(event, treatment))
      ? true
      : undefined;
  await until(`a trial of ${treatment}`, isThere, LIMIT_MS);
  cli.child.kill('SIGINT');
  expect(await cli.ended, cli.stderr()).toBe(130);
  return { stderr: cli.stderr(), trials: trialsOf(place).filter(({ spec }) => spec.cell.treatment === treatment) };
}

const isOf = (event: object, treatment: string) =>
  (event as { summary?: { cell: { treatment: string } } }).summary?.cell.treatment === treatment;

describe('a cluster that does not give what is asked', () => {
  it(
    'names the pod that got no sidecar when the injection label is taken away',
    async (context) => {
      const reason = await whyNoIstio();
      if (reason !== undefined) context.skip(reason);
      const thief = onNewNamespace((name) =>
        api().send({
          method: 'PATCH',
          path: `/api/v1/namespaces/${name}`,
          headers: { 'content-type': 'application/merge-patch+json' },
          body: JSON.stringify({ metadata: { labels: { 'istio-injection': null } } }),
        }),
      );
      onTestFinished(() => thief.stop());
      const { code, stderr } = await runOn(workplace(), scenario());
      expect(stderr).toMatch(/pod client has no sidecar: no injector acted on it/);
      expect(code).toBe(3);
      expect(await ourNamespaces()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'says that a client without a sidecar is refused under strict mutual TLS',
    async (context) => {
      const reason = await whyNoIstio();
      if (reason !== undefined) context.skip(reason);
      const { code, stderr } = await runOn(workplace(), scenario({ settings: 'mtls: strict, sidecars: server' }));
      expect(stderr).toMatch(/calls to [0-9.]+:8080 are not answered: ECONNRESET/);
      expect(stderr).toMatch(/hint: under strict mutual TLS a client without a sidecar is refused/);
      expect(code).toBe(3);
    },
    LIMIT_MS,
  );

  it(
    'finds a sidecar that its CPU limit holds back by the throttling gate',
    async (context) => {
      const reason = await whyNoIstio();
      if (reason !== undefined) context.skip(reason);
      const place = workplace();
      const limited = 'mtls: strict, cpuRequest: 50m, cpuLimit: 50m';
      const load = 'arrivalRate: 300/s, connections: 4, warmUp: 500ms, duration: 1s';
      await untilTrialOf(place, scenario({ settings: limited, load }), 'istio');
      const meshed = resultsAfterReport(place, await runCli(place, ['report', reportsIn(place)]));
      expect(meshed.gates).toContain('throttling');
      expect(meshed.outcome).not.toBe('valid');
    },
    LIMIT_MS,
  );

  it(
    'names the application that ran out of memory, and its limit',
    async (context) => {
      const reason = whyNoCluster();
      if (reason !== undefined) context.skip(reason);
      const hungry = 'arrivalRate: 50/s, connections: 50, responseBytes: 10MB, warmUp: 1s, duration: 5s';
      const { code, stderr } = await runOn(workplace(), scenario({ services: 'memoryLimit: 26Mi', load: hungry }));
      expect(stderr).toMatch(
        /pod server: container service ended: OOMKilled, exit code 137 \(its memory limit is 2\d+/,
      );
      expect([3, 4]).toContain(code);
      expect(await ourNamespaces()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'names the image that cannot be pulled, without waiting for it',
    async (context) => {
      const reason = whyNoCluster();
      if (reason !== undefined) context.skip(reason);
      const { code, stderr } = await runOn(workplace(), scenario(), '--image', 'images.invalid/no-such-image:1');
      expect(stderr).toMatch(
        /container \S+ \(image images.invalid\/no-such-image:1\) cannot run: (ErrImagePull|ImagePullBackOff)/,
      );
      expect(code).toBe(3);
      expect(await ourNamespaces()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'names the quota that does not let the pods in',
    async (context) => {
      const reason = whyNoCluster();
      if (reason !== undefined) context.skip(reason);
      const provisioner = onNewNamespace((name) =>
        api().create(`/api/v1/namespaces/${name}/resourcequotas`, {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'small' },
          spec: { hard: { pods: '0' } },
        }),
      );
      onTestFinished(() => provisioner.stop());
      const { code, stderr } = await runOn(workplace(), scenario());
      expect(stderr).toMatch(/pod \w+ in namespace \S+ was not admitted: .*exceeded quota: small/);
      expect(code).toBe(3);
      expect(await ourNamespaces()).toEqual([]);
    },
    LIMIT_MS,
  );

  it('refuses a context that the kubeconfig does not have, and lists those that it has', async (context) => {
    const reason = whyNoCluster();
    if (reason !== undefined) context.skip(reason);
    const { code, stderr } = await runOn(workplace(), scenario(), '--context', 'nowhere');
    expect(stderr).toMatch(/error: there is no context "nowhere"\n {2}hint: contexts: \S+/);
    expect(code).toBe(2);
  });
});

describe('an account that may not do everything', () => {
  it(
    'goes by port-forward where the pod proxy is denied, and needs no nodes/proxy',
    async (context) => {
      const reason = await whyNoIstio();
      if (reason !== undefined) context.skip(reason);
      const place = workplace();
      const account = await accountWith(place, 'meshtax-test-no-proxy', rulesWithout('pods/proxy', 'nodes/proxy'));
      onTestFinished(() => account.remove());
      const checked = await runCli(place, ['check', '--platform', 'kubernetes', '--kubeconfig', account.file]);
      expect(checked.stdout).toMatch(
        /by port-forward, since get pods\/proxy, update pods\/proxy, delete pods\/proxy is not allowed/,
      );
      expect(checked.stdout).toMatch(/- may get nodes\/proxy\n {4}not allowed, and not required/);
      expect(checked.code).toBe(0);
      const { trials, stderr } = await untilTrialOf(place, scenario(), 'istio', ['--kubeconfig', account.file]);
      expect(stderr).toMatch(/by port-forward/);
      expect(trials[0]?.services[0]?.tally).toMatchObject({
        requests: trials[0]?.clients[0]?.segments.reduce((sum, { counts }) => sum + counts.sent, 0),
      });
    },
    LIMIT_MS,
  );

  it(
    'is told which permission is missing before anything is made',
    async (context) => {
      const reason = whyNoCluster();
      if (reason !== undefined) context.skip(reason);
      const place = workplace();
      const account = await accountWith(place, 'meshtax-test-no-namespaces', rulesWithout('namespaces'));
      onTestFinished(() => account.remove());
      const { code, stderr } = await runOn(place, scenario(), '--kubeconfig', account.file);
      expect(stderr).toMatch(
        /not given: may create namespaces: not allowed: each deployment has a namespace of its own/,
      );
      expect(code).toBe(3);
    },
    LIMIT_MS,
  );
});

describe('an API server that is restarted in mid-trial', () => {
  it(
    'costs nothing: the trial is picked up again, and its proof holds',
    async (context) => {
      const reason = await whyNoIstio();
      if (reason !== undefined) context.skip(reason);
      const pid = apiServerPid();
      if (pid === undefined) context.skip('the API server is no process of this machine');
      const place = workplace();
      const load = 'arrivalRate: 100/s, connections: 4, warmUp: 1s, duration: 4s';
      const cli = startCli(place, ['run', writeScenario(place, scenario({ load })), '--seed', '1']);
      onTestFinished(() => takenDown(cli));
      await until('the first trial', () => eventsOf(place).find(({ kind }) => kind === 'trial-started'), LIMIT_MS);
      await sleep(4000);
      // The cluster is this test's own, and starts its API server again.
      process.kill(pid ?? 0, 'SIGKILL');
      await until('its end', () => eventsOf(place).find(({ kind }) => kind === 'trial-finished'), LIMIT_MS);
      cli.child.kill('SIGINT');
      expect(await cli.ended, cli.stderr()).toBe(130);
      const [trial] = trialsOf(place);
      const sent = trial?.clients[0]?.segments.reduce((sum, { counts }) => sum + counts.sent, 0);
      expect(sent).toBeGreaterThan(300);
      expect(trial?.services[0]?.tally).toMatchObject({ requests: sent });
      expect(await ourNamespaces()).toEqual([]);
    },
    LIMIT_MS,
  );
});

function reportsIn(place: Workplace): string {
  const [trial] = trialsOf(place);
  return `reports/${trial?.runId}`;
}

function resultsAfterReport(place: Workplace, reported: { code: number | string; stderr: string }) {
  expect(reported.code, reported.stderr).toBe(4);
  const trial = resultsOf(place).trials.find((entry) => entry.treatment === 'istio');
  const gates = trial?.gates.filter(({ answer }) => answer === 'fail').map(({ gate }) => gate) ?? [];
  return { gates, outcome: trial?.outcome };
}
