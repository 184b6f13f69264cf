import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../temporary.ts';
import { runInProcess } from './inProcess.ts';

const FIXTURES = path.resolve(import.meta.dirname, '../exchange/fixtures');

function imported(results = 'results.yaml', change: (text: string) => string = (text) => text) {
  const folder = path.join(temporaryDirectory(), 'given');
  cpSync(FIXTURES, folder, { recursive: true });
  const file = path.join(folder, results);
  writeFileSync(file, change(readFileSync(file, 'utf8')));
  const out = path.join(folder, 'reports');
  const run = () => runInProcess(['import', path.join(folder, 'scenario.yaml'), file, '--out', out]);
  return { folder, out, run };
}

describe('meshtax import', () => {
  it('compares results of fortio block by block, and gives no verdict, since nothing is proven', async () => {
    const { out, run } = imported();
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([4, '']);
    expect(stdout).toMatch(/p50 +4\.5 ms +4\.1 to 5\.1/);
    expect(stdout).toContain('as fortio 1.66.5 measured it, not deployed here');
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'the trials were imported: nobody proved that their traffic went through the mesh',
    );
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'imported from fortio 1.66.5, which cannot say: how long a request waited',
    );
    const [run1 = ''] = readdirSync(out);
    expect(readdirSync(path.join(out, run1))).toEqual(
      expect.arrayContaining(['report.html', 'results.json', 'run.json', 'summary.jsonl', 'trials']),
    );
    const again = await runInProcess(['report', path.join(out, run1)]);
    expect([again.code, again.stdout.split('\n')[3]]).toEqual([4, stdout.split('\n')[3]]);
  });

  it.each(['k6.yaml', 'hlog.yaml'])(
    'reads %s, and does not take another rate for the one of the scenario',
    async (file) => {
      const { code, stdout } = await imported(file).run();
      expect(code).toBe(4);
      expect(stdout.replace(/\s+/g, ' ')).toContain('rate-achieved');
    },
  );

  it.each([
    [
      'a treatment that there is not',
      (text: string) => text.replace('proxied: fortio/proxied-2', 'prxied: fortio/proxied-2'),
      'did you mean proxied?',
    ],
    [
      'the baseline once',
      (text: string) => text.replace('[fortio/none-3a.json, fortio/none-3b.json]', 'fortio/none-3a.json'),
      'expected two results of none, got 1',
    ],
    ['a file that there is not', (text: string) => text.replace('none-4b.json', 'none-9.json'), 'none-9.json: '],
    ['a file of another tool', (text: string) => text.replace('fortio/none-4b.json', 'k6.csv'), 'not JSON'],
    [
      'a tool that there is not',
      (text: string) => text.replace('tool: fortio', 'tool: fortyo'),
      'did you mean fortio?',
    ],
  ])('refuses %s with the place, and makes nothing', async (_, change, message) => {
    const { out, run } = imported('results.yaml', change);
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(out)).toBe(false);
  });

  it('refuses a result that was driven at another rate than the scenario says', async () => {
    const { folder, out, run } = imported();
    const file = path.join(folder, 'fortio/none-1a.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"RequestedQPS": "100"', '"RequestedQPS": "200"'));
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('was asked for 200/s, and the scenario says 100/s');
    expect(existsSync(out)).toBe(false);
  });

  it('asks for the unit of a histogram log, which the log does not tell', async () => {
    const { run } = imported('hlog.yaml', (text) => text.replace('unit: ns\n', ''));
    const { code, stderr } = await run();
    expect([code, stderr.includes('add unit: ns, us or ms')]).toEqual([2, true]);
  });
});

describe('meshtax export', () => {
  it('writes logs and percentiles of the example run, and names them', async () => {
    const out = path.join(temporaryDirectory(), 'export');
    const example = path.resolve(import.meta.dirname, '../../reports/example');
    const { code, stdout, stderr } = await runInProcess(['export', example, '--out', out]);
    expect([code, stderr]).toEqual([0, '']);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((file) => path.basename(file)),
    ).toEqual(readdirSync(out).sort((a, b) => stdout.indexOf(a) - stdout.indexOf(b)));
    expect(readdirSync(out)).toHaveLength(4);
  });

  it('refuses a run without a valid trial', async () => {
    const { folder, out, run } = imported('k6.yaml');
    await run();
    const [run1 = ''] = readdirSync(out);
    const { code, stderr } = await runInProcess(['export', path.join(out, run1), '--out', path.join(folder, 'x')]);
    expect(code).toBe(4);
    expect(stderr).toContain('there is no valid trial to export');
  });
});
