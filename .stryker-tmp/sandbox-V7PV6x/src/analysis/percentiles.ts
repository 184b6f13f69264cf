// @ts-nocheck
function stryNS_9fa48() {
  var g = typeof globalThis === 'object' && globalThis && globalThis.Math === Math && globalThis || new Function("return this")();
  var ns = g.__stryker__ || (g.__stryker__ = {});
  if (ns.activeMutant === undefined && g.process && g.process.env && g.process.env.__STRYKER_ACTIVE_MUTANT__) {
    ns.activeMutant = g.process.env.__STRYKER_ACTIVE_MUTANT__;
  }
  function retrieveNS() {
    return ns;
  }
  stryNS_9fa48 = retrieveNS;
  return retrieveNS();
}
stryNS_9fa48();
function stryCov_9fa48() {
  var ns = stryNS_9fa48();
  var cov = ns.mutantCoverage || (ns.mutantCoverage = {
    static: {},
    perTest: {}
  });
  function cover() {
    var c = cov.static;
    if (ns.currentTestId) {
      c = cov.perTest[ns.currentTestId] = cov.perTest[ns.currentTestId] || {};
    }
    var a = arguments;
    for (var i = 0; i < a.length; i++) {
      c[a[i]] = (c[a[i]] || 0) + 1;
    }
  }
  stryCov_9fa48 = cover;
  cover.apply(null, arguments);
}
function stryMutAct_9fa48(id) {
  var ns = stryNS_9fa48();
  function isActive(id) {
    if (ns.activeMutant === id) {
      if (ns.hitCount !== void 0 && ++ns.hitCount > ns.hitLimit) {
        throw new Error('Stryker: Hit count limit reached (' + ns.hitCount + ')');
      }
      return true;
    }
    return false;
  }
  stryMutAct_9fa48 = isActive;
  return isActive(id);
}
import type { LatencyHistogram } from '../record/histogram.ts';
import { isMissing } from '../record/measured.ts';
import type { TrialRecord } from '../record/trialRecord.ts';
import { PERCENTILES, type Percentile } from '../scenario/scenario.ts';
import type { Curve, PercentileSupport } from './result.ts';
import { grouped } from './rounding.ts';
import { measuredSegments } from './window.ts';
import { countOf } from './wording.ts';

/** Requests of a thousand that lie beyond: whole numbers, since 1 - 0.9 is not 0.1 in binary. */
const BEYOND_PER_THOUSAND: Readonly<Record<Percentile, number>> = stryMutAct_9fa48("120") ? {} : (stryCov_9fa48("120"), {
  p50: 500,
  p90: 100,
  p99: 10,
  p999: 1
});

/** From this many requests beyond a percentile on, it is reported as it is. */
const REPORTED_FROM = 100;
/** Below this many, one request more or less moves it at will: it is not given. */
const COARSE_FROM = 25;
/** With fewer separate stretches of time in the tail, the percentile is the story of single stalls. */
const EPISODES_FROM = 10;

/** How many of `count` requests lie beyond a percentile. */
export function requestsBeyond(count: number, percentile: Percentile): number {
  if (stryMutAct_9fa48("121")) {
    {}
  } else {
    stryCov_9fa48("121");
    return Math.floor(stryMutAct_9fa48("122") ? count * BEYOND_PER_THOUSAND[percentile] * 1000 : (stryCov_9fa48("122"), (stryMutAct_9fa48("123") ? count / BEYOND_PER_THOUSAND[percentile] : (stryCov_9fa48("123"), count * BEYOND_PER_THOUSAND[percentile])) / 1000));
  }
}

/** The share of requests at or below a percentile, e.g. 0.99 for p99. */
function shareOf(percentile: Percentile): number {
  if (stryMutAct_9fa48("124")) {
    {}
  } else {
    stryCov_9fa48("124");
    return stryMutAct_9fa48("125") ? (1000 - BEYOND_PER_THOUSAND[percentile]) * 1000 : (stryCov_9fa48("125"), (stryMutAct_9fa48("126") ? 1000 + BEYOND_PER_THOUSAND[percentile] : (stryCov_9fa48("126"), 1000 - BEYOND_PER_THOUSAND[percentile])) / 1000);
  }
}

