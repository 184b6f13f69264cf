import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

/** Room → the rooms it may import, types apart from code: a type crosses no process and costs nothing. */
const MAY_IMPORT: Record<string, { code: string[]; types: string[] }> = {
  host: { code: [], types: [] },
  meshes: { code: [], types: ['platforms', 'record', 'scenario'] },
  drivers: { code: ['record', 'scenario'], types: [] },
  collectors: { code: ['host'], types: ['record'] },
  record: { code: ['host'], types: ['scenario'] },
  scenario: { code: ['collectors', 'meshes', 'platforms', 'analysis/stats'], types: [] },
  agent: { code: ['collectors', 'drivers', 'record', 'host'], types: [] },
  platforms: { code: ['agent', 'collectors', 'host', 'meshes', 'record'], types: ['scenario'] },
  'analysis/stats': { code: [], types: [] },
  analysis: { code: ['analysis/stats', 'record', 'scenario'], types: ['meshes'] },
  report: { code: ['analysis', 'record', 'scenario'], types: [] },
  run: { code: ['agent', 'analysis', 'host', 'platforms', 'record'], types: ['scenario'] },
};
/** Only cli/ may import everything, and only here may anything print or exit. */
const FREE = 'cli';
const SRC = path.resolve(import.meta.dirname, '../src');

function roomOf(file: string): string {
  const parts = path.relative(SRC, file).split(path.sep);
  return parts[0] === 'analysis' && parts[1] === 'stats' ? 'analysis/stats' : (parts[0] ?? '');
}

function sources(directory = SRC): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const at = path.join(directory, entry.name);
    if (entry.isDirectory()) return sources(at);
    return entry.name.endsWith('.ts') ? [at] : [];
  });
}

const files = sources().map((file) => ({ file, name: path.relative(SRC, file), text: readFileSync(file, 'utf8') }));

describe('the rooms', () => {
  it('import only the rooms they may', () => {
    const wrong = files.flatMap(({ file, name, text }) =>
      [...text.matchAll(/^(?:import|export)\s+(type\s+)?[^'"]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/gm)].flatMap(
        ([, typeOnly, from, dynamic]) => {
          const target = path.resolve(path.dirname(file), from ?? dynamic ?? '');
          const [room, other] = [roomOf(file), roomOf(target)];
          if (room === other || room === FREE) return [];
          const rule = MAY_IMPORT[room];
          const allowed = [...(rule?.code ?? []), ...(typeOnly === undefined ? [] : (rule?.types ?? []))];
          return allowed.includes(other) ? [] : [`${name} imports ${path.relative(SRC, target)}`];
        },
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('are all in the table', () => {
    const rooms = new Set(files.map(({ file }) => roomOf(file)));
    expect([...rooms].sort()).toEqual([...Object.keys(MAY_IMPORT), FREE].sort());
  });

  it('print and exit in cli/ only, but for the agent, which is a program of its own', () => {
    const wrong = files
      .filter(({ name }) => !name.startsWith('cli/') && name !== 'agent/main.ts')
      .filter(({ text }) => /\bconsole\.|process\.exit\(|process\.std(out|err)\.write/.test(text))
      .map(({ name }) => name);
    expect(wrong).toEqual([]);
  });

  it('hold no bin for whatever is left over', () => {
    const wrong = files.filter(({ name }) =>
      /(^|\/)(utils?|helpers?|common|misc|constants|types|managers?)\b/i.test(name),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  it('keep every file within 280 lines', () => {
    const long = files.map(({ name, text }) => ({ name, lines: text.split('\n').length }));
    expect(long.filter(({ lines }) => lines > 281)).toEqual([]);
  });
});
