import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunAnalysis } from '../../src/analysis/result.ts';
import { FORMAT_IDS, reportFormat } from '../../src/report/index.ts';
import { resultsDocument } from '../../src/report/json/document.ts';
import { renderJson } from '../../src/report/json.ts';
import { redacted } from '../../src/report/redact.ts';
import { renderTerminal } from '../../src/report/terminal.ts';
import { copyOfExample, REPORT_FILES } from '../cli/hostileRun.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { temporaryDirectory } from '../temporary.ts';
import { within } from './fixture.ts';

/** Names as a record may hold them, each where the schema has a place for it. */
const SECRETS = [
  'node-a7',
  'rack9.dc3.corp.example',
  'prod-eu-3',
  'payments-live',
  'carol',
  'dave',
  '10.44.3.2',
  'fd12:3456::7',
  'registry.corp.example',
  'vault-registry',
  '/home/carol/my runs',
  '/srv/acme',
  'C:\\Users\\dave',
  'mesh.acme.internal',
  'shop-sa',
  'internal-zone-k8s',
  'Bearer abc.def',
  'acme budget team',
  'bench-host',
];

/** A run in a cluster whose texts name everything that they can. */
function telling(): RunAnalysis {
  const base = within();
  const because =
    "pod server on node-a7 of payments-live: getaddrinfo ENOTFOUND bench-host, then connect ETIMEDOUT 10.44.3.2:8080 and [fd12:3456::7]:53; open '/home/carol/my runs/x'";
  return {
    ...base,
    run: {
      ...base.run,
      command: [
        ...['meshtax', 'run', '/srv/acme/scenario.yaml', '--context', 'prod-eu-3', '--out=/home/carol/my runs'],
        ...['--image', 'vault-registry:5000/team/node:20', '--kubeconfig', 'C:\\Users\\dave\\config'],
      ],
      scenarioFile: '/srv/acme/scenario.yaml',
      scenarioText: '# acme budget team\nname: x\n',
      budgetsFile: '/srv/acme/budgets.yaml',
      budgetsText: '# acme budget team\n',
      scriptText: "http.get('https://internal-zone-k8s/')",
      platform: {
        ...base.run.platform,
        id: 'kubernetes',
        refused: [{ mode: 'user namespaces', because }],
        leavesOut: ['carol runs it on rack9.dc3.corp.example', ...base.run.platform.leavesOut],
        details: {
          clientNode: 'node-a7',
          serverNode: 'rack9.dc3.corp.example',
          image: 'registry.corp.example/team/node:20',
          istioControlPlane: 'registry.corp.example/istio/pilot:1.30.3, vault-registry:5000/istio/pilot:1.30.2',
          containerRuntime: 'containerd://1.6.20',
        },
      },
      ended: {
        at: '2026-03-02T09:17:41.000Z',
        because: 'https://dave:pw@internal-zone-k8s:6443/api failed',
        complete: true,
      },
    },
    scenario: {
      ...base.scenario,
      question: 'Does carol keep her budget on node-a7 (10.44.3.2)?',
      load: {
        ...base.scenario.load,
        targets: [
          {
            name: 'get',
            weight: 1,
            method: 'GET',
            headers: { authorization: 'Bearer abc.def' },
            requestBytes: 0,
            responseBytes: 1000,
          },
        ],
      },
    },
    deployments: base.deployments.map((deployment) => ({
      ...deployment,
      expectation: {
        ...deployment.expectation,
        peerIdentity: 'spiffe://mesh.acme.internal/ns/payments-live/sa/shop-sa',
        requestCounters: [
          { hop: 'client', counter: 'cluster.outbound|8080||echo.payments-live.svc.mesh.acme.internal;' },
        ],
      },
      pods: [
        {
          name: 'client',
          pid: 7,
          networkNamespace: 'payments-live-net',
          namespace: 'payments-live',
          node: 'node-a7',
          image: 'registry.corp.example/team/node:20',
        },
      ],
    })),
    conclusion: { ...base.conclusion, caveats: [because, ...base.conclusion.caveats] },
    gates: base.gates.map((gate) => ({ ...gate, worst: because })),
    trials: base.trials.map((trial) => ({
      ...trial,
      gates: trial.gates.map((gate) => ({ ...gate, detail: because })),
    })),
    loads: base.loads.map((load) => ({
      ...load,
      blocksLost: [{ block: 4, because }],
      treatments: load.treatments.map((treatment) => ({
        ...treatment,
        proof: {
          ...treatment.proof,
          identity: 'spiffe://mesh.acme.internal/ns/payments-live/sa/shop-sa',
          sentence: `${treatment.proof.sentence} on node-a7`,
        },
      })),
    })),
  };
}