/** The percentile in µs; undefined where too few requests lie beyond it. */
export function supportedPercentile(times: LatencyHistogram, percentile: Percentile): number | undefined {
  if (stryMutAct_9fa48("127")) {
    {}
  } else {
    stryCov_9fa48("127");
    return (stryMutAct_9fa48("131") ? requestsBeyond(times.count, percentile) >= COARSE_FROM : stryMutAct_9fa48("130") ? requestsBeyond(times.count, percentile) <= COARSE_FROM : stryMutAct_9fa48("129") ? false : stryMutAct_9fa48("128") ? true : (stryCov_9fa48("128", "129", "130", "131"), requestsBeyond(times.count, percentile) < COARSE_FROM)) ? undefined : times.quantile(shareOf(percentile));
  }
}

/** All percentiles in µs that a histogram of response times carries. */
export function supportedPercentiles(times: LatencyHistogram): Partial<Record<Percentile, number>> {
  if (stryMutAct_9fa48("132")) {
    {}
  } else {
    stryCov_9fa48("132");
    const found: Partial<Record<Percentile, number>> = {};
    for (const percentile of PERCENTILES) {
      if (stryMutAct_9fa48("133")) {
        {}
      } else {
        stryCov_9fa48("133");
        const value = supportedPercentile(times, percentile);
        if (stryMutAct_9fa48("136") ? value === undefined : stryMutAct_9fa48("135") ? false : stryMutAct_9fa48("134") ? true : (stryCov_9fa48("134", "135", "136"), value !== undefined)) found[percentile] = value;
      }
    }
    return found;
  }
}

/** A trial with the response times of its window. */
export interface TimedTrial {
  record: TrialRecord;
  times: LatencyHistogram;
}

