// @ts-nocheck
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAgain } from '../../src/cli/scenarioFile.ts';
import { meshEntry } from '../../src/meshes/index.ts';
import { runRecord } from '../record/records.ts';
import { runInProcess } from './inProcess.ts';

const MESH_COMPARISON = fileURLToPath(new URL('../../scenarios/mesh-comparison.yaml', import.meta.url));

const printed = (...argv: string[]) => runInProcess(argv);

const linesOf = ({ stdout }: { stdout: string }, begin: RegExp) =>
  stdout.split('\n').filter((line) => begin.test(line));

describe('meshtax plan of one file for two platforms', () => {
  it('follows the platform of the command line, and says what is left out there', async () => {
    const local = await printed('plan', MESH_COMPARISON);
    const cluster = await printed('plan', MESH_COMPARISON, '--platform', 'kubernetes');
    expect([local.code, cluster.code]).toEqual([0, 0]);
    expect(linesOf(local, /^(platform|left out)/)).toEqual([
      'platform local',
      'left out: istio-permissive; it is measured on the kubernetes platform only',
      'left out: istio-strict; it is measured on the kubernetes platform only',
    ]);
    expect(linesOf(cluster, /^(platform|left out)/)).toEqual([
      'platform kubernetes',
      'left out: envoy-strict; it is measured on the local platform only',
    ]);
  });

  it('shows the pilot before the blocks, whose rate it decides', async () => {
    const plan = await printed('plan', MESH_COMPARISON);
    expect(linesOf(plan, /^pilot/)).toEqual([
      'pilot at 1500/s: none, envoy-strict',
      'pilot at 750/s: none, envoy-strict  (if needed)',
      'pilot at 250/s: none, envoy-strict  (if needed)',
    ]);
    expect(linesOf(plan, /^block .* at the highest rate held: /)).toHaveLength(10);
    // 12 trials of the pilot with 5 s, 60 of the blocks with 12 s; 3 + 1 s around each, and 2 s of warm-up.
    expect(linesOf(plan, /^seed/)).toEqual(['seed 1; at most 72 trials in 1212 s']);
  });

  it('prints the same as JSON', async () => {
    const { stdout } = await printed('plan', MESH_COMPARISON, '--platform', 'kubernetes', '--json');
    const plan = JSON.parse(stdout);
    expect([plan.platform, plan.pilot.length, plan.blocks.length]).toEqual(['kubernetes', 3, 10]);
    expect(plan.leftOut.map(({ treatment }: { treatment: string }) => treatment)).toEqual(['envoy-strict']);
  });

  it('refuses a file that the platform cannot measure', async () => {
    const quickStart = path.join(path.dirname(MESH_COMPARISON), 'quick-start.yaml');
    const { code, stderr } = await printed('plan', quickStart, '--platform', 'kubernetes');
    expect(code).toBe(2);
    expect(stderr).toContain('envoy does not run on the kubernetes platform: it needs local');
  });
});

describe('a recorded run', () => {
  it('has its scenario read for the platform that it ran on', () => {
    const scenarioText =
      'name: x\ntreatments: [{ mesh: none }, { mesh: envoy, platform: local }, { mesh: istio, platform: kubernetes }]\nload: { arrivalRate: 5/s }\n';
    const of = (id: 'local' | 'kubernetes') => {
      const record = runRecord();
      const scenario = parseAgain({ ...record, scenarioText, platform: { ...record.platform, id } });
      return [scenario.platform, ...scenario.treatments.map(({ name }) => name)];
    };
    expect([of('local'), of('kubernetes')]).toEqual([
      ['local', 'none', 'envoy'],
      ['kubernetes', 'none', 'istio'],
    ]);
  });
});

describe('meshtax list', () => {
  it('prints the settings of each kind with what they take, and what nobody has run yet', async () => {
    const list = await printed('list');
    expect(linesOf(list, /^ {4}(mtls|concurrency|cpuLimit|memoryRequest|revision):/).slice(0, 7)).toEqual([
      '    mtls: strict | off, default strict; mutual TLS between the proxies; strict refuses plaintext',
      '    concurrency: 1 to 128, default 2; worker threads of each proxy',
      expect.stringMatching(/^ {4}mtls: permissive \| strict \| off, default permissive; /),
      expect.stringMatching(/^ {4}concurrency: 1 to 128, default 2; /),
      expect.stringMatching(/^ {4}cpuLimit: CPU such as 100m or 2, or none, default 2; /),
      expect.stringMatching(/^ {4}memoryRequest: size such as 128Mi, or none, default 128Mi; /),
      expect.stringMatching(/^ {4}revision: name, not set unless told; /),
    ]);
    const lines = list.stdout.split('\n');
    const linkerd = lines.findIndex((line) => line.startsWith('  linkerd '));
    expect(lines[linkerd + 1]).toBe(`    ${meshEntry('linkerd').inCluster?.notYetRun}`);
  });
});
