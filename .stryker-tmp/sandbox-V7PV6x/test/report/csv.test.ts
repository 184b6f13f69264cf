// @ts-nocheck
import { describe, expect, it } from 'vitest';
import { renderPercentilesCsv } from '../../src/report/csv.ts';
import { within } from './fixture.ts';

describe('renderPercentilesCsv', () => {
  it('gives one row for each load, treatment and percentile, with units in the names and missing as empty cells', () => {
    const analysis = within();
    const csv = renderPercentilesCsv({ ...analysis, loads: analysis.loads.slice(0, 1) });
    expect(csv).toMatchInlineSnapshot(`
      "load,arrival_rate_per_second,treatment,build,is_baseline,percentile,pooled_ms,baseline_pooled_ms,added_point_ms,added_low_ms,added_high_ms,added_blocks,added_confidence_percent,support,note,added_missing_because
      0,500,none,no mesh,true,p50,0.118,0.118,,,,,,reported,,the baseline is what others are compared with
      0,500,none,no mesh,true,p90,0.164,0.164,,,,,,reported,,the baseline is what others are compared with
      0,500,none,no mesh,true,p99,0.402,0.402,,,,,,coarse,only 50 requests of a trial lie beyond it,the baseline is what others are compared with
      0,500,none,no mesh,true,p999,,,,,,,,absent,"needs 25,000 requests a trial",the baseline is what others are compared with
      0,500,envoy,"upstream Envoy 1.38.0, Istio topology, mTLS strict",false,p50,0.611,0.118,0.492,0.471,0.517,6,96.9,reported,,
      0,500,envoy,"upstream Envoy 1.38.0, Istio topology, mTLS strict",false,p90,0.742,0.164,0.58,0.55,0.61,6,96.9,reported,,
      0,500,envoy,"upstream Envoy 1.38.0, Istio topology, mTLS strict",false,p99,1.48,0.402,1.1,0.8,1.4,6,96.9,coarse,only 50 requests of a trial lie beyond it,
      0,500,envoy,"upstream Envoy 1.38.0, Istio topology, mTLS strict",false,p999,,,,,,,,absent,"needs 25,000 requests a trial","needs 25,000 requests a trial"
      "
    `);
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    [' =1', "' =1"],
    ['\uff1d1', "'\uff1d1"],
    ['plain', 'plain'],
  ])('does not let a spreadsheet run the treatment name %j', (name, expected) => {
    const analysis = within();
    const loads = analysis.loads.slice(0, 1).map((load) => ({
      ...load,
      treatments: load.treatments.slice(0, 1).map((treatment) => ({ ...treatment, treatment: name })),
    }));
    const rows = renderPercentilesCsv({ ...analysis, loads })
      .trimEnd()
      .split('\n');
    expect(rows.slice(1).map((row) => row.split(',')[2])).toEqual([expected, expected, expected, expected]);
  });

  it('leaves the minus sign of a number alone', () => {
    const analysis = within();
    const csv = renderPercentilesCsv({
      ...analysis,
      loads: analysis.loads.slice(0, 1).map((load) => ({
        ...load,
        treatments: load.treatments.slice(0, 1).map((treatment) => ({
          ...treatment,
          overhead: treatment.overhead.map((entry) => ({
            ...entry,
            addedUs: { point: -4, low: -22, high: 17, n: 6, confidence: 0.96875 },
          })),
        })),
      })),
    });
    expect(csv.split('\n')[1]?.split(',').slice(-8, -3)).toEqual(['-0.004', '-0.022', '0.017', '6', '96.9']);
  });
});