/** How well the tails of these trials carry a percentile: the smallest trial decides, since each enters the result. */
export function percentileSupport(percentile: Percentile, trials: readonly TimedTrial[]): PercentileSupport {
  if (stryMutAct_9fa48("137")) {
    {}
  } else {
    stryCov_9fa48("137");
    if (stryMutAct_9fa48("140") ? trials.length !== 0 : stryMutAct_9fa48("139") ? false : stryMutAct_9fa48("138") ? true : (stryCov_9fa48("138", "139", "140"), trials.length === 0)) return stryMutAct_9fa48("141") ? {} : (stryCov_9fa48("141"), {
      percentile,
      beyond: 0,
      standing: stryMutAct_9fa48("142") ? "" : (stryCov_9fa48("142"), 'absent'),
      note: stryMutAct_9fa48("143") ? "" : (stryCov_9fa48("143"), 'no valid trial')
    });
    const smallest = stryMutAct_9fa48("144") ? Math.max(...trials.map(({
      times
    }) => times.count)) : (stryCov_9fa48("144"), Math.min(...trials.map(stryMutAct_9fa48("145") ? () => undefined : (stryCov_9fa48("145"), ({
      times
    }) => times.count))));
    const beyond = requestsBeyond(smallest, percentile);
    if (stryMutAct_9fa48("149") ? beyond >= COARSE_FROM : stryMutAct_9fa48("148") ? beyond <= COARSE_FROM : stryMutAct_9fa48("147") ? false : stryMutAct_9fa48("146") ? true : (stryCov_9fa48("146", "147", "148", "149"), beyond < COARSE_FROM)) {
      if (stryMutAct_9fa48("150")) {
        {}
      } else {
        stryCov_9fa48("150");
        const needed = stryMutAct_9fa48("151") ? COARSE_FROM * 1000 * BEYOND_PER_THOUSAND[percentile] : (stryCov_9fa48("151"), (stryMutAct_9fa48("152") ? COARSE_FROM / 1000 : (stryCov_9fa48("152"), COARSE_FROM * 1000)) / BEYOND_PER_THOUSAND[percentile]);
        const note = stryMutAct_9fa48("153") ? `` : (stryCov_9fa48("153"), `needs ${countOf(needed, stryMutAct_9fa48("154") ? "" : (stryCov_9fa48("154"), 'request'))} in each trial, the smallest has ${grouped(smallest)}`);
        return stryMutAct_9fa48("155") ? {} : (stryCov_9fa48("155"), {
          percentile,
          beyond,
          standing: stryMutAct_9fa48("156") ? "" : (stryCov_9fa48("156"), 'absent'),
          note
        });
      }
    }
    const standing = (stryMutAct_9fa48("160") ? beyond >= REPORTED_FROM : stryMutAct_9fa48("159") ? beyond <= REPORTED_FROM : stryMutAct_9fa48("158") ? false : stryMutAct_9fa48("157") ? true : (stryCov_9fa48("157", "158", "159", "160"), beyond < REPORTED_FROM)) ? stryMutAct_9fa48("161") ? "" : (stryCov_9fa48("161"), 'coarse') : stryMutAct_9fa48("162") ? "" : (stryCov_9fa48("162"), 'reported');
    const notes = stryMutAct_9fa48("163") ? [] : (stryCov_9fa48("163"), [...((stryMutAct_9fa48("166") ? standing !== 'coarse' : stryMutAct_9fa48("165") ? false : stryMutAct_9fa48("164") ? true : (stryCov_9fa48("164", "165", "166"), standing === (stryMutAct_9fa48("167") ? "" : (stryCov_9fa48("167"), 'coarse')))) ? stryMutAct_9fa48("168") ? [] : (stryCov_9fa48("168"), [stryMutAct_9fa48("169") ? `` : (stryCov_9fa48("169"), `only ${beyond} requests of the smallest trial lie beyond ${percentile}`)]) : stryMutAct_9fa48("170") ? ["Stryker was here"] : (stryCov_9fa48("170"), [])), ...episodeNotes(percentile, trials)]);
    return stryMutAct_9fa48("171") ? {} : (stryCov_9fa48("171"), {
      percentile,
      beyond,
      standing,
      ...(stryMutAct_9fa48("174") ? notes.length > 0 || {
        note: notes.join('; ')
      } : stryMutAct_9fa48("173") ? false : stryMutAct_9fa48("172") ? true : (stryCov_9fa48("172", "173", "174"), (stryMutAct_9fa48("177") ? notes.length <= 0 : stryMutAct_9fa48("176") ? notes.length >= 0 : stryMutAct_9fa48("175") ? true : (stryCov_9fa48("175", "176", "177"), notes.length > 0)) && (stryMutAct_9fa48("178") ? {} : (stryCov_9fa48("178"), {
        note: notes.join(stryMutAct_9fa48("179") ? "" : (stryCov_9fa48("179"), '; '))
      }))))
    });
  }
}

