// @ts-nocheck
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** ECDSA P-256 with SHA-256. Istio's own workload keys are RSA-2048; the cost of a request does not differ. */
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
export const KEY_TYPE = 'ECDSA P-256';
/** Long on both sides: a wall clock that is set in mid-run, by hours or days, must not end a measurement. */
const VALID_FOR_MS = 30 * 86_400_000;

export interface IssuedCertificate {
  certPem: string;
  keyPem: string;
}

export interface Authority {
  certPem: string;
  /** A workload's certificate: empty subject, its SPIFFE identity as the only name. */
  issue(spiffe: string): Promise<IssuedCertificate>;
}

/** A throw-away mesh authority; its key never leaves memory. */
export async function createAuthority(now: Date): Promise<Authority> {
  const keys = await generateKeys();
  const validity = {
    notBefore: new Date(now.getTime() - VALID_FOR_MS),
    notAfter: new Date(now.getTime() + VALID_FOR_MS),
  };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'O=cluster.local',
    keys,
    ...validity,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certPem: root.toString('pem'),
    async issue(spiffe) {
      const leaf = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        subject: '',
        issuer: root.subject,
        publicKey: leaf.publicKey,
        signingKey: keys.privateKey,
        ...validity,
        signingAlgorithm: ALGORITHM,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth, x509.ExtendedKeyUsage.serverAuth]),
          // Critical, since the subject is empty (RFC 5280, 4.2.1.6).
          new x509.SubjectAlternativeNameExtension([{ type: 'url', value: spiffe }], true),
        ],
      });
      const key = await webcrypto.subtle.exportKey('pkcs8', leaf.privateKey);
      return { certPem: certificate.toString('pem'), keyPem: x509.PemConverter.encode(key, 'PRIVATE KEY') };
    },
  };
}

async function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
}
