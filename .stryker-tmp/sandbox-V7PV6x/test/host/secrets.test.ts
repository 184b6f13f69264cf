// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../src/host/problems.ts';
import { withoutSecrets } from '../../src/host/secrets.ts';

describe('what looks like a credential', () => {
  it.each([
    ['https://user:pass@host/path', 'https://***@host/path'],
    ['https://token@host', 'https://***@host'],
    ['socks5://a:b@[::1]:1 and http://c:d@e', 'socks5://***@[::1]:1 and http://***@e'],
    ['--token=abc.def --mode root', '--token=*** --mode root'],
    ['{"password": "hunter2", "user": "x"}', '{"password": "***", "user": "x"}'],
    ['Authorization: Bearer abcdef, next', 'Authorization: Bearer ***, next'],
    ['API_KEY=1234;', 'API_KEY=***;'],
    ['got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here', 'got *** here'],
    ['-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----\nrest', '***\nrest'],
    ['-----BEGIN PRIVATE KEY-----\nMHc, and cut', '***'],
  ])('is not told: %s', (text, told) => {
    expect(withoutSecrets(text)).toBe(told);
    expect(reasonOf(new Error(text))).toBe(told.replace(/\s+/g, ' '));
  });

  it.each([
    'meshtax run scenarios/quick-start.yaml --kubeconfig /home/x/.kube/config',
    'mail user@host about https://host/a@b',
    'spiffe://cluster.local/ns/bench/sa/client',
    'the token is missing or wrong',
    'registry/image@sha256:0123456789abcdef',
    '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----',
  ])('is nothing else: %s', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });
});
