import { describe, expect, it } from 'vitest';
import { nameOf } from '../../src/history/figures.ts';
import type { LeftOut } from '../../src/history/order.ts';
import { baseline, daily, dayOf, figures, historyFrom, QUIET, quantity, runIdOf } from './fixture.ts';

const statesOf = (history: ReturnType<typeof historyFrom>) =>
  history.series.map(({ quantities }) => quantities.map(({ states }) => states.map(({ kind }) => kind)));

describe('the verdict of a history', () => {
  it('is steady where the newest run is as expected', () => {
    expect(historyFrom(daily(QUIET)).conclusion).toEqual({
      outcome: 'steady',
      exitCode: 0,
      sentence: `No regression: 1 quantity of run ${runIdOf(11)} of nightly is where the runs before lead to expect`,
    });
  });

  it('is suspected, and no failure yet, where one run is above the limit', () => {
    expect(historyFrom(daily([...QUIET, 700])).conclusion).toEqual({
      outcome: 'suspected',
      exitCode: 4,
      sentence:
        'Suspected, not confirmed: envoy at 1,000/s, added p50 is 0.7 ms, above 0.63 ms, up to which 12 comparable runs lead to expect it; run the scenario once more: a fresh run confirms or refutes it',
    });
  });

  it('is a regression where a second run confirms it, and until a value comes back', () => {
    const { outcome, exitCode, sentence } = historyFrom(daily([...QUIET, 700, 690])).conclusion;
    expect([outcome, exitCode]).toEqual(['regression', 1]);
    expect(sentence).toMatch(
      /^Regression: envoy at 1,000\/s, added p50 is 0\.69 ms, above 0\.63 ms, .*, confirmed by a second run$/,
    );
    expect(historyFrom(daily([...QUIET, 700, 690, 695])).conclusion.exitCode).toBe(1);
    expect(historyFrom(daily([...QUIET, 700, 690, 601])).conclusion.exitCode).toBe(0);
  });

  it('is not green where ten comparable runs are not there yet', () => {
    expect(historyFrom(daily(QUIET.slice(0, 10))).conclusion).toEqual({
      outcome: 'not-judged',
      exitCode: 4,
      sentence: `Not judged yet: 9 of 10 comparable runs came before run ${runIdOf(9)} of nightly`,
    });
    expect(historyFrom([]).conclusion).toMatchObject({ outcome: 'not-judged', exitCode: 4 });
  });

  it('is not green where the newest run lacks a figure that the others have', () => {
    const { conclusion } = historyFrom(daily([...QUIET, { missing: 'the two baselines differ at p50' }]));
    expect(conclusion).toEqual({
      outcome: 'not-judged',
      exitCode: 4,
      sentence: `Not judged: envoy at 1,000/s, added p50 is missing in run ${runIdOf(12)}: the two baselines differ at p50`,
    });
  });

  it('stays open where what was suspected, or regressed, is not measured in the newest run', () => {
    const missing = { missing: 'the two baselines differ at p50' };
    for (const above of [[700], [700, 690]]) {
      const { conclusion } = historyFrom(daily([...QUIET, ...above, missing]));
      const [then, now] = [runIdOf(11 + above.length), runIdOf(12 + above.length)];
      expect(conclusion).toEqual({
        outcome: 'suspected',
        exitCode: 4,
        sentence: `Suspected, not confirmed: envoy at 1,000/s, added p50 was above its limit in run ${then}, and is missing in run ${now}: the two baselines differ at p50; run the scenario once more`,
      });
    }
    expect(historyFrom(daily([...QUIET, 700, 600, missing])).conclusion.outcome).toBe('not-judged');
  });

  it('judges a percentile that only some runs carry well enough by those, and asks no more of the others', () => {
    const p99 = (day: number, value: number, role: 'judged' | 'told') =>
      figures({ day, quantities: [quantity('added p50', 600 + (day % 3)), quantity('added p99', value, { role })] });
    const judged = QUIET.map((value, day) => p99(day, value, 'judged'));
    expect(historyFrom([...judged, p99(12, 900, 'told')]).conclusion.exitCode).toBe(0);
    // Suspected once, and coarse in the run that was to confirm it.
    expect(historyFrom([...judged, p99(12, 900, 'judged'), p99(13, 900, 'told')]).conclusion.outcome).toBe('suspected');
    // Coarse values are no reference, and confirm nothing.
    const told = QUIET.map((value, day) => p99(day, value, 'told'));
    const history = historyFrom([...told, p99(12, 900, 'judged')]);
    expect(history.conclusion.exitCode).toBe(0);
    expect(history.conclusion.sentence).toContain('; 1 quantity more has too few runs to be judged');
  });

  it('is not green where a treatment was measured before and is not any more, however few runs that were', () => {
    const of = (day: number, value: number | undefined) =>
      figures({
        day,
        quantities: [
          quantity('added p50', 600 + (day % 3)),
          quantity('added p50', value ?? { missing: 'the proof failed' }, { group: 'new at 1,000/s' }),
        ],
      });
    const runs = QUIET.map((value, day) => of(day, day < 5 ? value : undefined));
    expect(historyFrom(runs).conclusion).toMatchObject({
      outcome: 'not-judged',
      sentence: `Not judged: new at 1,000/s, added p50 is missing in run ${runIdOf(11)}: the proof failed`,
    });
  });

  it('does not ask for a figure that no run ever had', () => {
    const runs = QUIET.map((p50, day) =>
      figures({
        day,
        quantities: [quantity('added p50', p50), quantity('added p999', { missing: 'needs 25,000 requests' })],
      }),
    );
    expect(historyFrom(runs).conclusion.exitCode).toBe(0);
  });

  it('tells what is lower, which fails nothing', () => {
    const { conclusion } = historyFrom(daily([...QUIET, 450]));
    expect(conclusion.exitCode).toBe(0);
    expect(conclusion.sentence).toContain('; lower than expected: envoy at 1,000/s, added p50');
  });

  it('is the worst of several scenarios, each by its own newest run', () => {
    const other = QUIET.map((p50Us, day) => figures({ day, p50Us, scenario: 'weekly' }));
    const bad = [700, 700].map((p50Us, index) => figures({ day: 12 + index, p50Us, scenario: 'weekly' }));
    const good = daily([...QUIET, 600, 600, 600]);
    expect(historyFrom([...good, ...other]).conclusion.exitCode).toBe(0);
    expect(historyFrom([...good, ...other, ...bad]).conclusion).toMatchObject({ outcome: 'regression', exitCode: 1 });
    expect(historyFrom([...good, ...other, ...bad], { scenario: 'nightly' }).conclusion.exitCode).toBe(0);
  });

  it('is not green where a newer run cannot be read, or did not finish', () => {
    const leftOut = (day: number, kind: 'unreadable' | 'unfinished' | 'no-run') => [
      { folder: runIdOf(day), kind, because: 'run.json is damaged: the end is missing' },
    ];
    expect(historyFrom(daily(QUIET), { leftOut: leftOut(20, 'unreadable') }).conclusion).toEqual({
      outcome: 'not-judged',
      exitCode: 4,
      sentence: `Not judged: ${runIdOf(20)} may be the newest run, and cannot be read: run.json is damaged: the end is missing`,
    });
    expect(historyFrom(daily(QUIET), { leftOut: leftOut(20, 'unfinished') }).conclusion.exitCode).toBe(4);
    expect(historyFrom(daily(QUIET), { leftOut: leftOut(2, 'unreadable') }).conclusion.exitCode).toBe(0);
    expect(historyFrom(daily(QUIET), { leftOut: leftOut(20, 'no-run') }).conclusion.exitCode).toBe(0);
    // What does not have the name of a run's folder is not taken for one, and another scenario's run is not asked about.
    const other = { ...leftOut(20, 'unreadable')[0], folder: 'latest' } as LeftOut;
    expect(historyFrom(daily(QUIET), { leftOut: [other] }).conclusion.exitCode).toBe(0);
    const weekly = { ...other, folder: runIdOf(20, 'weekly') };
    expect(historyFrom(daily(QUIET), { leftOut: [weekly] }).conclusion.exitCode).toBe(4);
    expect(historyFrom(daily(QUIET), { leftOut: [weekly], scenario: 'nightly' }).conclusion.exitCode).toBe(0);
    const regressed = historyFrom(daily([...QUIET, 700, 690]), { leftOut: leftOut(20, 'unreadable') });
    expect(regressed.conclusion.exitCode).toBe(1);
  });
});

