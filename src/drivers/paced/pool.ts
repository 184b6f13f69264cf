import { connect, type Socket } from 'node:net';
import type { FailureClass } from '../../record/trialRecord.ts';
import { createResponseReader, type ResponseReader } from './response.ts';

const READ_BUFFER = 65_536;
const REDIAL_MS = 10;
const OPENING_DEADLINE_MS = 5000;

/** One keep-alive connection; it carries at most one request at a time. */
export interface Connection {
  socket: Socket;
  reader: ResponseReader;
  /** Intended start of the request in flight, in µs from the trial's start; undefined when it is free. */
  intendedUs: number | undefined;
  /** Index of its kind. */
  target: number;
  sentUs: number;
  /** When it would have been free for the request in flight, had the driver never been late on it. */
  freeUs: number;
  /** When the last bytes came, read before anything was done with them. */
  receivedUs: number;
  served: number;
}

export interface PoolListener {
  free(connection: Connection): void;
  answered(connection: Connection, outcome: 'ok' | FailureClass, bodyBytes: number): void;
  broken(connection: Connection, failure: FailureClass): void;
  /** A connection was not opened; it is tried again soon. */
  notOpened(failure: FailureClass): void;
}

export interface PoolOptions {
  host: string;
  port: number;
  size: number;
  requestsPerConnection: number | undefined;
  elapsedUs(): number;
}

export interface Pool {
  /** Resolves when every connection is open. @throws when one cannot be opened within 5 s */
  open(): Promise<void>;
  /** Ends a connection whose answer can no longer be told apart, and opens another in its place. */
  replace(connection: Connection): void;
  inFlight(): Iterable<Connection>;
  close(): void;
  openNow(): number;
  openedEver(): number;
}

/** Connections that open again by themselves until the pool is closed. */
export function createPool(options: PoolOptions, listener: PoolListener): Pool {
  const live = new Set<Connection>();
  const isOpen = new Set<Connection>();
  let opened = 0;
  let closing = false;
  let lastError = 'no answer';
  let allOpen: () => void = () => {};

  const dial = () => {
    // A redial may have been due when the pool was closed.
    if (closing) return;
    const buffer = Buffer.allocUnsafe(READ_BUFFER);
    const socket = connect({
      host: options.host,
      port: options.port,
      noDelay: true,
      autoSelectFamily: false,
      onread: { buffer, callback: (size) => receive(connection, buffer.subarray(0, size)) },
    });
    const connection: Connection = {
      socket,
      reader: createResponseReader(),
      intendedUs: undefined,
      target: 0,
      sentUs: 0,
      freeUs: 0,
      receivedUs: 0,
      served: 0,
    };
    let failure: FailureClass | undefined;
    let wasOpen = false;
    live.add(connection);
    socket.once('connect', () => {
      wasOpen = true;
      opened++;
      connection.freeUs = options.elapsedUs();
      isOpen.add(connection);
      if (isOpen.size === options.size) allOpen();
      listener.free(connection);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      lastError = error.code ?? error.message;
      failure = classOf(error.code);
    });
    socket.once('close', () => {
      if (failure !== undefined && !wasOpen) listener.notOpened(failure);
      if (live.delete(connection)) ended(connection, failure);
    });
  };
  const receive = (connection: Connection, chunk: Buffer): boolean => {
    connection.receivedUs = options.elapsedUs();
    if (connection.intendedUs === undefined) {
      replace(connection); // bytes that nobody asked for
      return false;
    }
    const result = connection.reader.read(chunk);
    if (!result.done) return true;
    connection.served++;
    listener.answered(connection, result.outcome, result.bodyBytes);
    connection.reader.reset();
    const spent = connection.served >= (options.requestsPerConnection ?? Number.POSITIVE_INFINITY);
    if (!result.reusable || spent) replace(connection);
    else listener.free(connection);
    return true;
  };
  const ended = (connection: Connection, failure: FailureClass | undefined) => {
    isOpen.delete(connection);
    const { reader } = connection;
    const last = failure === undefined ? reader.endOfStream() : undefined;
    if (last?.done === true) {
      connection.receivedUs = options.elapsedUs();
      listener.answered(connection, last.outcome, last.bodyBytes);
    }
    listener.broken(connection, reader.begun ? 'short-body' : (failure ?? 'closed'));
    if (last?.done === true) dial();
    else if (!closing) setTimeout(dial, REDIAL_MS);
  };
  const replace = (connection: Connection) => {
    live.delete(connection);
    isOpen.delete(connection);
    connection.socket.destroy();
    listener.broken(connection, 'protocol');
    dial();
  };
  return {
    open() {
      for (let i = 0; i < options.size; i++) dial();
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          const target = `${options.host}:${options.port}`;
          reject(new Error(`${isOpen.size} of ${options.size} connections to ${target} are open (${lastError})`));
        }, OPENING_DEADLINE_MS);
        allOpen = () => {
          clearTimeout(deadline);
          resolve();
        };
      });
    },
    replace,
    *inFlight() {
      for (const connection of live) if (connection.intendedUs !== undefined) yield connection;
    },
    close() {
      closing = true;
      for (const connection of live) connection.socket.destroy();
      live.clear();
    },
    openNow: () => isOpen.size,
    openedEver: () => opened,
  };
}

/** By the error code of a socket; what is none of these is a connection that was cut. */
const CLASSES: Readonly<Record<string, FailureClass>> = {
  ECONNREFUSED: 'refused',
  EADDRNOTAVAIL: 'no-free-port',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ETIMEDOUT: 'timeout',
  EMFILE: 'no-descriptor',
  ENFILE: 'no-descriptor',
};

const classOf = (code: string | undefined): FailureClass => CLASSES[code ?? ''] ?? 'reset';
