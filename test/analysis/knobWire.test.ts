import { describe, expect, it } from 'vitest';
import { KNOBS, type KnobSource, type Seen } from '../../src/analysis/knobValues.ts';
import { runFixture } from './fixtures/runs.ts';
import { deploymentFixture, trialFixture } from './fixtures/trials.ts';

type Counts = Readonly<Record<string, number | null>>;

/** Trials of one treatment whose client's proxy counted these. */
function seen(...counted: (Counts | { missing: string })[]): Seen {
  const { run, scenario } = runFixture({ blocks: 0 });
  const deployment = deploymentFixture('d', { name: 'own', meshed: true });
  deployment.expectation.wireCounters = (['connections', 'http1', 'http2'] as const).map((what) => ({
    hop: 'client',
    what,
    counter: `${what}_total`,
  }));
  const trials = counted.map((after, index) => {
    const trial = trialFixture({ index: index + 1, meshed: true, requests: 10 });
    for (const counters of trial.counters) if (counters.hop === 'client') counters.after = after;
    return { trial, deployment };
  });
  const treatment = { name: 'own', mesh: 'envoy', settings: {}, serviceTimeUs: 0 } as const;
  return { treatment, run, load: scenario.load, trials, proxies: deployment.proxies };
}

function read(title: string, of: Seen): ReturnType<KnobSource['read']> {
  const knob = KNOBS.find((each) => each.title === title);
  if (knob === undefined) throw new Error(`no knob ${title}`);
  return knob.read(of);
}

const observed = (text: string) => ({ text, basis: 'observed' });
const versions = (...counted: Parameters<typeof seen>) => read('HTTP version between the proxies', seen(...counted));
const connections = (...counted: Parameters<typeof seen>) => read('connections between the proxies', seen(...counted));

describe('the HTTP version between the proxies', () => {
  it('is each that a connection was opened for, in any of the trials', () => {
    expect(versions({ http1_total: 1, http2_total: 0 }, { http1_total: 0, http2_total: 0 })).toEqual(
      observed('HTTP/1.1'),
    );
    expect(versions({ http1_total: 0, http2_total: 0 }, { http1_total: 0, http2_total: 1 })).toEqual(
      observed('HTTP/2'),
    );
    expect(versions({ http1_total: 3, http2_total: 2 })).toEqual(observed('HTTP/1.1 and HTTP/2'));
  });

  it('is missing where no connection was opened, no trial was measured, or a counter is not there', () => {
    expect(versions({ http1_total: 0, http2_total: 0 })).toEqual({
      missing: "the client's proxy opened no connection",
    });
    expect(versions()).toEqual({ missing: 'no trial of it was measured' });
    expect(versions({ http1_total: 1 })).toEqual({ missing: "the client's proxy has no counter http2_total" });
    expect(versions({ http2_total: 1 })).toEqual({ missing: "the client's proxy has no counter http1_total" });
  });

  it('is missing where a proxy could not be asked, or the records name no counter for it', () => {
    expect(versions({ missing: 'no answer' })).toEqual({
      missing: "the client proxy's counters after the trial: no answer",
    });
    const untold = { missing: "no counter of the client's proxy tells it in these records" };
    const lost = seen({ http1_total: 1, http2_total: 0 });
    lost.trials = lost.trials.map(({ trial }) => ({ trial, deployment: undefined }));
    expect(read('HTTP version between the proxies', lost)).toEqual(untold);
    const older = seen({ http1_total: 1, http2_total: 0 });
    for (const { deployment } of older.trials) delete deployment?.expectation.wireCounters;
    expect(read('HTTP version between the proxies', older)).toEqual(untold);
  });
});

describe('the connections between the proxies', () => {
  it('are one number, or the range over the trials', () => {
    expect(connections({ connections_total: 1700 })).toEqual({
      text: '1,700',
      basis: 'observed',
      range: { least: 1700, most: 1700 },
    });
    expect(connections({ connections_total: 1700 }, { connections_total: 16 })).toEqual({
      text: '16 to 1,700',
      basis: 'observed',
      range: { least: 16, most: 1700 },
    });
    expect(connections()).toEqual({ missing: 'no trial of it was measured' });
  });
});

describe('the driver’s connections', () => {
  /** Trials of two clients each, whose first opened so many connections of 16 that were asked. */
  function driven(...opened: number[]): Seen {
    const of = seen(...opened.map(() => ({})));
    for (const [index, { trial }] of of.trials.entries()) {
      const [client] = trial.clients;
      if (client === undefined) throw new Error('no client');
      trial.clients = [
        { ...client, connections: { requested: 16, open: 16, opened: opened[index] ?? 0 } },
        { ...client, id: 'client-2', connections: { requested: 4, open: 4, opened: 4 } },
      ];
    }
    return of;
  }
  const title = "the driver's connections";

  it('were kept where as many were opened as were asked, over all clients of every trial', () => {
    expect(read(title, driven(16, 16))).toEqual({
      text: 'kept for the whole trial',
      basis: 'observed',
      range: { least: 20, most: 20 },
    });
    expect(read(title, driven(16, 23))).toEqual({
      text: '20 to 27 opened for 20',
      basis: 'observed',
      range: { least: 20, most: 27 },
    });
    expect(read(title, driven(23, 23))).toEqual({
      text: '27 opened for 20',
      basis: 'observed',
      range: { least: 27, most: 27 },
    });
  });

  it('are not known where one driver does not tell', () => {
    const of = driven(16, 16);
    delete of.trials[1]?.trial.clients[0]?.connections.opened;
    expect(read(title, of)).toEqual({ missing: 'the driver does not tell how many connections it opened' });
  });

  it('are counted against the most that any trial asked for', () => {
    const of = driven(23, 16);
    const client = of.trials[1]?.trial.clients[0];
    if (client === undefined) throw new Error('no client');
    client.connections.requested = 8;
    expect(read(title, of)).toMatchObject({ text: '20 to 27 opened for 20' });
  });

  it('are as asked where the scenario closes them, and missing where no trial had a client', () => {
    const of = driven(16);
    const closing = { ...of, load: { ...of.load, requestsPerConnection: 1500 } };
    expect(read(title, closing)).toEqual({ text: 'new after 1,500 requests', basis: 'asked' });
    const missing = { missing: 'no trial of it was measured' };
    expect(read(title, driven())).toEqual(missing);
    for (const { trial } of of.trials) trial.clients = [];
    expect(read(title, of)).toEqual(missing);
  });
});