describe('a change of the environment', () => {
  const intel = { cpuModel: 'Intel Xeon' };
  const runsOn = (from: number, p50s: readonly number[], environment = {}) =>
    p50s.map((p50Us, index) => figures({ day: from + index, p50Us, environment }));

  it('splits the history with the field named, and does not alarm', () => {
    const history = historyFrom([
      ...runsOn(0, QUIET),
      ...runsOn(
        12,
        QUIET.map((p50) => p50 + 400),
        intel,
      ),
    ]);
    expect(history.series.map(({ runs }) => runs.length)).toEqual([12, 12]);
    expect(history.breaks.map(({ before, after, fields }) => [before, after, fields.map(({ id }) => id)])).toEqual([
      [runIdOf(11), runIdOf(12), ['cpuModel']],
    ]);
    expect(statesOf(history).flat(2)).not.toContain('suspected');
    expect(history.conclusion.exitCode).toBe(0);
    expect(history.series.flatMap(({ quantities }) => quantities.flatMap(({ changes }) => changes))).toEqual([]);
  });

  it('parts runners that take turns into two series that go on', () => {
    const runs = QUIET.flatMap((p50Us, index) => [
      figures({ day: 2 * index, p50Us }),
      figures({ day: 2 * index + 1, p50Us: p50Us + 400, environment: intel }),
    ]);
    const history = historyFrom(runs);
    expect(history.series.map((series) => series.runs.length)).toEqual([12, 12]);
    expect(history.breaks).toHaveLength(23);
    expect(history.conclusion.exitCode).toBe(0);
  });

  it('is none where only the build under test changes: what that costs is what is asked', () => {
    const newer = { 'build of envoy': 'upstream Envoy 1.41.0' };
    const history = historyFrom([...runsOn(0, QUIET), ...runsOn(12, [700, 700], newer)]);
    expect([history.breaks, history.conclusion.exitCode]).toEqual([[], 1]);
  });
});