const formsOf = (analysis: RunAnalysis) => [
  ...FORMAT_IDS.map((id) => ({ form: id, text: reportFormat(id).render(analysis, { chartJs: '' }) })),
  { form: 'terminal', text: renderTerminal(analysis, { colour: false }).replace(/\n */g, ' ') },
];

/** The secrets that a text holds, also as JSON, HTML, XML or Markdown writes them. */
function secretsIn(text: string): string[] {
  const plain = text
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('\\\\', '\\')
    .replace(/\\([_|*~[\]#`])/g, '$1');
  return SECRETS.filter((secret) => text.includes(secret) || plain.includes(secret));
}

describe('a redacted analysis', () => {
  it('names nothing in any form, where the whole one names all of it', () => {
    const shown = formsOf(redacted(telling(), []));
    expect(shown.map(({ form, text }) => [form, secretsIn(text)])).toEqual(shown.map(({ form }) => [form, []]));
    const whole = formsOf(telling());
    expect(whole.filter(({ text }) => secretsIn(text).length === 0).map(({ form }) => form)).toEqual([
      'csv',
      'metrics',
    ]);
    expect(new Set(whole.flatMap(({ text }) => secretsIn(text))).size).toBeGreaterThan(15);
  });

  it('keeps every number, verdict and word of its own', () => {
    const bare = (analysis: RunAnalysis) => {
      const { run: _, ...rest } = JSON.parse(renderJson(analysis));
      return JSON.stringify(rest, (key, value: unknown) =>
        typeof value === 'string' && !['verdict', 'outcome', 'answer', 'treatment', 'build', 'metric'].includes(key)
          ? ''
          : value,
      );
    };
    expect(bare(redacted(telling(), []))).toBe(bare(telling()));
    expect(renderJson(redacted(within(), []))).toContain('"missing": "the kernel exposes no cpufreq"');
  });

  it('is a valid document, and says what it leaves out', () => {
    const document = JSON.parse(renderJson(redacted(telling(), [])));
    expect(resultsDocument.safeParse(document).error?.issues).toBeUndefined();
    for (const { form, text } of formsOf(redacted(telling(), []))) {
      if (['html', 'md', 'json', 'junit'].includes(form)) expect(text, form).toContain('are placeholders');
    }
  });

  it('gives one name one placeholder in all of its forms, and the same ones each time', () => {
    const [first, second] = [redacted(telling(), []), redacted(telling(), [])];
    expect(first).toEqual(second);
    const node = first.deployments[0]?.pods[0]?.node ?? '';
    expect(node).toMatch(/^host-\d+$/);
    expect(first.run.platform.details['clientNode']).toBe(node);
    expect(first.run.platform.details['serverNode']).not.toBe(node);
    expect(first.scenario.question).toMatch(
      new RegExp(`^Does user-\\d+ keep her budget on ${node} \\(address-\\d+\\)\\?$`),
    );
    expect(first.conclusion.caveats[0]).toContain(`pod server on ${node} of namespace-`);
  });

  it('hides a node that a trial alone names', () => {
    const base = within();
    const analysis = { ...base, conclusion: { ...base.conclusion, sentence: 'it ran on lonely-node' } };
    const trial = { clients: [{ node: 'lonely-node' }], processes: [] } as unknown as Parameters<
      typeof redacted
    >[1][number];
    expect(redacted(analysis, [trial]).conclusion.sentence).toBe('it ran on host-1');
  });

  it('leaves sentences whole where a node is called as one of their words', () => {
    const base = within();
    const details = { ...base.run.platform.details, clientNode: 'meshtax', serverNode: 'p99' };
    const pods = [{ name: 'client', pid: 7, networkNamespace: 'within', node: 'envoy' }];
    const named = {
      ...base,
      run: { ...base.run, platform: { ...base.run.platform, details } },
      deployments: base.deployments.map((deployment) => ({ ...deployment, pods })),
    };
    const shown = redacted(named, []);
    expect(shown.deployments[0]?.pods[0]).toMatchObject({ node: 'host-3', networkNamespace: 'namespace-1' });
    expect(shown.run.tool.name).toBe('meshtax');
    expect(shown.conclusion).toEqual(named.conclusion);
    expect(shown.loads[0]?.treatments[0]?.treatment).toBe('envoy');
    expect(shown.verdicts.map(({ verdict, line }) => [verdict, line.percentile])).toEqual(
      named.verdicts.map(({ verdict, line }) => [verdict, line.percentile]),
    );
    expect(resultsDocument.safeParse(JSON.parse(renderJson(shown))).success).toBe(true);
  });
});

describe('meshtax report --redact', () => {
  it.each(['example', 'cluster'])(
    'of the recorded run %s holds no namespace, no identity and no path',
    async (name) => {
      const out = path.join(temporaryDirectory(), 'shown');
      const run = path.resolve(import.meta.dirname, '../../reports', name);
      const before = readFileSync(path.join(run, 'results.json'), 'utf8');
      const { code, stderr } = await runInProcess(['report', run, '--redact', '--out', out]);
      expect([code, stderr]).toEqual([0, '']);
      for (const file of REPORT_FILES) {
        const text = readFileSync(path.join(out, file), 'utf8');
        const body = file === 'report.html' ? text.slice(text.indexOf('<body>')).split('<script>')[0] : text;
        expect(
          body?.match(/meshtax-[0-9a-f]{8}-b\d+|cluster\.local|\/sys\/|\/boot\/|meshtax\.local/g),
          file,
        ).toBeNull();
      }
      expect(readFileSync(path.join(run, 'results.json'), 'utf8')).toBe(before);
      const numbers = (text: string) => text.match(/"(?:point|low|high)": -?[\d.]+/g);
      expect(numbers(readFileSync(path.join(out, 'results.json'), 'utf8'))).toEqual(numbers(before));
    },
  );

  it('has the same fleet as the whole one, what is assumed included', async () => {
    const home = temporaryDirectory();
    const run = copyOfExample(path.join(home, 'run'));
    await runInProcess(['report', run]);
    await runInProcess(['report', run, '--redact', '--out', path.join(home, 'redacted')]);
    const fleetIn = (folder: string) =>
      readFileSync(path.join(home, folder, 'summary.md'), 'utf8')
        .split('<summary>Sidecars of 100 pods')[1]
        ?.split('</details>')[0];
    expect(fleetIn('redacted')).toContain('10 cores');
    expect(fleetIn('redacted')).toBe(fleetIn('run'));
  });

  it('never takes the place of a run’s own report', async () => {
    const home = temporaryDirectory();
    const run = copyOfExample(path.join(home, 'run'));
    const without = await runInProcess(['report', run, '--redact']);
    expect(without).toEqual({
      code: 2,
      stdout: '',
      stderr:
        "error: --redact needs --out: the run's own report stays as it is\n  hint: name a folder of its own with --out\n",
    });
    for (const out of [run, `${run}/`, path.join(run, '..', 'run')]) {
      const { code, stdout, stderr } = await runInProcess(['report', run, '--redact', '--out', out]);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('is the folder of a run, whose own report is never replaced by a redacted one');
    }
    expect(readFileSync(path.join(run, 'report.html'), 'utf8')).toBe('before');
  });
});
