import { z } from 'zod';
import { duration, nameField, quantity, strict, whole } from './fields.ts';
import { METHODS } from './scenario.ts';
import { parseBytes, parseRate, parseShare, shown } from './units.ts';

const DRIVERS_OF_A_LOAD = ['paced', 'k6'] as const;
const MOST_TARGETS = 50;
const MOST_STAGES = 50;
const MOST_WORKERS = 16;
const MOST_HEADERS = 50;
const LONGEST_VALUE = 4096;

/** Bytes of a request's or a response's body. */
const body = (description: string, example: string) =>
  quantity(
    parseBytes,
    { expected: `a size such as ${example}`, atMost: { value: 16_000_000, words: '16MB' } },
    { description, examples: [example] },
  );

const rate = quantity(
  parseRate,
  { expected: 'a rate such as 500/s', above: 0, atMost: { value: 200_000, words: '200000/s' } },
  { description: 'requests started per second, with the unit: 500/s', examples: ['500/s'] },
);

const method = z.enum(METHODS).meta({
  description: `the method of the requests: ${METHODS.join(', ')}; POST with a body and GET without one unless told`,
});

/** A field name is a token (RFC 9110, section 5.1). */
const FIELD_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** Printable characters of one byte; a control character could end the field. */
const FIELD_VALUE = /^[\t\x20-\x7e\xa0-\xff]*$/;
/** What says where a request ends and to whom it goes is the driver's own. */
const OWN_FIELDS = ['connection', 'content-length', 'expect', 'host', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

const headers = z
  .record(z.string(), z.string())
  .superRefine((fields, context) => {
    const names = Object.keys(fields);
    if (names.length > MOST_HEADERS) {
      context.addIssue({ code: 'custom', message: `expected at most ${MOST_HEADERS} headers, got ${names.length}` });
      return;
    }
    for (const name of names) {
      const fault = faultOfHeader(name, fields[name] ?? '');
      if (fault !== undefined) context.addIssue({ code: 'custom', message: fault, path: [name] });
    }
  })
  .meta({
    description: 'headers of each request beside host and content-length: { x-tenant: a }',
    examples: [{ 'x-tenant': 'a' }],
  });

function faultOfHeader(name: string, value: string): string | undefined {
  if (!FIELD_NAME.test(name)) return `expected the name of a header, got ${shown(name)}`;
  if (OWN_FIELDS.includes(name.toLowerCase())) return `${name.toLowerCase()} is set by the driver itself`;
  if (value.length > LONGEST_VALUE) return `expected at most ${LONGEST_VALUE.toLocaleString('en-US')} characters`;
  return FIELD_VALUE.test(value) ? undefined : `expected printable characters, got ${shown(value)}`;
}

const targetSchema = strict(
  {
    name: nameField({ description: 'tells the kinds of requests apart' }),
    weight: whole({ min: 1, max: 1_000_000 }, { description: 'how often it is drawn beside the others' }).default(1),
    method: method.optional(),
    headers: headers.optional(),
    requestBytes: body('body of each request, with the unit: 0B', '0B').optional(),
    responseBytes: body('body of each response, with the unit: 1kB', '1kB').optional(),
  },
  { description: 'a kind of request; what it does not say is as for the whole load' },
);

const stageSchema = strict(
  {
    duration: duration('how long the stage takes, with the unit: 10s', '10s'),
    to: rate,
  },
  { description: 'a stage of the window' },
);

export const loadSchema = strict(
  {
    protocol: z.enum(['http1']).meta({ description: 'the protocol between the services' }).default('http1'),
    arrivals: z
      .enum(['poisson', 'constant'])
      .meta({ description: 'how requests arrive: poisson, as from many independent users, or constant, evenly spaced' })
      .default('poisson'),
    arrivalRate: z
      .union([rate, z.array(rate).min(1).max(20)], {
        error: (issue) =>
          issue.input === undefined
            ? 'is missing: expected a rate such as 500/s'
            : `expected a rate such as 500/s, or a list of rates, got ${shown(issue.input)}`,
      })
      .meta({
        description: 'requests started per second: 500/s, or a list with a load point for each, [500/s, 1000/s]',
      }),
    saturation: strict(
      {
        upTo: rate,
        within: quantity(
          parseShare,
          { expected: 'a share such as 10%', above: 0, atMost: { value: 1, words: '100%' } },
          {
            description: 'how near the highest rate that is held and the lowest that is not have to come: 10%',
            examples: ['10%'],
          },
        ).prefault('10%'),
      },
      {
        description:
          'searches the highest arrival rate that each treatment holds, from arrivalRate on, instead of measuring latency at it',
      },
    ).optional(),
    pilot: z
      .enum(['highest'])
      .meta({
        description:
          'tries the arrival rates before the first block, from the highest down; only the first that every treatment holds is measured',
      })
      .optional(),
    connections: whole({ min: 1, max: 10_000 }, { description: 'connections kept open by the driver' }).default(16),
    requestsPerConnection: whole(
      { min: 1, max: 1_000_000 },
      {
        description: 'a connection is opened anew after this many requests; without it, it lives as long as the trial',
      },
    ).optional(),
    driver: z
      .enum(DRIVERS_OF_A_LOAD)
      .meta({
        description:
          'who drives: paced, the own open-loop driver, or k6, an external binary (--k6); paced is the more accurate one',
      })
      .default('paced'),
    script: z
      .string()
      .min(1)
      .max(1000)
      .meta({ description: 'path of a k6 script that is the load, from the folder of this file; driver: k6 only' })
      .optional(),
    workers: whole(
      { min: 1, max: MOST_WORKERS },
      {
        description: 'threads of the driver, each on a core of its own; a driver that keeps up needs no more than one',
      },
    ).optional(),
    method: method.optional(),
    headers: headers.optional(),
    requestBytes: body('body of each request, with the unit: 0B', '0B').prefault('0B'),
    responseBytes: body('body of each response, with the unit: 1kB', '1kB').prefault('1kB'),
    targets: z
      .array(targetSchema)
      .min(1)
      .max(MOST_TARGETS)
      .meta({ description: 'kinds of requests, drawn by weight; without them, all requests are alike' })
      .optional(),
    warmUp: duration('driven, but not measured, with the unit: 1s', '1s').prefault('1s'),
    duration: duration('the measurement window, with the unit: 10s', '10s').prefault('10s'),
    stages: z
      .array(stageSchema)
      .min(1)
      .max(MOST_STAGES)
      .meta({
        description:
          'the window in stages, each with its own histograms: the rate goes in a line from the one before, at first arrivalRate, to this one',
      })
      .optional(),
    timeout: duration('a request without an answer after this is a timeout, with the unit: 10s', '10s').prefault('10s'),
  },
  { description: 'what is driven at the services' },
);