describe('an accepted baseline', () => {
  it('is where judging begins again, and what came before it is not asked', () => {
    const runs = daily([...QUIET, 700, 705, ...QUIET.map((p50) => p50 + 100), 698]);
    expect(historyFrom(runs).conclusion.exitCode).toBe(1);
    const history = historyFrom(runs, { baselines: [baseline(12)] });
    expect(history.conclusion.exitCode).toBe(0);
    expect(statesOf(history)[0]?.[0]?.slice(12, 22)).toEqual(Array<string>(10).fill('collecting'));
    expect(history.series[0]?.baselines).toEqual([{ ...baseline(12), place: 12 }]);
  });

  it('counts with its last reason, and is named where its run is not there', () => {
    const runs = daily(QUIET);
    const history = historyFrom(runs, { baselines: [baseline(0, 'first'), baseline(0, 'second'), baseline(99)] });
    expect(history.series[0]?.baselines.map(({ because }) => because)).toEqual(['second']);
    expect(history.notes).toEqual([
      `the accepted baseline ${runIdOf(99)} is no run of this history: nothing rests on it`,
    ]);
  });
});

describe('a change of level', () => {
  it('is named by the run that it begins with', () => {
    const [series] = historyFrom(daily([...QUIET, ...QUIET.map((p50) => p50 + 150)])).series;
    expect(series?.quantities.map((each) => [nameOf(each), each.changes.map(({ runId }) => runId)])).toEqual([
      ['envoy at 1,000/s, added p50', [runIdOf(12)]],
    ]);
  });

  it('is none of a machine that is slower for a while, and its figures are those at one pace', () => {
    const paces = [...QUIET.map(() => 1), ...QUIET.map(() => 1.25)];
    const seen = (cost: (day: number) => number) => {
      const runs = paces.map((pace, day) => {
        const p50Us = pace * (QUIET[day % 12] ?? 0) * cost(day);
        return figures({ day, quantities: [quantity('added p50', p50Us, { beside: 120 * pace })] });
      });
      return historyFrom(runs).series[0]?.quantities[0]?.changes ?? [];
    };
    expect(seen(() => 1)).toEqual([]);
    const [change, ...others] = seen((day) => (day < 12 ? 1 : 1.2));
    expect([change?.runId, others]).toEqual([runIdOf(12), []]);
    expect(change?.before).toBeCloseTo(600 * 1.125, 9);
    expect(change?.after).toBeCloseTo(600 * 1.125 * 1.2, 9);
  });

  it('is found at the right run where some runs lack the figure', () => {
    const none = { missing: 'no valid block' };
    const values = [none, ...QUIET, none, none, ...QUIET.map((p50) => p50 + 150)];
    const [series] = historyFrom(daily(values)).series;
    expect(series?.quantities[0]?.changes.map(({ runId }) => runId)).toEqual([runIdOf(15)]);
  });
});

