import { describe, expect, it } from 'vitest';
import { parsePrometheus, type Sample } from '../../src/meshes/prometheus.ts';
import { renderMetrics } from '../../src/report/metrics.ts';
import { printable } from '../../src/report/text.ts';
import { HOSTILE_BUILD, HOSTILE_NAME, hostile, noValidBlock, VARIANTS, within } from './fixture.ts';

const seriesOf = ({ name, labels }: Sample) => JSON.stringify([name, [...labels].sort()]);

/** The value of the one series with these labels, whatever others it has; undefined where there is none. */
function numberAt(samples: readonly Sample[], name: string, labels: Record<string, string>): number | undefined {
  const found = samples.filter(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels.get(key) === value),
  );
  expect(found.length, name).toBeLessThan(2);
  return found[0]?.value;
}

const AT = { scenario: 'mesh-comparison', treatment: 'envoy', arrival_rate_per_second: '1000' };

describe('renderMetrics', () => {
  it.each(Object.entries(VARIANTS))('gives text that Prometheus reads, each series once: %s', (_, make) => {
    const text = renderMetrics(make());
    const samples = parsePrometheus(text);
    expect(new Set(samples.map(seriesOf)).size).toBe(samples.length);
    expect(samples.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
    expect(text.match(/(?!\n)\p{Cc}|[\u2028\u2029\u202e]/u)).toBeNull();
  });

  it.each(Object.entries(VARIANTS))(
    'opens each metric once with its help and its type, and keeps it together: %s',
    (_, make) => {
      const lines = renderMetrics(make()).split('\n');
      const names = lines.flatMap((line) => /^# HELP (\S+) \S/.exec(line)?.[1] ?? []);
      expect(lines.flatMap((line) => /^# TYPE (\S+) gauge$/.exec(line)?.[1] ?? [])).toEqual(names);
      expect(new Set(names).size).toBe(names.length);
      let current: string | undefined;
      for (const line of lines) {
        current = /^# HELP (\S+)/.exec(line)?.[1] ?? current;
        const named = /^(?:# missing: )?([a-z_]+)[{ ]/.exec(line)?.[1];
        if (named !== undefined) expect(named).toBe(current);
      }
    },
  );

  it('names each quantity by its base unit, as Prometheus has it', () => {
    const names = [...renderMetrics(within()).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '');
    const ends =
      /_(seconds|bytes|cores|ratio|per_second|info|complete|exit_code|valid|run|trials|requests|holds|verdict)$/;
    expect(names.filter((name) => !/^meshtax_[a-z_]+$/.test(name) || !ends.test(name))).toEqual([]);
    expect(names.filter((name) => /_(ms|us|millicores|mib|percent)\b/.test(name))).toEqual([]);
  });

  it('gives the numbers of the analysis in base units, with the interval beside the point', () => {
    const samples = parsePrometheus(renderMetrics(within()));
    const p50 = { ...AT, percentile: 'p50' };
    expect(
      [
        numberAt(samples, 'meshtax_added_latency_seconds', p50),
        numberAt(samples, 'meshtax_added_latency_low_seconds', p50),
        numberAt(samples, 'meshtax_added_latency_high_seconds', p50),
        numberAt(samples, 'meshtax_added_latency_confidence_ratio', p50),
        numberAt(samples, 'meshtax_response_time_seconds', p50),
        numberAt(samples, 'meshtax_proxy_cpu_cores', { ...AT, role: 'proxy', hop: 'client' }),
        numberAt(samples, 'meshtax_proxy_cpu_per_request_seconds', { ...AT, role: 'proxy', hop: 'client' }),
        numberAt(samples, 'meshtax_proxy_memory_rss_bytes', { ...AT, role: 'proxy', hop: 'server' }),
        numberAt(samples, 'meshtax_success_ratio', AT),
        numberAt(samples, 'meshtax_added_set_up_time_seconds', AT),
        numberAt(samples, 'meshtax_achieved_rate_per_second', AT),
        numberAt(samples, 'meshtax_run_end_time_seconds', {}),
      ].map((value) => Number(value?.toPrecision(12))),
    ).toEqual([
      0.000524, 0.000493, 0.000551, 0.96875, 0.000634, 0.1246, 0.0001246, 48_300_000, 0.9999, 0.53, 999.6, 1772443061,
    ]);
  });

  it('says one verdict of each budget line, by the name that the test case has', () => {
    const samples = parsePrometheus(renderMetrics(within())).filter(({ name }) => name === 'meshtax_budget_verdict');
    const names = new Set(samples.map(({ labels }) => labels.get('budget')));
    expect(names.size).toBe(8);
    for (const name of names) {
      const states = samples.filter(({ labels }) => labels.get('budget') === name);
      expect(states.map(({ value }) => value).sort()).toEqual([0, 0, 1]);
    }
    const over = samples.filter(({ labels, value }) => labels.get('verdict') === 'over' && value === 1);
    expect(over.map(({ labels }) => [labels.get('budget'), labels.get('role')])).toEqual([
      ['CPU of each proxy at most 100 millicores: envoy at 1,000/s', 'advisory'],
    ]);
  });

  it('names what really ran beside the name of the treatment', () => {
    const samples = parsePrometheus(renderMetrics(within()));
    const build = 'upstream Envoy 1.38.0, Istio topology, mTLS strict';
    expect(numberAt(samples, 'meshtax_treatment_info', { treatment: 'envoy', mesh: 'envoy', build })).toBe(1);
  });

  it('leaves a missing value out and says why in a comment', () => {
    const text = renderMetrics(within());
    const series =
      'meshtax_added_latency_seconds{scenario="mesh-comparison",arrival_rate_per_second="500",treatment="envoy",percentile="p999"}';
    expect(text.split('\n')).toContain(`# missing: ${series}: needs 25,000 requests a trial`);
    expect(text).not.toContain(`\n${series}`);
    const nothing = parsePrometheus(renderMetrics(noValidBlock()));
    expect(nothing.filter(({ name }) => /added_latency|response_time|proxy_cpu|achieved/.test(name))).toEqual([]);
  });

  it('gives no percentile that too few requests lie beyond, whatever else is known of it', () => {
    const base = within();
    const absent = {
      ...base,
      loads: base.loads.map((load) => ({
        ...load,
        treatments: load.treatments.map((treatment) => ({
          ...treatment,
          overhead: treatment.overhead.map((entry) => ({
            ...entry,
            support: { ...entry.support, standing: 'absent' as const },
          })),
        })),
      })),
    };
    const samples = parsePrometheus(renderMetrics(absent));
    expect(samples.filter(({ name }) => /added_latency|response_time/.test(name))).toEqual([]);
  });

  it('counts no CPU of the driver or the service as one of a proxy', () => {
    const roles = parsePrometheus(renderMetrics(within())).map(({ labels }) => labels.get('role'));
    expect(new Set(roles)).toEqual(new Set([undefined, 'required', 'advisory', 'proxy']));
  });

  it('keeps hostile text within its label', () => {
    const samples = parsePrometheus(renderMetrics(hostile()));
    expect(new Set(samples.flatMap(({ labels }) => labels.get('treatment') ?? []))).toEqual(
      new Set(['none', printable(HOSTILE_NAME)]),
    );
    expect(samples.find(({ labels }) => labels.get('build') === HOSTILE_BUILD)?.value).toBe(1);
    expect(samples).toHaveLength(parsePrometheus(renderMetrics(within())).length);
  });
});
