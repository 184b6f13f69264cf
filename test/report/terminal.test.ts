import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { renderTerminal } from '../../src/report/terminal.ts';
import { columns } from '../../src/report/text.ts';
import { incomplete, VARIANTS, within } from './fixture.ts';

const reportPath = `reports/${'a-long-run-name-'.repeat(8)}/report.html`;

describe('renderTerminal', () => {
  it.each(Object.entries(VARIANTS))('keeps every line of %s within 80 columns, with and without colour', (_, make) => {
    for (const colour of [true, false]) {
      const lines = stripVTControlCharacters(renderTerminal(make(), { colour, reportPath })).split('\n');
      expect(lines.filter((line) => columns(line) > 80)).toEqual([]);
    }
  });

  it.each(Object.entries(VARIANTS))('says the same about %s with and without colour', (_, make) => {
    const coloured = renderTerminal(make(), { colour: true });
    const plain = renderTerminal(make(), { colour: false });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it.each(Object.entries(VARIANTS))(
    'lets no control character of %s through to a terminal without colour',
    (_, make) => {
      expect(renderTerminal(make(), { colour: false }).match(/(?!\n)\p{Cc}|\u202e/gu)).toBeNull();
    },
  );

  it('says in its first lines that a run did not finish', () => {
    expect(renderTerminal(incomplete(), { colour: false }).split('\n').slice(0, 5)).toEqual([
      '? Inconclusive',
      'envoy adds 0.52 ms at p50 (interval 0.49 to 0.55 ms) at 1,000/s: the 0.54 ms',
      'budget is inside the interval',
      'This run did not finish: it holds what was measured until then.',
      'Scenario mesh-comparison, run 2026-03-02T09-00-00-mesh-comparison, local mode',
    ]);
  });

  it('names no report that was not written', () => {
    expect(renderTerminal(within(), { colour: false })).not.toContain('Full report');
  });

  it('puts the verdict first and the numbers behind it below', () => {
    expect(renderTerminal(within(), { colour: false, reportPath: 'reports/one/report.html' })).toMatchInlineSnapshot(`
      "✓ Within budget
      envoy adds 1.33 ms at p99 (interval 1.08 to 1.70 ms) at 1,000/s: within the 15
      ms budget, as are all required lines
      Scenario mesh-comparison, run 2026-03-02T09-00-00-mesh-comparison, local mode
      network namespaces
      Mode user namespaces was not used: the kernel does not allow them to this user
      Left out: Istio's own filters (telemetry, metadata exchange) and its agent
      Left out: the control plane and its cost
      Left out: a real network between the pods

      Added latency (interval: 96.9 % confidence over 6 blocks)
        envoy at 500/s [upstream Envoy 1.38.0, Istio topology, mTLS strict]
          p50   0.492 ms    0.471 to 0.517
          p90   0.58 ms     0.55 to 0.61
          p99   1.1 ms      0.8 to 1.4          coarse: only 50 requests of a trial
                                                lie beyond it
        envoy at 1,000/s [upstream Envoy 1.38.0, Istio topology, mTLS strict]
          p50   0.52 ms     0.49 to 0.55
          p90   0.64 ms     0.60 to 0.69
          p99   1.3 ms      1.1 to 1.7

      Budgets: documented
        ✓ within       added latency p50 at most 5 ms: envoy at 500/s, 0.492 ms (0.471
                       to 0.517), better than documented
        ✓ within       added latency p99 at most 15 ms: envoy at 500/s, 1.1 ms (0.8 to
                       1.4), better than documented
        ✓ within       CPU of each proxy at most 100 millicores (advisory): envoy at
                       500/s, 78 millicores (75 to 82)
        ✓ within       memory of each proxy at most 128 MiB (advisory): envoy at
                       500/s, 46.1 MiB (45.7 to 46.5)
        ✓ within       added latency p50 at most 5 ms: envoy at 1,000/s, 0.52 ms (0.49
                       to 0.55), better than documented
        ✓ within       added latency p99 at most 15 ms: envoy at 1,000/s, 1.3 ms (1.1
                       to 1.7), better than documented
        ✗ over         CPU of each proxy at most 100 millicores (advisory): envoy at
                       1,000/s, 138 millicores (132 to 144)
                       the server proxy is the costliest, at 1,000/s
        ✓ within       memory of each proxy at most 128 MiB (advisory): envoy at
                       1,000/s, 46.1 MiB (45.7 to 46.5)

      Stated conditions that the run does not meet, or that cannot be checked
        - stated for Istio 1.24, here ran upstream Envoy 1.38.0, Istio topology, mTLS
          strict (envoy at 500/s and envoy at 1,000/s)
        - stated at 2,000/s, judged at 500/s (envoy at 500/s)
        - stated at 2,000/s, judged at 1000/s (envoy at 1,000/s)
        - cannot be checked: hardware, payload (envoy at 500/s and envoy at 1,000/s)

      CPU and memory (RSS) of each proxy, at the rate named
        envoy at 500/s, achieved rate 499.6/s
          client proxy        CPU     71 millicores (69 to 75)
                              memory  44.9 MiB (44.6 to 45.4)
          server proxy        CPU     78 millicores (75 to 82)
                              memory  46.1 MiB (45.7 to 46.6)
        envoy at 1,000/s, achieved rate 999.6/s
          client proxy        CPU     125 millicores (120 to 130)
                              memory  44.9 MiB (44.6 to 45.4)
          server proxy        CPU     138 millicores (132 to 144)
                              memory  46.1 MiB (45.7 to 46.6)

      Noise: the second baseline against the first
        p50 at 500/s: 0.002 ms (-0.009 to 0.012), contains 0
        p99 at 500/s: 0.01 ms (-0.06 to 0.09), contains 0
        p50 at 1,000/s: 0.002 ms (-0.009 to 0.012), contains 0
        p99 at 1,000/s: 0.01 ms (-0.06 to 0.09), contains 0
        envoy at 500/s: 4 of 5 such runs would see an effect of 0.046 ms at p50, 0.063
          ms at p90, 0.58 ms at p99
        envoy at 1,000/s: 4 of 5 such runs would see an effect of 0.058 ms at p50,
          0.089 ms at p90, 0.62 ms at p99

      Proof that the traffic went through the proxies
        ✓ envoy at 500/s, proven: 30,000 requests sent = 30,000 seen with
          spiffe://cluster.local/ns/bench/sa/client = 30,000 through the client proxy
          = 30,000 through the server proxy; 118 handshakes since the proxies started;
          plaintext refused in 6 of 6 tries
        ✓ envoy at 1,000/s, proven: 60,000 requests sent = 60,000 seen with
          spiffe://cluster.local/ns/bench/sa/client = 60,000 through the client proxy
          = 60,000 through the server proxy; 118 handshakes since the proxies started;
          plaintext refused in 6 of 6 tries

      Nearest to the end of its capacity
        envoy at 500/s: cores under test, 41.2 % busy
        envoy at 1,000/s: cores under test, 41.2 % busy

      What weakens this result
        - p99 at 500/s is coarse: only 50 requests of a trial lie beyond it
        - block 4 at 1,000/s carries no comparison: the machine stalled
        - what ran is upstream Envoy, not an Istio release

      Full report: reports/one/report.html
      "
    `);
  });
});
