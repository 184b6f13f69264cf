// @ts-nocheck
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ProxySign } from '../../../src/meshes/mesh.ts';
import { createAuthority } from '../../../src/platforms/local/certificates.ts';
import { parseCores, shareCores } from '../../../src/platforms/local/cores.ts';
import { signOf } from '../../../src/platforms/local/modes.ts';
import { passingRule, redirectRules } from '../../../src/platforms/local/rules.ts';
import { type Identity, tiedTo } from '../../../src/platforms/local/tied.ts';

describe('the redirect rules', () => {
  it('lead everything to the proxy but what the proxy sends itself', () => {
    expect(redirectRules({ by: 'owner', uid: 1337 })).toMatchInlineSnapshot(`
      "*nat
      :PREROUTING ACCEPT [0:0]
      :INPUT ACCEPT [0:0]
      :OUTPUT ACCEPT [0:0]
      :POSTROUTING ACCEPT [0:0]
      :MESHTAX_ARRIVING - [0:0]
      :MESHTAX_SENDING - [0:0]
      :MESHTAX_TO_INBOUND - [0:0]
      :MESHTAX_TO_OUTBOUND - [0:0]
      -A MESHTAX_TO_INBOUND -p tcp -j REDIRECT --to-ports 15006
      -A MESHTAX_TO_OUTBOUND -p tcp -j REDIRECT --to-ports 15001
      -A PREROUTING -p tcp -j MESHTAX_ARRIVING
      -A MESHTAX_ARRIVING -p tcp --dport 15008 -j RETURN
      -A MESHTAX_ARRIVING -p tcp --dport 15020 -j RETURN
      -A MESHTAX_ARRIVING -p tcp --dport 15021 -j RETURN
      -A MESHTAX_ARRIVING -p tcp --dport 15090 -j RETURN
      -A MESHTAX_ARRIVING -p tcp -j MESHTAX_TO_INBOUND
      -A OUTPUT -p tcp -j MESHTAX_SENDING
      -A MESHTAX_SENDING -o lo -s 127.0.0.6/32 -j RETURN
      -A MESHTAX_SENDING -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --uid-owner 1337 -j MESHTAX_TO_INBOUND
      -A MESHTAX_SENDING -o lo -m owner ! --uid-owner 1337 -j RETURN
      -A MESHTAX_SENDING -m owner --uid-owner 1337 -j RETURN
      -A MESHTAX_SENDING -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m owner --gid-owner 1337 -j MESHTAX_TO_INBOUND
      -A MESHTAX_SENDING -o lo -m owner ! --gid-owner 1337 -j RETURN
      -A MESHTAX_SENDING -m owner --gid-owner 1337 -j RETURN
      -A MESHTAX_SENDING -d 127.0.0.1/32 -j RETURN
      -A MESHTAX_SENDING -j MESHTAX_TO_OUTBOUND
      COMMIT
      "
    `);
  });
});

describe('the rules that know the proxy otherwise than by its user', () => {
  const changed = (sign: ProxySign) => {
    const usual = redirectRules({ by: 'owner', uid: 1337 }).split('\n');
    return redirectRules(sign)
      .split('\n')
      .filter((line) => !usual.includes(line));
  };

  it('differ in what matches it, and in nothing else', () => {
    expect(changed({ by: 'mark', mark: 1337 })).toEqual([
      '-A MESHTAX_SENDING -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -m mark --mark 0x539 -j MESHTAX_TO_INBOUND',
      '-A MESHTAX_SENDING -o lo -m mark ! --mark 0x539 -j RETURN',
      '-A MESHTAX_SENDING -m mark --mark 0x539 -j RETURN',
    ]);
    expect(changed({ by: 'source', address: '10.77.0.11' })).toEqual([
      '-A MESHTAX_SENDING -o lo ! -d 127.0.0.1/32 -p tcp ! --dport 15008 -s 10.77.0.11/32 -j MESHTAX_TO_INBOUND',
      '-A MESHTAX_SENDING -o lo ! -s 10.77.0.11/32 -j RETURN',
      '-A MESHTAX_SENDING -s 10.77.0.11/32 -j RETURN',
    ]);
  });

  it('count what passes by a rule that is among them', () => {
    for (const mode of ['root', 'userns-mark', 'userns-source'] as const) {
      const sign = signOf(mode, 'server');
      expect(sign && redirectRules(sign).split('\n')).toContain(sign && passingRule(sign));
    }
  });
});

