import { describe, expect, it } from 'vitest';
import { openLab } from '../../../src/platforms/local/lab.ts';
import { fakeHost } from '../../host/fakeHost.ts';

const LEDGER = { runId: 'run-1', creating: async () => {}, mayBeLeft: () => {} };
const [OLD, NEW] = ['/cache/envoy-1.39.3/envoy', '/cache/envoy-1.40.0/envoy'];

function lab(reachable: boolean) {
  const machine = fakeHost({ files: { '/agent.cjs': 'agent', [OLD]: 'the old one', [NEW]: 'the new one' } });
  const host = { ...machine, executableByAll: async () => reachable };
  return { host, opened: openLab(host, LEDGER, '/agent.cjs') };
}

describe('programs for the proxies’ user', () => {
  it('of one name are copied side by side, each once', async () => {
    const { host, opened } = lab(false);
    const { publish } = await opened;
    const places = [await publish(OLD, 1337), await publish(NEW, 1337), await publish(OLD, 1337)];
    expect(places).toEqual(['/tmp/meshtax-run-1/envoy', '/tmp/meshtax-run-1/envoy-2', '/tmp/meshtax-run-1/envoy']);
    expect(places.map((place) => host.files.get(place))).toEqual(['the old one', 'the new one', 'the old one']);
  });

  it('stay where they are if that user can run them there, or is the one who runs', async () => {
    const { publish } = await lab(true).opened;
    expect(await publish(OLD, 1337)).toBe(OLD);
    const { publish: own } = await lab(false).opened;
    expect(await own(NEW, undefined)).toBe(NEW);
  });
});
