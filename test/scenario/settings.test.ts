import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SettingSpec } from '../../src/meshes/mesh.ts';
import { explain } from '../../src/scenario/fields.ts';
import { settingField, settingsInWords } from '../../src/scenario/settings.ts';
import { bytesInWords, millicoresInWords, parseBytes, parseMillicores } from '../../src/scenario/units.ts';

const CPU: SettingSpec = { kind: 'cpu', default: '2', about: 'CPU' };
const MEMORY: SettingSpec = { kind: 'memory', default: '128Mi', about: 'memory' };
const NAME: SettingSpec = { kind: 'name', default: '', about: 'revision' };

const VERSION: SettingSpec = { kind: 'version', default: '', example: '1.39.3', about: 'version' };

/** The value of a setting as it is written, or the message that refuses it. */
function read(spec: SettingSpec, written: unknown): unknown {
  const parsed = settingField(spec).safeParse(written, { error: explain, reportInput: true });
  return parsed.success ? parsed.data : parsed.error.issues[0]?.message;
}

describe('an amount of CPU among the settings', () => {
  it.each([
    ['100m', 100],
    ['2', 2000],
    [0.5, 500],
    ['none', 'none'],
    [undefined, 2000],
    ['0', 'expected more than 0, got "0"'],
    ['much', 'expected an amount of CPU such as 100m or 2, got "much"'],
    [true, 'expected an amount of CPU such as 100m or 2, got true'],
  ])('%j is %j in millicores', (written, value) => {
    expect(read(CPU, written)).toBe(value);
  });
});

describe('an amount of memory among the settings', () => {
  it.each([
    ['1Gi', 1_073_741_824],
    ['none', 'none'],
    [undefined, 134_217_728],
    ['0B', 'expected more than 0, got "0B"'],
    ['128', 'expected a size such as 0B, 1kB or 128Mi, got "128"'],
    [128, 'expected a size such as 128Mi, got 128'],
  ])('%j is %j in bytes', (written, value) => {
    expect(read(MEMORY, written)).toBe(value);
  });
});

describe('a name among the settings', () => {
  const refused = 'expected lower-case letters, digits and hyphens, none of them at an end, 63 at most, got';
  it.each([
    ['1-29-0', '1-29-0'],
    ['a', 'a'],
    [undefined, ''],
    ['-canary', `${refused} "-canary"`],
    ['canary-', `${refused} "canary-"`],
    ['', `${refused} ""`],
    ['Canary', `${refused} "Canary"`],
    [1.29, `${refused} 1.29`],
  ])('%j is %j', (written, value) => {
    expect(read(NAME, written)).toBe(value);
  });

  it('has 63 characters at most, as the value of a label', () => {
    expect(read(NAME, 'a'.repeat(63))).toBe('a'.repeat(63));
    expect(read(NAME, 'a'.repeat(64))).toContain('63 at most');
  });
});

describe('a version among the settings', () => {
  const refused = 'expected a version of three numbers such as 1.39.3, got';
  it.each([
    ['1.40.0', '1.40.0'],
    [undefined, ''],
    // YAML reads 1.40 as the number 1.4.
    [1.4, `${refused} 1.4`],
    ['1.40', `${refused} "1.40"`],
    ['1.36.2.post1', `${refused} "1.36.2.post1"`],
    ['v1.40.0', `${refused} "v1.40.0"`],
    ['==1.40.0', `${refused} "==1.40.0"`],
    ['', `${refused} ""`],
  ])('%j is %j', (written, value) => {
    expect(read(VERSION, written)).toBe(value);
  });
});

describe('settings in a report', () => {
  it('are written with their units, as in a scenario, without those that are not set', () => {
    const settings = { mtls: 'strict', concurrency: 2, cpuRequest: 100, cpuLimit: 'none', memoryLimit: 1_073_741_824 };
    const treatment = { name: 'istio', mesh: 'istio', serviceTimeUs: 0 } as const;
    expect(settingsInWords({ ...treatment, settings: { ...settings, revision: '' } })).toEqual([
      'mtls: strict',
      'concurrency: 2',
      'cpuRequest: 100m',
      'cpuLimit: none',
      'memoryLimit: 1Gi',
    ]);
    expect(settingsInWords({ ...treatment, settings: { revision: '1-29' } })).toEqual(['revision: 1-29']);
    const envoy = { name: 'envoy', mesh: 'envoy', serviceTimeUs: 0 } as const;
    expect(settingsInWords({ ...envoy, settings: { retries: 'off', version: '' } })).toEqual(['retries: off']);
    expect(settingsInWords({ ...envoy, settings: { version: '1.39.3' } })).toEqual(['version: 1.39.3']);
  });
});

describe('amounts in words', () => {
  it.each([
    [134_217_728, '128Mi'],
    [1_000_000, '1MB'],
    [1500, '1500B'],
    [0, '0B'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(bytesInWords(bytes)).toBe(text);
  });

  it('read back as what they are', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 1_000_000 }), (bytes, millicores) => {
        expect(parseBytes(bytesInWords(bytes))).toEqual({ ok: true, value: bytes });
        expect(parseMillicores(millicoresInWords(millicores))).toEqual({ ok: true, value: millicores });
      }),
    );
  });
});
