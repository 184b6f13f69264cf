// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { parsePrometheus, parseSelector, sumSelected } from '../../src/meshes/prometheus.ts';

const TEXT = `# HELP request_total requests
# TYPE request_total counter
request_total{direction="inbound",tls="true",path="a \\"b\\", {c}\\\\n\\n"} 7
request_total{direction="inbound",tls="false"} 3 1700000000000
request_total{direction="outbound",tls="true",} 0.5
request_total_odd{direction="inbound"} 100
workers 1

nothing NaN
most +Inf
# EOF
`;

const sum = (selector: string) => sumSelected(parsePrometheus(TEXT), parseSelector(selector));

describe("Prometheus' text format", () => {
  it('is read with its escapes, timestamps, special numbers and commas at the end', () => {
    const samples = parsePrometheus(TEXT);
    expect(samples.map(({ name, value }) => [name, value])).toEqual([
      ['request_total', 7],
      ['request_total', 3],
      ['request_total', 0.5],
      ['request_total_odd', 100],
      ['workers', 1],
      ['nothing', Number.NaN],
      ['most', Number.POSITIVE_INFINITY],
    ]);
    expect(samples[0]?.labels).toEqual(
      new Map([
        ['direction', 'inbound'],
        ['tls', 'true'],
        ['path', 'a "b", {c}\\n\n'],
      ]),
    );
  });

  it.each([
    ['an empty answer, as of a refused scrape', '', 'not Prometheus text: it holds no sample'],
    ['comments alone', '# EOF\n', 'not Prometheus text: it holds no sample'],
    ['JSON', '{"stats":[]}', 'not Prometheus text: "{\\"stats\\":[]}"'],
    ['a page', '<html>403</html>', 'not Prometheus text: "<html>403</html>"'],
    ['a name without a number', 'up\n', 'not Prometheus text: "up"'],
    ['a number that is none', 'up yes\n', 'not Prometheus text: "up yes"'],
    ['labels without quotes', 'up{a=b} 1\n', 'not Prometheus text: "up{a=b} 1"'],
    ['a selector where a sample should be', 'up{a!="b"} 1\n', 'not Prometheus text: "up{a!=\\"b\\"} 1"'],
    ['a text that was cut off', 'up 1\nup{a="b', 'not Prometheus text: "up{a=\\"b"'],
  ])('is told from %s', (_what, text, message) => {
    expect(() => parsePrometheus(text)).toThrow(message);
  });
});

describe('a selector', () => {
  it.each([
    ['request_total', 10.5],
    ['request_total{}', 10.5],
    ['request_total{direction="inbound"}', 10],
    ['request_total{direction="inbound",tls="true"}', 7],
    ['request_total{tls!="true"}', 3],
    ['request_total{path!="elsewhere"}', 10.5],
    ['request_total{path=""}', 3.5],
    ['request_total{direction="in"}', null],
    ['request', null],
    ['workers', 1],
  ])('%s has %s', (selector, value) => {
    expect(sum(selector)).toBe(value);
  });

  it.each(['', 'request_total{', 'request_total{tls=~"t.*"}', 'request_total{tls="true"}[5m]', '{tls="true"}'])(
    'is not %j',
    (text) => {
      expect(() => parseSelector(text)).toThrow(`not a selector: ${text}`);
    },
  );
});
