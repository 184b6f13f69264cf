import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/scenario/random.ts';
import {
  deploymentOf,
  eventsOf,
  ledgersOf,
  leftOf,
  NOTHING,
  runCli,
  runFolder,
  startCli,
  trialsOf,
  until,
  type Workplace,
  whyNoEnvoy,
  workplace,
  writeScenario,
} from './cli.ts';

const SCENARIO = `# What is lost when a process is killed?
name: killed
treatments:
  - mesh: none
  - mesh: envoy
load: { arrivalRate: 200/s, connections: 4, timeout: 1s, warmUp: 100ms, duration: 500ms }
blocks: { min: 6 }
`;
const SEED = 20_261_125;
const VICTIMS = ['cli', 'agent', 'envoy', 'holder'] as const;
type Victim = (typeof VICTIMS)[number];

/** Twenty kills: each kind of victim five times, each at a moment of its own after the first trial began. */
const KILLS = (() => {
  const random = createRandom(SEED);
  return Array.from({ length: 20 }, (_, index) => ({
    number: index + 1,
    victim: VICTIMS[index % VICTIMS.length] as Victim,
    // The run is some 7 s long from there when nothing happens: three blocks of deployments and trials.
    afterMs: Math.round(random() * 4000),
    seed: Math.round(random() * 1e6),
  }));
})();

/** A trial takes 1.5 s from its start: its lead, its warm-up and its window. */
const IN_TRIAL_MS = 1200;

/**
 * A process of the run that is of that kind now; undefined while there is none. Of a deployment it is one in mid-trial:
 * what dies while it is taken down costs nothing, and nothing is told of it.
 */
function pidOf(victim: Victim, place: Workplace, cliPid: number): number | undefined {
  if (victim === 'cli') return cliPid;
  const events = eventsOf(place);
  const newest = events.at(-1);
  if (newest?.kind !== 'trial-started' || Date.now() - Date.parse(newest.at) > IN_TRIAL_MS) return undefined;
  const last = events.filter(({ kind }) => kind === 'deployed').at(-1)?.deploymentId;
  const folder = runFolder(place);
  if (last === undefined || folder === undefined || !existsSync(path.join(folder, 'deployments', `${last}.json`)))
    return;
  const { pods, proxies } = deploymentOf(place, last);
  const wanted = {
    // The agent that drives, the one that serves and holds the server's namespace, a proxy.
    agent: pods.find(({ name }) => name === 'client')?.pid,
    holder: pods.find(({ name }) => name === 'server')?.pid,
    envoy: proxies[0]?.pid,
  }[victim];
  return typeof wanted === 'number' && isAlive(wanted) ? wanted : undefined;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Whole trial records, by their numbers; a damaged one fails the parse. */
const kept = (place: Workplace) => trialsOf(place).map(({ spec }) => spec.index);

describe('a run in which a process is killed', () => {
  it.for(KILLS)(
    'kill $number ($victim) loses no finished trial and leaves nothing',
    { timeout: 90_000 },
    async (kill, context) => {
      const reason = whyNoEnvoy();
      if (reason !== undefined) return context.skip(reason);
      const place = workplace();
      const cli = startCli(place, ['run', writeScenario(place, SCENARIO), '--seed', String(kill.seed)]);
      const cliPid = cli.child.pid ?? 0;
      const running = <T>(what: string, ask: () => T | undefined) =>
        until(what, () => {
          if (cli.child.exitCode !== null) throw new Error(`it ended before ${what}: ${cli.stderr()}`);
          return ask();
        });
      await running('the first trial', () => eventsOf(place).find(({ kind }) => kind === 'trial-started'));
      await sleep(kill.afterMs);
      const pid = await running(`a ${kill.victim} to kill`, () => pidOf(kill.victim, place, cliPid));
      process.kill(pid, 'SIGKILL');
      // A proxy's death costs its trials, and the run goes on with the next deployment.
      if (kill.victim === 'envoy') {
        await sleep(1500);
        cli.child.kill('SIGINT');
      }
      const ended = await cli.ended;
      const finished = eventsOf(place).flatMap(({ kind, index }) => (kind === 'trial-finished' ? [index] : []));

      if (kill.victim === 'cli') {
        expect(ended).toBe('SIGKILL');
        const dry = await runCli(place, ['clean', '--dry-run']);
        const cleaned = await runCli(place, ['clean']);
        expect(cleaned.code, cleaned.stderr).toBe(0);
        expect(cleaned.stdout.replaceAll('removed ', 'would remove ')).toBe(
          withoutTheDying(dry.stdout, cleaned.stdout),
        );
      } else if (kill.victim === 'envoy') {
        expect(ended, cli.stderr()).toBe(130);
      } else {
        expect([3, 4], cli.stderr()).toContain(ended);
        expect(cli.stderr()).toContain(`ended by SIGKILL (pid ${pid})`);
        expect(cli.stderr()).not.toContain('a bug in meshtax');
      }
      expect(leftOf(place)).toEqual(NOTHING);
      expect(ledgersOf(place)).toEqual([]);

      expect(kept(place)).toEqual(expect.arrayContaining(finished));
      const reported = await runCli(place, ['report', runFolder(place) ?? '']);
      expect(reported.code, reported.stderr).toBe(4);
      expect(reported.stdout).toMatch(/^This run did not finish/m);
    },
  );
});

/** Processes that are tied to the killed one end by themselves between the two looks. */
function withoutTheDying(dry: string, cleaned: string): string {
  const ended = (line: string) => line.startsWith('would remove process') && !cleaned.includes(line.slice(6));
  return dry
    .split('\n')
    .filter((line) => !ended(line))
    .join('\n');
}
