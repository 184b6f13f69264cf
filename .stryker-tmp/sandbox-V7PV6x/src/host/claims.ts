// @ts-nocheck
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Claim } from './host.ts';

const ASK_FOR_MS = 1000;
const TRIES = 3;
/** More than any honest holder says; a stranger may listen under the name as well. */
const LONGEST_ANSWER = 1024;

/**
 * Holds a name for as long as this process lives. The name is an abstract Unix socket (unix(7)): no file, so nothing is
 * left however the process dies. It reaches as far as the network namespace that the process is in: two containers do
 * not see each other's.
 * @param says what anybody is told who asks for the name meanwhile
 */
export async function claimName(name: string, says: string): Promise<Claim> {
  if (process.platform !== 'linux') return { kind: 'unsupported' };
  const address = `\0${name}`;
  for (let i = 0; i < TRIES; i++) {
    const server = await listen(address, says);
    if (server !== undefined) return { kind: 'held', release: () => close(server) };
    const answer = await ask(address);
    // Refused: the holder went between the two, so the name is free.
    if (answer !== 'gone') return { kind: 'taken', says: answer };
  }
  return { kind: 'taken', says: '' };
}

/** undefined where the name is taken. */
function listen(address: string, says: string): Promise<Server | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy()); // who asked may have gone
    socket.end(says);
  });
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });
}

function ask(address: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket: Socket = connect(address);
    const done = (what: string) => {
      socket.destroy();
      resolve(what);
    };
    socket.setTimeout(ASK_FOR_MS, () => done(answer));
    socket.setEncoding('utf8').on('data', (part) => {
      answer += part;
      if (answer.length > LONGEST_ANSWER) done('');
    });
    socket.once('error', () => done('gone'));
    socket.once('end', () => done(answer));
  });
}

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
