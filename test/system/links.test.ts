import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeHost } from '../../src/host/nodeHost.ts';
import { local } from '../../src/platforms/local/local.ts';
import { type LedgerEntry, LINKS, type Link, type PlatformContext } from '../../src/platforms/platform.ts';
import type { DeploymentSpec } from '../../src/scenario/trial.ts';
import { whyNoEnvoy, whyNotRoot } from './cli.ts';

const RUN = `links-${process.pid}`;
const host = nodeHost();

function contextOf(link: Link, entries: LedgerEntry[]): PlatformContext {
  return {
    host,
    ledger: {
      runId: RUN,
      creating: async (entry) => {
        entries.push(entry);
      },
      mayBeLeft: () => {},
    },
    options: {
      mode: 'root',
      envoy: undefined,
      k6: undefined,
      pinning: true,
      link,
      kubernetes: { kubeconfig: undefined, context: undefined, image: 'node:24', keep: false },
    },
    agentFile: path.resolve(import.meta.dirname, '../../dist/agent/agent.cjs'),
    program: [],
    needsProxy: true,
    scenario: undefined,
    signal: new AbortController().signal,
    say: () => {},
  };
}

function specOf(mesh: 'none' | 'envoy'): DeploymentSpec {
  const settings = mesh === 'none' ? {} : { mtls: 'strict', concurrency: 1 };
  return { id: mesh, block: 1, treatment: { name: mesh, mesh, settings, serviceTimeUs: 0 } };
}

const said = (file: string, ...args: string[]): string => execFileSync(file, args, { encoding: 'utf8' });

/** What the machine has by now of what was written down in a ledger, and of links and bridges by their names. */
function left(entries: readonly LedgerEntry[]) {
  const namespaces = new Set(entries.flatMap((entry) => (entry.what === 'namespace' ? [entry.id] : [])));
  const holders = readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && namespaces.has(readlinkSync(`/proc/${pid}/ns/net`));
    } catch {
      return false; // gone between the listing and the reading
    }
  });
  return {
    holders,
    processes: entries.flatMap((entry) =>
      entry.what === 'process' && entry.pid !== undefined && existsSync(`/proc/${entry.pid}`) ? [entry.label] : [],
    ),
    links: said('ip', '-o', 'link').match(/ mt-\S+/g) ?? [],
    directories: entries.flatMap((entry) => (entry.what === 'directory' && existsSync(entry.path) ? [entry.path] : [])),
  };
}

const NOTHING = { holders: [], processes: [], links: [], directories: [] };

/** Frames that came into the bridge from each pod that is plugged into it. */
function framesInto(switchPid: number): Record<string, number> {
  const json = said('nsenter', '-t', String(switchPid), '-n', 'ip', '-json', '-stats', 'link', 'show', 'type', 'veth');
  const ports = JSON.parse(json) as { ifname: string; master?: string; stats64: { rx: { packets: number } } }[];
  return Object.fromEntries(
    ports.filter(({ master }) => master === 'mt-bridge').map(({ ifname, stats64 }) => [ifname, stats64.rx.packets]),
  );
}

describe.each(LINKS)('pods that are joined by: %s', (link) => {
  it('carry calls and the plaintext control, and leave nothing behind', async (context) => {
    const reason = whyNotRoot() ?? whyNoEnvoy();
    if (reason !== undefined) context.skip(reason);
    const entries: LedgerEntry[] = [];
    const platform = await local.open(contextOf(link, entries));
    onTestFinished(async () => void (await platform.close()));
    const { details, mode } = platform.facts;
    expect([mode, details['link']]).toEqual(['root', link]);
    const bridgeFilter =
      link === 'bridge'
        ? expect.stringMatching(/^(br_netfilter not loaded|bridge-nf-call-iptables = [01])$/)
        : undefined;
    expect(details['bridgeFilter']).toEqual(bridgeFilter);

    // A deployment is up only when the client has been answered by the service.
    const bare = await platform.deploy(specOf('none'));
    expect(await bare.plaintextControl()).toEqual({ status: 200 });
    expect(await bare.retire()).toEqual([]);

    const meshed = await platform.deploy(specOf('envoy'));
    expect(await meshed.plaintextControl()).toEqual({ refused: expect.any(String) });
    const pods = Object.fromEntries(meshed.record.pods.map(({ name, pid }) => [name, pid]));
    expect(Object.keys(pods)).toEqual(['client', 'server', 'stranger', ...(link === 'bridge' ? ['switch'] : [])]);
    if (link === 'bridge') {
      const frames = framesInto(Number(pods['switch']));
      expect(Object.keys(frames).sort()).toEqual(['mt-to-client', 'mt-to-server', 'mt-to-stranger']);
      expect(Math.min(...Object.values(frames))).toBeGreaterThan(3);
      expect(entries).toContainEqual({ what: 'process', label: 'pod switch', pid: pods['switch'] });
    }
    // While it is up, the same look finds it.
    expect(left(entries).holders.length).toBeGreaterThanOrEqual(Object.keys(pods).length + 2);
    expect(await meshed.retire()).toEqual([]);
    expect(left(entries)).toEqual({
      ...NOTHING,
      processes: ['watcher'],
      directories: [`${host.tempDirectory}/meshtax-${RUN}`],
    });
    expect(await platform.close()).toEqual([]);
    expect(left(entries)).toEqual(NOTHING);
  });
});
