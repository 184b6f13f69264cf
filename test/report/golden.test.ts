import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REPORT_FILES } from '../cli/hostileRun.ts';
import { runInProcess } from '../cli/inProcess.ts';
import { PICTURED, PICTURES, pictureFile, pictureHtml, RECORDED, readPictured } from './pictured.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const REBASELINE = 'Where that is meant: npm run rebaseline, look at what changed (git diff, docs/pictures), commit it';

/** Where two texts part, for whoever has to say whether that is meant. */
function firstDifference(kept: string, now: string): string {
  const [before, after] = [kept.split('\n'), now.split('\n')];
  const line = before.findIndex((text, index) => text !== after[index]);
  const at = line < 0 ? before.length : line;
  const cut = (text: string | undefined) => (text === undefined ? 'nothing' : text.slice(0, 300));
  return `line ${at + 1}\n  kept: ${cut(before[at])}\n  now:  ${cut(after[at])}`;
}

describe.each(RECORDED)('the recorded run in %s', (folder) => {
  const out = mkdtempSync(path.join(tmpdir(), 'meshtax-test-'));

  beforeAll(async () => {
    const { stderr } = await runInProcess(['report', path.join(ROOT, folder), '--out', out]);
    expect(stderr).toBe('');
  });

  afterAll(() => rmSync(out, { recursive: true }));

  it.each(REPORT_FILES)('renders to the same bytes: %s', (name) => {
    const kept = readFileSync(path.join(ROOT, folder, name), 'utf8');
    const now = readFileSync(path.join(out, name), 'utf8');
    if (now !== kept) expect.fail(`${folder}/${name} differs at ${firstDifference(kept, now)}\n${REBASELINE}`);
  });
});

describe('the picture that was looked at', () => {
  const looked = readPictured();

  it.each(PICTURED)('is still that of the page: %s', (name) => {
    const html = pictureHtml(name);
    const digest = createHash('sha256').update(html).digest('hex');
    if (looked[name] !== digest) expect.fail(`the page of "${name}" is not the one in its picture.\n${REBASELINE}`);
    const picture = readFileSync(pictureFile(name));
    expect(picture.subarray(1, 4).toString('latin1')).toBe('PNG');
  });

  it('belongs to a state that there is', () => {
    expect(Object.keys(looked).sort()).toEqual([...PICTURED].sort());
    expect(existsSync(PICTURES)).toBe(true);
  });
});