/** Segments and clients of one trial are added up: each has met its stalls by itself. */
function episodeNotes(percentile: Percentile, trials: readonly TimedTrial[]): string[] {
  if (stryMutAct_9fa48("180")) {
    {}
  } else {
    stryCov_9fa48("180");
    let fewest = Number.POSITIVE_INFINITY;
    for (const {
      record
    } of trials) {
      if (stryMutAct_9fa48("181")) {
        {}
      } else {
        stryCov_9fa48("181");
        let episodes = 0;
        for (const {
          tailEpisodes
        } of measuredSegments(record)) {
          if (stryMutAct_9fa48("182")) {
            {}
          } else {
            stryCov_9fa48("182");
            if (stryMutAct_9fa48("184") ? false : stryMutAct_9fa48("183") ? true : (stryCov_9fa48("183", "184"), isMissing(tailEpisodes))) {
              if (stryMutAct_9fa48("185")) {
                {}
              } else {
                stryCov_9fa48("185");
                return stryMutAct_9fa48("186") ? [] : (stryCov_9fa48("186"), [stryMutAct_9fa48("187") ? `` : (stryCov_9fa48("187"), `on how many separate stalls ${percentile} rests is not known: ${tailEpisodes.missing}`)]);
              }
            }
            stryMutAct_9fa48("188") ? episodes -= tailEpisodes[percentile] : (stryCov_9fa48("188"), episodes += tailEpisodes[percentile]);
          }
        }
        fewest = stryMutAct_9fa48("189") ? Math.max(fewest, episodes) : (stryCov_9fa48("189"), Math.min(fewest, episodes));
      }
    }
    return (stryMutAct_9fa48("193") ? fewest >= EPISODES_FROM : stryMutAct_9fa48("192") ? fewest <= EPISODES_FROM : stryMutAct_9fa48("191") ? false : stryMutAct_9fa48("190") ? true : (stryCov_9fa48("190", "191", "192", "193"), fewest < EPISODES_FROM)) ? stryMutAct_9fa48("194") ? [] : (stryCov_9fa48("194"), [stryMutAct_9fa48("195") ? `` : (stryCov_9fa48("195"), `${percentile} rests on ${countOf(fewest, stryMutAct_9fa48("196") ? "" : (stryCov_9fa48("196"), 'stall'))} in the trial with the fewest`)]) : stryMutAct_9fa48("197") ? ["Stryker was here"] : (stryCov_9fa48("197"), []);
  }
}

/**
 * The percentile curve: ten points for each tenfold of the tail, as far as at least one request lies beyond.
 *
 * Even steps of log(1 - q) show the tail as wide as the body.
 */
export function percentileCurve(times: LatencyHistogram): Curve {
  if (stryMutAct_9fa48("198")) {
    {}
  } else {
    stryCov_9fa48("198");
    const points: {
      quantile: number;
      responseUs: number;
    }[] = stryMutAct_9fa48("199") ? ["Stryker was here"] : (stryCov_9fa48("199"), []);
    if (stryMutAct_9fa48("200")) {
      for (let step = 0; false; step += 1) {
        const tail = 10 ** (-step / 10);
        const responseUs = times.quantile(1 - tail);
        if (responseUs === undefined || times.count * tail < 1) return points;
        points.push({
          quantile: 1 - tail,
          responseUs
        });
      }
    } else {
      stryCov_9fa48("200");
      for (let step = 0;; stryMutAct_9fa48("201") ? step -= 1 : (stryCov_9fa48("201"), step += 1)) {
        if (stryMutAct_9fa48("202")) {
          {}
        } else {
          stryCov_9fa48("202");
          const tail = 10 ** (stryMutAct_9fa48("203") ? -step * 10 : (stryCov_9fa48("203"), (stryMutAct_9fa48("204") ? +step : (stryCov_9fa48("204"), -step)) / 10));
          const responseUs = times.quantile(stryMutAct_9fa48("205") ? 1 + tail : (stryCov_9fa48("205"), 1 - tail));
          if (stryMutAct_9fa48("208") ? responseUs === undefined && times.count * tail < 1 : stryMutAct_9fa48("207") ? false : stryMutAct_9fa48("206") ? true : (stryCov_9fa48("206", "207", "208"), (stryMutAct_9fa48("210") ? responseUs !== undefined : stryMutAct_9fa48("209") ? false : (stryCov_9fa48("209", "210"), responseUs === undefined)) || (stryMutAct_9fa48("213") ? times.count * tail >= 1 : stryMutAct_9fa48("212") ? times.count * tail <= 1 : stryMutAct_9fa48("211") ? false : (stryCov_9fa48("211", "212", "213"), (stryMutAct_9fa48("214") ? times.count / tail : (stryCov_9fa48("214"), times.count * tail)) < 1)))) return points;
          points.push(stryMutAct_9fa48("215") ? {} : (stryCov_9fa48("215"), {
            quantile: stryMutAct_9fa48("216") ? 1 + tail : (stryCov_9fa48("216"), 1 - tail),
            responseUs
          }));
        }
      }
    }
  }
}