describe('sharing the cores', () => {
  it('gives the driver the last one and the system the others', () => {
    expect(shareCores('0-2,6')).toEqual({ driver: [6], system: [0, 1, 2] });
    expect(shareCores('0-1\n')).toEqual({ driver: [1], system: [0] });
  });

  it('gives a reason where there is one core only', () => {
    expect(shareCores('3')).toEqual({ missing: 'one core only: driver and system under test share it' });
    expect(parseCores('')).toEqual([]);
  });
});

describe('a command that is tied to this process', () => {
  it('changes its user before it asks for the signal, which a change of user would clear', () => {
    const as = { uid: 1337, mayDrop: true };
    const argv = tiedTo(42, ['envoy', '-c', 'x'], { as, cores: [0, 2], enter: ['nsenter', '--net'] });
    expect(argv.join(' ')).toBe(
      'taskset --cpu-list 0,2 nsenter --net setpriv --reuid 1337 --regid 1337 --clear-groups ' +
        '--no-new-privs --bounding-set=-all --inh-caps=-all ' +
        'setpriv --pdeathsig KILL sh -c test "$PPID" = "$1" || exit 97; shift; exec "$@" sh 42 envoy -c x',
    );
  });

  it('keeps the one capability that it needs, and can only be kept from gaining any by who may not drop them', () => {
    const flags = (as: Identity) => tiedTo(42, ['node'], { as }).join(' ').split(' setpriv --pdeathsig')[0];
    expect(flags({ mayDrop: true, keeps: 'net_admin' })).toBe(
      'setpriv --no-new-privs --bounding-set=-all,+net_admin --inh-caps=-all',
    );
    expect(flags({ mayDrop: false })).toBe('setpriv --no-new-privs --inh-caps=-all');
  });
});

describe('the throw-away authority', () => {
  it('issues certificates whose only name is the SPIFFE identity', async () => {
    const now = new Date('2030-01-01T00:00:00Z');
    const authority = await createAuthority(now);
    const spiffe = 'spiffe://cluster.local/ns/bench/sa/client';
    const { certPem, keyPem } = await authority.issue(spiffe);
    const [root, leaf] = [new X509Certificate(authority.certPem), new X509Certificate(certPem)];
    expect({
      name: leaf.subjectAltName,
      isAuthority: [root.ca, leaf.ca],
      signed: leaf.verify(root.publicKey),
      from: leaf.validFrom,
      until: leaf.validTo,
      usage: leaf.keyUsage,
    }).toEqual({
      name: `URI:${spiffe}`,
      isAuthority: [true, false],
      signed: true,
      from: 'Dec  2 00:00:00 2029 GMT',
      until: 'Jan 31 00:00:00 2030 GMT',
      usage: ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.1'],
    });
    expect(leaf.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
  });

  it('is another one for each deployment, and none vouches for what the other has issued', async () => {
    const [one, other] = [await createAuthority(new Date()), await createAuthority(new Date())];
    const issued = await Promise.all(['a', 'b'].map((name) => one.issue(`spiffe://cluster.local/${name}`)));
    const leaf = new X509Certificate(issued[0]?.certPem ?? '');
    expect([one, other].map(({ certPem }) => leaf.verify(new X509Certificate(certPem).publicKey))).toEqual([
      true,
      false,
    ]);
    expect(leaf.checkPrivateKey(createPrivateKey(issued[1]?.keyPem ?? ''))).toBe(false);
  });
});
