/** A scenario of which one part is written otherwise. */
// @ts-nocheck

const LEAST = {
  name: 'least',
  treatments: '[{ mesh: none }, { mesh: envoy }]',
  load: '{ arrivalRate: 500/s }',
};

function but(changed: Partial<typeof LEAST>, more = ''): string {
  const parts = { ...LEAST, ...changed };
  return `name: ${parts.name}\ntreatments: ${parts.treatments}\nload: ${parts.load}\n${more}`;
}

const rate = (text: string) => but({ load: `{ arrivalRate: ${text} }` });
const load = (text: string) => but({ load: `{ arrivalRate: 1/s, ${text} }` });
const name = (text: string) => but({ name: text });
const treatment = (text: string) => but({ treatments: `[{ mesh: none }, ${text}]` });
const budget = (text: string) => but({}, `budgets: [${text}]\n`);
const LEVELS = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
const NAME = 'name: expected lower-case letters, digits and hyphens, 63 at most';

/** What is wrong, the text, and the place and beginning of the first problem that has to be told. */
export const WRONG_TEXTS: readonly (readonly [what: string, text: string | Buffer, told: string])[] = [
  ['an unknown key', but({}, 'wibble: 1\n'), '4:1  wibble: unknown key'],
  ['a misspelt key', but({}, 'platfrom: local\n'), '4:1  platfrom: unknown key'],
  [
    'a key with a letter of another script',
    but({}, 'plаtform: local\n'),
    '4:1  plаtform: unknown key, with U+0430 in it',
  ],
  ['a misspelt mesh', treatment('{ mesh: envoi }'), '2:38  treatments[1].mesh: expected one of none, envoy'],
  ['a wrong unit', rate('500/h'), '3:22  load.arrivalRate: expected a rate such as 500/s, got "500/h"'],
  ['no unit', rate('500'), '3:22  load.arrivalRate: expected a rate such as 500/s, or a list of rates, got 500'],
  ['a rate of zero', rate('0/s'), '3:22  load.arrivalRate: expected more than 0, got "0/s"'],
  ['a negative rate', rate('-5/s'), '3:22  load.arrivalRate: expected a rate such as 500/s, got "-5/s"'],
  [
    'an infinite rate',
    rate('.inf'),
    '3:22  load.arrivalRate: expected a rate such as 500/s, or a list of rates, got Infinity',
  ],
  [
    'a rate that is no number',
    rate('.nan'),
    '3:22  load.arrivalRate: expected a rate such as 500/s, or a list of rates, got NaN',
  ],
  ['a rate beyond any', rate('1e9/s'), '3:22  load.arrivalRate: expected a rate such as 500/s, got "1e9/s"'],
  ['a rate of 400 digits', rate(`${'9'.repeat(400)}/s`), '3:22  load.arrivalRate: expected a rate such as 500/s'],
  ['one rate twice', rate('[1/s, 2/s, 1/s]'), '3:33  load.arrivalRate[2]: this load point stands twice'],
  ['no rate in a list', rate('[]'), '3:9  load.arrivalRate: expected at least 1 entry'],
  ['no rate at all', but({ load: '{}' }), '3:1  load.arrivalRate: is missing'],
  ['no baseline', but({ treatments: '[{ mesh: envoy }]' }), '2:1  treatments: there is no baseline'],
  ['no treatment', but({ treatments: '[]' }), '2:1  treatments: expected at least 1 entry'],
  ['two treatments of one name', treatment('{ mesh: none }'), '2:38  treatments[1].mesh: a second treatment is called'],
  ['33 treatments', but({ treatments: `[${'{ mesh: none }, '.repeat(33)}]` }), '2:1  treatments: expected at most 32'],
  ['a key that stands twice', but({}, 'name: again\n'), '4:1  the key "name" stands twice'],
  ['a window that is too short', load('duration: 1ms'), '3:37  load.duration: the collectors need a window'],
  ['a window beyond an hour', load('duration: 61m'), '3:37  load.duration: expected at most 60m, got "61m"'],
  ['a warm-up beyond an hour', load('warmUp: 9000s'), '3:35  load.warmUp: expected at most 60m, got "9000s"'],
  ['half a connection', load('connections: 1.5'), '3:40  load.connections: expected a whole number, got 1.5'],
  ['too many connections', load('connections: 10001'), '3:40  load.connections: expected at most 10,000'],
  ['too few blocks', but({}, 'blocks: { min: 2 }\n'), '4:16  blocks.min: no exact 95 % interval exists below 6'],
  ['a budget for nobody', budget('{ metric: proxy-cpu, atMost: 1, for: envoi }'), '4:48  budgets[0].for: envoi is nei'],
  [
    'a budget on nothing',
    budget('{ metric: joy, atMost: 1 }'),
    '4:21  budgets[0].metric: expected one of added-latency',
  ],
  [
    'a set of budgets that there is not',
    but({}, 'budgets: documentd\n'),
    '4:10  budgets: expected one of documented, istio-1.24, linkerd-2021-11, got "documentd"',
  ],
  ['an empty file', '', '1:1  is empty'],
  ['blanks only', ' \n\n\t\n', '1:1  is empty'],
  ['comments only', '# one\n# two\n', '1:1  expected a map of keys, got nothing'],
  ['a list', '- a\n- b\n', '1:1  expected a map of keys, got a list'],
  ['a word', 'scenario\n', '1:1  expected a map of keys, got "scenario"'],
  ['a number', '42\n', '1:1  expected a map of keys, got 42'],
  ['no YAML', 'name: [1,\nload: }\n', '2:1  not valid YAML: Flow sequence in block collection'],
  ['tabs as indentation', 'name: x\nload:\n\tarrivalRate: 1/s\n', '3:1  not valid YAML: Tabs are not allowed'],
  ['two documents', `${but({})}---\n${but({})}`, '4:1  a second document begins here'],
  ['a tag of its own', name('!secret x'), '1:7  not valid YAML: Unresolved tag: !secret'],
  ['a tag that asks for code', name('!!js/function "x"'), '1:7  not valid YAML: Unresolved tag: tag:yaml.org,2002:js'],
  ['an alias to nothing', name('*gone'), '1:1  cannot follow an alias: Unresolved alias'],
  ['an alias to itself', but({}, 'a: &a [*a]\n'), '4:1  a: unknown key'],
  ['a merge key', but({}, '<<: { platform: local }\n'), '4:1  <<: unknown key'],
  ['a bomb of aliases', ['a0: &a0 [x]', ...LEVELS].join('\n'), '1:1  cannot follow an alias: Excessive alias count'],
  ['a hundred thousand brackets', '['.repeat(100_000), '1:1  is nested too deeply'],
  ['a hundred thousand braces', '{'.repeat(100_000), '1:1  is nested too deeply'],
  ['lists within lists on one line', '- '.repeat(20_000), '1:1  is nested too deeply'],
  ['blocks within blocks', Array.from({ length: 99 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'), '1:1  is nested too'],
  ['a hundred thousand entries', `a: [${'1,'.repeat(100_000)}]`, '1:1  has more entries than a scenario can have'],
  ['a path upwards as name', name('../../etc/x'), `1:7  ${NAME}, got "../../etc/x"`],
  ['an absolute path as name', name('/etc/passwd'), `1:7  ${NAME}, got "/etc/passwd"`],
  ['two points as name', name('..'), `1:7  ${NAME}, got ".."`],
  ['the name of a device', name('CON'), `1:7  ${NAME}, got "CON"`],
  ['quotes in a name', name(`'a"b''c'`), `1:7  ${NAME}, got "a\\"b'c"`],
  ['markup in a name', name('</script><b>'), `1:7  ${NAME}, got "</script><b>"`],
  ['a formula as name', treatment('{ mesh: envoy, name: "=1+1" }'), '2:51  treatments[1].name: expected lower-case'],
  ['a line end in a name', name('"a\\nb"'), `1:7  ${NAME}, got "a\\nb"`],
  ['a terminal sequence in a name', name('"\\e[2J"'), `1:7  ${NAME}, got "\\u001b[2J"`],
  ['letters that turn the line', name('"a\u202eb"'), `1:7  ${NAME}, got "a\\u{202e}b"`],
  ['letters that look like others', name('quіck'), `1:7  ${NAME}, got "quіck"`],
  ['a name of 64 letters', name('a'.repeat(64)), `1:7  ${NAME}, got "aaaa`],
  ['a name of 200,000 letters', name('a'.repeat(200_000)), `1:7  ${NAME}, got "aaaa`],
  ['a key of 1,000 letters', but({}, `${'k'.repeat(1000)}: 1\n`), '4:1  kkkk'],
  ['a key of two lines', but({}, '"a\\nb": 1\n'), '4:1  a\\nb: unknown key'],
  ['__proto__ as key', but({}, '__proto__: { a: 1 }\n'), '4:1  __proto__: unknown key'],
  ['a NUL', 'name: a\0b\n', '1:8  the character U+0000 is not allowed in YAML'],
  ['an escape character', 'name: x\n# \u001b[2J\n', '2:3  the character U+001B is not allowed in YAML'],
  [
    'a program',
    Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0xff, 0xfe]),
    '1:9  from here on the file is not UTF-8',
  ],
  [
    'letters that are not UTF-8',
    Buffer.from('name: x\n# caf\xe9\n', 'latin1'),
    '2:6  from here on the file is not UTF-8',
  ],
  ['UTF-16', Buffer.from('\ufeffname: x\n', 'utf16le'), '1:1  from here on the file is not UTF-8'],
  ['a mark of byte order and nothing', '\ufeff', '1:1  is empty'],
  ['a mark of byte order and a fault', `\ufeff${rate('fast')}`, '3:22  load.arrivalRate: expected a rate such as'],
];
