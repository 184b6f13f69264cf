import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { arrivalRateOf, k6Script, OVERHANG_MS } from '../../../src/drivers/k6/script.ts';
import { runCommand } from '../../../src/host/processes.ts';
import { temporaryDirectory } from '../../temporary.ts';
import { driveSpec, request } from '../drive.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const TARGET = { host: '127.0.0.1', port: 8080, opened: () => 0, open: () => 0 };

/** What the compiler says of a script beside the types of @types/k6. */
async function compiled(script: string): Promise<string> {
  const directory = temporaryDirectory();
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
  writeFileSync(path.join(directory, 'load.ts'), script);
  const config = {
    compilerOptions: {
      noEmit: true,
      strict: true,
      target: 'es2022',
      module: 'esnext',
      moduleResolution: 'bundler',
      types: ['k6'],
      skipLibCheck: true,
      noUncheckedIndexedAccess: true,
    },
    files: ['load.ts'],
  };
  writeFileSync(path.join(directory, 'tsconfig.json'), JSON.stringify(config));
  const { stdout, stderr } = await runCommand([path.join(ROOT, 'node_modules/.bin/tsc'), '-p', directory]);
  return `${stdout}${stderr}`;
}

describe('the script for k6', () => {
  it('is a program that the types of k6 know, whatever is asked for', async () => {
    const hostile = request({
      name: 'large',
      method: 'PUT',
      headers: { 'x-tenant': `\`$\{process.exit()} "quoted" \\ back` },
      requestBytes: 100,
      weight: 3,
    });
    expect(await compiled(k6Script(driveSpec(TARGET, { requests: [request(), hostile], arrivals: 'constant' })))).toBe(
      '',
    );
  });

  it('is told wrong by those types where it is wrong', async () => {
    const script = k6Script(driveSpec(TARGET))
      .replace("timeout: '", "timeout: 5 + {} + '")
      .replace('wrongBody.add(', 'wrongBody.ad(');
    expect(await compiled(script)).toContain("'ad' does not exist");
  });
});

describe('the arrival rate that k6 is asked for', () => {
  const segment = (fromMs: number, toMs: number, from: number, to?: number) => ({
    name: 's',
    fromMs,
    toMs,
    arrivalRatePerSecond: from,
    ...(to === undefined ? {} : { toRatePerSecond: to }),
    measured: true,
  });

  it('is constant over warm-up and window, and goes on after them', () => {
    expect(arrivalRateOf({ segments: [segment(0, 500, 200), segment(500, 2500, 200)], connections: 8 })).toEqual({
      executor: 'constant-arrival-rate',
      rate: 200,
      timeUnit: '1s',
      duration: `${2500 + OVERHANG_MS}ms`,
      preAllocatedVUs: 8,
      gracefulStop: '30s',
    });
  });

  it('is of a thousand seconds where it is no whole number', () => {
    expect(arrivalRateOf({ segments: [segment(0, 500, 0.5)], connections: 1 })).toMatchObject({
      rate: 500,
      timeUnit: '1000s',
    });
  });

  it('ramps where the load does', () => {
    expect(
      arrivalRateOf({ segments: [segment(0, 500, 100), segment(500, 2500, 100, 400)], connections: 8 }),
    ).toMatchObject({
      executor: 'ramping-arrival-rate',
      startRate: 100,
      stages: [
        { target: 100, duration: '0s' },
        { target: 100, duration: '500ms' },
        { target: 100, duration: '0s' },
        { target: 400, duration: '2000ms' },
        { target: 400, duration: `${OVERHANG_MS}ms` },
      ],
    });
  });
});
