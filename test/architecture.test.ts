import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from './temporary.ts';

/** Room → the rooms it may import, types apart from code: a type crosses no process and costs nothing. */
const MAY_IMPORT: Record<string, { code: string[]; types: string[] }> = {
  host: { code: [], types: [] },
  meshes: { code: [], types: ['platforms', 'record', 'scenario'] },
  drivers: { code: ['host', 'record', 'scenario'], types: [] },
  collectors: { code: ['host'], types: ['record'] },
  record: { code: ['host'], types: ['scenario'] },
  scenario: { code: ['collectors', 'meshes', 'platforms', 'analysis/stats'], types: [] },
  agent: { code: ['collectors', 'drivers', 'record', 'host'], types: [] },
  platforms: { code: ['agent', 'collectors', 'host', 'meshes', 'record'], types: ['scenario'] },
  'analysis/stats': { code: [], types: [] },
  analysis: { code: ['analysis/stats', 'record', 'scenario'], types: ['meshes'] },
  report: { code: ['analysis', 'record', 'scenario'], types: [] },
  run: { code: ['agent', 'analysis', 'host', 'platforms', 'record', 'scenario'], types: ['drivers'] },
  exchange: { code: ['analysis', 'drivers', 'record'], types: ['scenario'] },
  history: { code: ['analysis', 'analysis/stats', 'host', 'record', 'report', 'scenario'], types: [] },
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

/** The one file that may start a shell, with the constant script that it may give it. */
const TIED = 'platforms/local/tied.ts';
const SHELL = /['"`](?:\/bin\/)?(?:ba|da|z|k)?sh['"`],\s*['"`]-\w*c['"`],\s*([^\n]*)/g;

/** Ways to have a text read by a shell, or run as a program. */
function shellFaults(name: string, text: string): string[] {
  const scripts = [...text.matchAll(SHELL)].filter(([, script]) => name !== TIED || script !== 'TIE,');
  const isConstant = name !== TIED || /^const TIE = '[^'\n]*';$/m.test(text);
  return [
    ...(/\bshell:\s*(?!false\b)/.test(text) ? ['a shell is asked for'] : []),
    ...(/(?<![.\w])exec(?:Sync)?\(|child_process\.exec|\{[^}\n]*\bexec(?:Sync)?\b[^}\n]*\}\s*from/.test(text)
      ? ['exec']
      : []),
    ...(/(?<![.\w])eval\(|new Function\(/.test(text) ? ['text is run as a program'] : []),
    ...scripts.map(() => 'sh -c'),
    ...(isConstant ? [] : ['the script is not a constant']),
  ];
}

describe('processes', () => {
  it('are started without a shell, but for one constant script', () => {
    expect(files.flatMap(({ name, text }) => shellFaults(name, text).map((fault) => `${name}: ${fault}`))).toEqual([]);
    expect(files.filter(({ text }) => [...text.matchAll(SHELL)].length > 0).map(({ name }) => name)).toEqual([TIED]);
  });

  it.each([
    ["spawn('ls', { shell: true })", 'a shell is asked for'],
    ["spawn('ls', { shell: '/bin/bash' })", 'a shell is asked for'],
    ["exec('ls ' + folder)", 'exec'],
    ["import { execSync } from 'node:child_process';", 'exec'],
    ['host.run(["sh", "-c", "ls " + folder])', 'sh -c'],
    ["host.run(['/bin/bash', '-ec', script])", 'sh -c'],
    ['eval(text)', 'text is run as a program'],
  ])('would be caught: %s', (text, fault) => {
    expect(shellFaults('run/bad.ts', text)).toContain(fault);
  });

  it('may run regular expressions, and the constant script may not take anything in', () => {
    expect(shellFaults('run/good.ts', '/a/.exec(text); pattern.exec(text)')).toEqual([]);
    const tied = files.find(({ name }) => name === TIED)?.text ?? '';
    expect(shellFaults(TIED, tied.replace("const TIE = '", 'const TIE = word + '))).toEqual([
      'the script is not a constant',
    ]);
    expect(shellFaults(TIED, tied.replace(/TIE,\n/, 'script,\n'))).toEqual(['sh -c']);
  });

  it('are started from one file only, as the linter sees to', () => {
    const place = temporaryDirectory();
    const root = path.dirname(SRC);
    copyFileSync(path.join(root, 'biome.json'), path.join(place, 'biome.json'));
    for (const file of ['src/run/bad.ts', 'src/host/bad.ts', 'src/host/processes.ts', 'test/run/good.ts']) {
      mkdirSync(path.join(place, path.dirname(file)), { recursive: true });
      writeFileSync(
        path.join(place, file),
        "import { spawn } from 'node:child_process';\n\nexport const start = spawn;\n",
      );
    }
    // With --only the exceptions would not count.
    const words = ['lint', '--colors=off', '.'];
    const linted = spawnSync(path.join(root, 'node_modules/.bin/biome'), words, { cwd: place, encoding: 'utf8' });
    const told = `${linted.stdout}${linted.stderr}`;
    const places = [...told.matchAll(/^(\S+):1:\d+ lint\/style\/noRestrictedImports/gm)].map(([, file]) => file);
    expect([linted.status, places.sort()]).toEqual([1, ['src/host/bad.ts', 'src/run/bad.ts']]);
    expect(told).toContain('Processes are started by src/host alone');
  });
});
