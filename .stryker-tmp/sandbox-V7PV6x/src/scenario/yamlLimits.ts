// @ts-nocheck
import { type CST, Lexer, Parser } from 'yaml';
import { LARGEST_FILE_BYTES } from './plainText.ts';

/** Maps and lists within each other: three times what a scenario needs. */
const MAX_DEPTH = 16;
/** The largest scenario that the schema takes has some 4,000 keys and values, each of at most eight marks. */
const MAX_LEXEMES = 50_000;

/** What a text has too much of, and the way out. */
export type Excess = readonly [message: string, hint: string];

const TOO_LARGE: Excess = ['is larger than 256 kB', 'a scenario is a page of text; check the file name'];
const TOO_MANY: Excess = ['has more entries than a scenario can have', 'check the file name'];
export const TOO_DEEP: Excess = ['is nested too deeply', 'a scenario is four levels deep at most'];

/**
 * Why a text is more than a scenario can be; undefined where it is not. It is asked before the text is composed, which
 * takes the stack as deep as the text is nested, and may end the process there: V8 compiles regular expressions on the
 * same stack, and does not survive when they find no room.
 */
export function excessOf(text: string): Excess | undefined {
  if (Buffer.byteLength(text) > LARGEST_FILE_BYTES) return TOO_LARGE;
  return excessOfLexemes(text) ?? (isDeeperThan(MAX_DEPTH, text) ? TOO_DEEP : undefined);
}

function excessOfLexemes(text: string): Excess | undefined {
  let lexemes = 0;
  let depth = 0;
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1;
    if (lexeme === '[' || lexeme === '{') depth += 1;
    if (lexeme === ']' || lexeme === '}') depth -= 1;
    if (depth > MAX_DEPTH) return TOO_DEEP;
    if (lexemes > MAX_LEXEMES) return TOO_MANY;
  }
  return undefined;
}

/** Blocks are nested by their indentation, which the parser follows without recursion. */
function isDeeperThan(limit: number, text: string): boolean {
  const waiting: { token: CST.Token | null | undefined; depth: number }[] = [];
  for (const token of new Parser().parse(text)) waiting.push({ token, depth: 0 });
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { token, depth } = next;
    if (depth > limit) return true;
    if (token?.type === 'document') waiting.push({ token: token.value, depth });
    if (!token || !('items' in token)) continue;
    for (const { key, value } of token.items) {
      waiting.push({ token: key, depth: depth + 1 }, { token: value, depth: depth + 1 });
    }
  }
  return false;
}