describe('runs whose clock or identity is in doubt', () => {
  it('count once where they are there twice, and the copy is named', () => {
    const runs = daily(QUIET);
    const twice = historyFrom([...runs, ...runs.slice(3, 4)]);
    expect(twice.runs).toHaveLength(12);
    expect(twice.leftOut).toEqual([
      { folder: runIdOf(3), kind: 'duplicate', because: `the same run as in ${runIdOf(3)}` },
    ]);
    const [changed] = daily([999]);
    expect(historyFrom([...runs, ...(changed === undefined ? [] : [changed])]).leftOut[0]?.because).toBe(
      `the same run as in ${runIdOf(0)}, with other figures: one of the two was changed`,
    );
  });

  it('are in the order of their own clocks, whatever order the folder has', () => {
    const runs = daily(QUIET);
    const order = (own: typeof runs) => historyFrom(own).runs.map(({ figures: { runId } }) => runId);
    expect(order([...runs].reverse())).toEqual(order(runs));
  });

  it('are named where a clock was set back or jumped', () => {
    const at = (day: number, more: object) => ({ ...figures({ day }), ...more });
    const notes = (...runs: ReturnType<typeof figures>[]) => historyFrom(runs, { now: new Date(dayOf(50)) }).notes;
    expect(notes(at(3, { endedAt: dayOf(2) }))).toEqual([
      `${runIdOf(3)} ended before it began, by its own clock, which was set back: its place in the order is not certain`,
    ]);
    expect(notes(at(3, { clockJumpMs: -3_600_000 }))).toEqual([
      `the clock was set by -3600 s during ${runIdOf(3)}: its place in the order is not certain`,
    ]);
    expect(notes(at(3, { clockJumpMs: 20 }))).toEqual([]);
    expect(notes(at(3, { endedAt: dayOf(5) }), at(4, {}))).toEqual([
      `${runIdOf(4)} began before ${runIdOf(3)} had ended: on one machine only a clock that was set back does that: its place in the order is not certain`,
    ]);
  });

  it('are left out where they began in the future, and nothing is green while one is there', () => {
    const history = historyFrom([...daily(QUIET), figures({ day: 60 })], { now: new Date(dayOf(50)) });
    expect(history.runs).toHaveLength(12);
    expect(history.conclusion).toEqual({
      outcome: 'not-judged',
      exitCode: 4,
      sentence: `Not judged: ${runIdOf(60)} may be the newest run, and it began at ${dayOf(60)}, which is in the future: the clock was wrong then, or is now`,
    });
  });

  it('are left out, and named, where they did not finish, have no time, or no known machine', () => {
    const unknown = { cpuModel: { missing: 'imported' }, kernel: { missing: 'imported' } };
    const { leftOut, runs } = historyFrom([
      { ...figures({ day: 1 }), complete: false },
      { ...figures({ day: 2 }), startedAt: 'yesterday' },
      figures({ day: 3, environment: unknown }),
      figures({ day: 4 }),
    ]);
    expect(runs).toHaveLength(1);
    expect(leftOut.map(({ kind, because }) => [kind, because])).toEqual([
      ['unfinished', 'the run did not finish'],
      ['unfit', 'its record has no time at which it began'],
      ['unfit', 'nothing is known of the machine that it ran on: imported'],
    ]);
  });
});
