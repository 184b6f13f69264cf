// @ts-nocheck
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli, workplace } from '../system/cli.ts';

describe('a check of a cluster that is not there', () => {
  it('says so with the way out, exits 3, and leaves no ledger of its own', async () => {
    const place = workplace();
    const nowhere = { KUBECONFIG: '', HOME: place.directory, KUBERNETES_SERVICE_HOST: '' };
    const { code, stderr } = await runCli(place, ['check', '--platform', 'kubernetes'], nowhere);
    expect(stderr).toBe(
      'error: no cluster: there is no kubeconfig, and this is no pod\n  hint: set KUBECONFIG, or pass --kubeconfig FILE\n',
    );
    expect(code).toBe(3);
    const ledgers = path.join(place.directory, 'state', 'meshtax', 'ledger');
    expect(existsSync(ledgers) ? readdirSync(ledgers) : []).toEqual([]);
  });
});

describe('the quick start in a cluster', () => {
  it('is refused before anything is made, since its mesh is local, with the way out', async () => {
    const { code, stderr } = await runCli(workplace(), ['run', '--platform', 'kubernetes']);
    expect(stderr).toMatch(/envoy does not run on the kubernetes platform: it needs local/);
    expect(stderr).toMatch(/hint: on kubernetes: none, istio, linkerd/);
    expect(code).toBe(2);
  });
});
