// @ts-nocheck
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventsOf, NOTHING, runCli, runFolder, startCli, trialsOf, until, writeScenario } from './cli.ts';
import { aFreshUser, leftOfUser, TINY, whyNoUser } from './freshUser.ts';

const reason = whyNoUser();
const user = aFreshUser();

describe('a run under sudo that is interrupted', () => {
  it('takes everything down, keeps what was measured as the user’s, and exits 130', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user().setSudo(true);
    const place = user().workplace();
    const cli = startCli(place, ['run', writeScenario(place, TINY), '--mode', 'sudo']);
    await until('the second trial', () =>
      eventsOf(place).find(({ kind, index }) => kind === 'trial-started' && index === 2),
    );
    cli.child.kill('SIGINT');
    expect(await cli.ended, cli.stderr()).toBe(130);
    expect(leftOfUser(place)).toEqual(NOTHING);
    expect(trialsOf(place)).toHaveLength(1);
    expect(statSync(path.join(runFolder(place) ?? '', 'trials', '00001.json')).uid).toBe(user().uid);
  }, 60_000);
});

describe('a run under sudo whose root program is killed', () => {
  it('leaves what only root can remove: clean says so and how, and root removes it', async (context) => {
    if (reason !== undefined) context.skip(reason);
    user().setSudo(true);
    const place = user().workplace();
    const cli = startCli(place, ['run', writeScenario(place, TINY), '--mode', 'sudo']);
    await until('a trial', () => eventsOf(place).find(({ kind }) => kind === 'trial-started'));
    const ledgers = path.join(place.directory, 'state', 'meshtax', 'ledger');
    const [ledger = ''] = readdirSync(ledgers);
    const [first = ''] = readFileSync(path.join(ledgers, ledger), 'utf8').split('\n');
    process.kill((JSON.parse(first) as { ownerPid: number }).ownerPid, 'SIGKILL');
    expect(await cli.ended).toBe(3);
    const refused = await runCli(place, ['clean']);
    expect(refused.stderr).toContain(
      `ran as root, through sudo, so only root can: sudo env HOME=/home/${user().name} `,
    );
    expect(refused.code).toBe(4);
    const { start: _, ...asRoot } = place;
    const cleaned = await runCli(asRoot, ['clean']);
    expect([cleaned.code, cleaned.stderr]).toEqual([0, '']);
    expect(leftOfUser(place)).toEqual(NOTHING);
    expect(readdirSync(ledgers)).toEqual([]);
  }, 60_000);
});
