import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../src/history/comparison.ts';
import { renderComparison } from '../../src/history/comparisonText.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { temporaryDirectory } from '../temporary.ts';
import { figures, quantity } from './fixture.ts';

const EXAMPLE = path.resolve(import.meta.dirname, '../../reports/example');
const CLUSTER = path.resolve(import.meta.dirname, '../../reports/cluster');

/** The recorded example run as another run, on another machine where that is asked for. */
function another(environment: object = {}): string {
  const folder = path.join(temporaryDirectory(), 'another');
  cpSync(EXAMPLE, folder, { recursive: true });
  // Made of the records of the run as it was.
  rmSync(path.join(folder, 'figures.json'));
  const file = path.join(folder, 'run.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  const edited = { ...record, runId: 'another', environment: { ...record.environment, ...environment } };
  writeFileSync(file, JSON.stringify(edited));
  return folder;
}

const compare = (...argv: string[]) => runInProcess(['compare', ...argv]);
const oneLine = (text: string) => text.replace(/\s+/g, ' ');

describe('two runs side by side', () => {
  it('are never a regression by themselves: inconclusive, with what would settle it', async () => {
    const { code, stdout, stderr } = await compare(EXAMPLE, another());
    expect([code, stderr]).toEqual([4, '']);
    expect(oneLine(stdout)).toMatch(/^\? Inconclusive: these are two separate runs/);
    expect(oneLine(stdout)).toContain('scenarios/ci-regression.yaml');
    expect(oneLine(stdout)).toContain('from 10 comparable ones on, meshtax history');
    expect(stdout).not.toMatch(/regressed/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('have each quantity with both intervals, and the environment field by field', async () => {
    const { stdout } = await compare(EXAMPLE, another());
    expect(stdout).toMatch(
      /envoy at 1,000\/s\n {2}added p50\n {4}base {3}0\.76 ms \(0\.73 to 0\.83\)\n {4}head {3}0\.76 ms \(0\.73 to 0\.83\)/,
    );
    expect(stdout).toMatch(/^ {2}same {5}CPU model: Intel\(R\) Xeon\(R\) Processor$/m);
    expect(stdout).toMatch(/^ {2}unknown {2}CPU governor: —/m);
  });

  it.each([
    ['another CPU model', { cpuModel: 'AMD EPYC' }, 'CPU model: Intel(R) Xeon(R) Processor, then AMD EPYC'],
    ['another number of cores', { cores: 4 }, 'Cores: 2, then 4'],
  ])('are refused where there is %s, or told so in the first line', async (_, environment, told) => {
    const head = another(environment);
    const refused = await compare(EXAMPLE, head);
    expect([refused.code, refused.stdout]).toEqual([2, '']);
    expect(refused.stderr).toBe(
      `error: these runs are not comparable: ${told}\n  hint: --allow-different-environment puts them side by side all the same\n`,
    );
    const allowed = await compare(EXAMPLE, head, '--allow-different-environment');
    expect(allowed.code).toBe(4);
    expect(oneLine(allowed.stdout)).toMatch(/^These runs are not comparable, and are compared all the same/);
    expect(oneLine(allowed.stdout)).toContain(told);
  });

  it('are refused where one is of a cluster, with every field that stands against it', async () => {
    const { code, stderr } = await compare(EXAMPLE, CLUSTER);
    expect(code).toBe(2);
    expect(stderr).toContain('what the scenario asks is not the same');
    expect(stderr).toContain('Platform: local, then kubernetes');
    expect(stderr).toContain(
      'Cores used: driver on 1, system under test on 1, then unknown (pods are not tied to cores)',
    );
  });

  it('are refused where they are one, or none', async () => {
    expect(await compare(EXAMPLE, EXAMPLE)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('both folders hold run'),
    });
    expect((await compare(EXAMPLE, '/nowhere')).code).toBe(2);
    expect((await compare(EXAMPLE)).code).toBe(2);
  });

  it('are a page where one is asked for, by either command, with the same figures and without a script', async () => {
    const head = another();
    const file = path.join(temporaryDirectory(), 'page.html');
    const compared = await compare(EXAMPLE, head, '--html', file);
    expect([compared.code, compared.stderr]).toEqual([4, `page: ${file}\n`]);
    const html = readFileSync(file, 'utf8');
    expect(html).not.toContain('<script');
    const read = html.replace(/<[^>]*>/g, '');
    for (const text of ['0.76 ms (0.73 to 0.83)', 'Inconclusive: these are two separate runs', 'CPU model']) {
      expect(read).toContain(text);
    }
    const reported = await runInProcess(['report', '--compare', EXAMPLE, head]);
    expect([reported.code, reported.stdout]).toEqual([4, compared.stdout]);
    expect(readFileSync(path.join(head, 'comparison.html'), 'utf8')).toBe(html);
    const both = await runInProcess(['report', '--compare', EXAMPLE, head, '--budgets', 'documented']);
    expect([both.code, both.stderr]).toEqual([
      2,
      'error: --compare does not go with --budgets\n  hint: leave one of them out\n',
    ]);
  });

  it('are whole in JSON', async () => {
    const { code, stdout } = await compare(
      EXAMPLE,
      another({ cpuModel: 'AMD EPYC' }),
      '--json',
      '--allow-different-environment',
    );
    const document = JSON.parse(stdout);
    expect([code, document.schema, document.conclusion.outcome]).toEqual([4, 'meshtax/comparison@1', 'inconclusive']);
    expect(document.obstacles.map(({ id }: { id: string }) => id)).toEqual(['cpuModel']);
    expect(document.quantities[0]).toMatchObject({ what: 'added p50', difference: 0, share: 0 });
  });
});

describe('a difference', () => {
  const one = figures({ day: 0, quantities: [quantity('added p50', 600), quantity('added p90', 900)] });
  const other = figures({
    day: 1,
    quantities: [
      quantity('added p50', 750),
      quantity('added p90', { missing: 'no valid block' }),
      quantity('added p99', 2000),
    ],
  });

  it('is head minus base, absolute and relative, and missing where either is', () => {
    const { quantities } = compareRuns(one, other);
    expect(quantities.map(({ what, difference, share }) => [what, difference, share])).toEqual([
      ['added p50', 150, 0.25],
      ['added p90', { missing: 'no valid block' }, { missing: 'no valid block' }],
      ['added p99', { missing: `not measured in ${one.runId}` }, { missing: `not measured in ${one.runId}` }],
    ]);
  });

  it('is printed without an interval, which two runs do not give', () => {
    const text = renderComparison(compareRuns(one, other), { colour: false });
    expect(text).toContain('    change +0.150 ms, +25.0 %, without an interval');
    expect(text).toContain('    change — (no valid block)');
  });

  it('has no share of a base that is not above 0', () => {
    const none = figures({ day: 0, quantities: [quantity('added p50', -3)] });
    expect(compareRuns(none, other).quantities[0]?.share).toEqual({ missing: 'the base is not above 0' });
  });
});
