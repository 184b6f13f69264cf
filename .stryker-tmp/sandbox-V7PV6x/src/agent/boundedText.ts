// @ts-nocheck
import type { IncomingMessage } from 'node:http';

/**
 * The body of an answer as text, of at most so many bytes: whoever answers may be broken or hostile, and never end.
 * @throws where it is larger, and where the connection is cut before its end
 */
export function readBody(response: IncomingMessage, atMostBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    response.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes <= atMostBytes) parts.push(part);
      else response.destroy(new BodyTooLarge(atMostBytes));
    });
    response.on('error', reject);
    response.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
  });
}

export class BodyTooLarge extends Error {
  constructor(atMostBytes: number) {
    super(`the answer is larger than ${atMostBytes.toLocaleString('en-US')} bytes`);
    this.name = 'BodyTooLarge';
  }
}
