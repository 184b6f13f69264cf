import { type Connection, createPool } from '../drivers/paced/pool.ts';

const CONNECTIONS = 32;

/** Where a service calls, and what it writes as the Host header. */
export interface CallTarget {
  host: string;
  port: number;
  authority: string;
}

/** Calls another service over connections that stay open. */
export interface Caller {
  /**
   * Asks for a path; `answered` is told whether it was answered as asked. Waits for a free connection where there is none;
   * the first call opens them, since what is called may not have been there before.
   */
  call(path: string, answered: (isOk: boolean) => void): void;
  close(): void;
}

export function createCaller({ host, port, authority }: CallTarget): Caller {
  const free: Connection[] = [];
  const waiting: { path: string; answered: (isOk: boolean) => void }[] = [];
  const underWay = new Map<Connection, (isOk: boolean) => void>();
  const nowUs = () => performance.now() * 1000;

  const send = (connection: Connection, path: string, answered: (isOk: boolean) => void) => {
    underWay.set(connection, answered);
    connection.reader.reset();
    connection.intendedUs = nowUs();
    connection.socket.write(`GET ${path} HTTP/1.1\r\nhost: ${authority}\r\n\r\n`);
  };
  const finish = (connection: Connection, isOk: boolean) => {
    const answered = underWay.get(connection);
    underWay.delete(connection);
    connection.intendedUs = undefined;
    answered?.(isOk);
  };
  const pool = createPool(
    { host, port, size: CONNECTIONS, requestsPerConnection: undefined, elapsedUs: nowUs },
    {
      free: (connection) => {
        const next = waiting.shift();
        if (next === undefined) free.push(connection);
        else send(connection, next.path, next.answered);
      },
      answered: (connection, outcome) => finish(connection, outcome === 'ok'),
      broken: (connection) => {
        finish(connection, false);
        const at = free.indexOf(connection);
        if (at >= 0) free.splice(at, 1);
      },
      // It is tried again; what waits for it is answered late, or not at all.
      notOpened: () => {},
    },
  );
  let isOpening = false;
  return {
    call(path, answered) {
      if (!isOpening) {
        isOpening = true;
        // Those that are open by then serve; the others are dialled on.
        pool.open().catch(() => {});
      }
      const connection = free.shift();
      if (connection === undefined) waiting.push({ path, answered });
      else send(connection, path, answered);
    },
    close: () => pool.close(),
  };
}
