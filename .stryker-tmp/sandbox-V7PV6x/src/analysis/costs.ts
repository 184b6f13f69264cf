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
import { isMissing, type Measured } from '../record/measured.ts';
import type { ProcessRecord, TrialRecord } from '../record/trialRecord.ts';
import type { ComparableBlock } from './blocks.ts';
import { estimateOverBlocks } from './estimate.ts';
import { machineMillicores, type ProcessUse, processMillicores, sumOf, useOf } from './resources.ts';
import type { CpuBalance, Estimate, ProcessCost } from './result.ts';
import { mean } from './stats/quantile.ts';
import type { JudgedTrial } from './validity.ts';

/** Which processes a cost is about. The driver is never among them: its CPU is the price of measuring. */
type CostKey = Pick<ProcessCost, 'role' | 'hop'>;
const COST_KEYS: readonly CostKey[] = stryMutAct_9fa48("0") ? [] : (stryCov_9fa48("0"), [stryMutAct_9fa48("1") ? {} : (stryCov_9fa48("1"), {
  role: stryMutAct_9fa48("2") ? "" : (stryCov_9fa48("2"), 'proxy'),
  hop: stryMutAct_9fa48("3") ? "" : (stryCov_9fa48("3"), 'client')
}), stryMutAct_9fa48("4") ? {} : (stryCov_9fa48("4"), {
  role: stryMutAct_9fa48("5") ? "" : (stryCov_9fa48("5"), 'proxy'),
  hop: stryMutAct_9fa48("6") ? "" : (stryCov_9fa48("6"), 'server')
}), stryMutAct_9fa48("7") ? {} : (stryCov_9fa48("7"), {
  role: stryMutAct_9fa48("8") ? "" : (stryCov_9fa48("8"), 'proxy-agent'),
  hop: stryMutAct_9fa48("9") ? "" : (stryCov_9fa48("9"), 'client')
}), stryMutAct_9fa48("10") ? {} : (stryCov_9fa48("10"), {
  role: stryMutAct_9fa48("11") ? "" : (stryCov_9fa48("11"), 'proxy-agent'),
  hop: stryMutAct_9fa48("12") ? "" : (stryCov_9fa48("12"), 'server')
}), stryMutAct_9fa48("13") ? {} : (stryCov_9fa48("13"), {
  role: stryMutAct_9fa48("14") ? "" : (stryCov_9fa48("14"), 'application'),
  hop: stryMutAct_9fa48("15") ? "" : (stryCov_9fa48("15"), 'client')
}), stryMutAct_9fa48("16") ? {} : (stryCov_9fa48("16"), {
  role: stryMutAct_9fa48("17") ? "" : (stryCov_9fa48("17"), 'application'),
  hop: stryMutAct_9fa48("18") ? "" : (stryCov_9fa48("18"), 'server')
})]);

/** The trials of a treatment in each comparable block: one, or the two of the baseline. */
export function trialsPerBlock(blocks: readonly ComparableBlock[], of: {
  treatment: string;
  isBaseline: boolean;
}): TrialRecord[][] {
  if (stryMutAct_9fa48("19")) {
    {}
  } else {
    stryCov_9fa48("19");
    return blocks.map(({
      treated,
      baselines
    }) => {
      if (stryMutAct_9fa48("20")) {
        {}
      } else {
        stryCov_9fa48("20");
        if (stryMutAct_9fa48("22") ? false : stryMutAct_9fa48("21") ? true : (stryCov_9fa48("21", "22"), of.isBaseline)) return baselines.map(stryMutAct_9fa48("23") ? () => undefined : (stryCov_9fa48("23"), ({
          record
        }) => record));
        const own = treated.get(of.treatment);
        return (stryMutAct_9fa48("26") ? own !== undefined : stryMutAct_9fa48("25") ? false : stryMutAct_9fa48("24") ? true : (stryCov_9fa48("24", "25", "26"), own === undefined)) ? stryMutAct_9fa48("27") ? ["Stryker was here"] : (stryCov_9fa48("27"), []) : stryMutAct_9fa48("28") ? [] : (stryCov_9fa48("28"), [own.record]);
      }
    });
  }
}

/**
 * What each kind of process costs at this load point, over the comparable blocks, with 95 % signed-rank intervals.
 *
 * CPU over the window in millicores and in ms per 1,000 completed requests, memory as the peak in bytes. A block in
 * which the treatment ran twice counts with the mean.
 */
export function costsOf(blocks: readonly (readonly TrialRecord[])[]): ProcessCost[] {
  if (stryMutAct_9fa48("29")) {
    {}
  } else {
    stryCov_9fa48("29");
    const processes = blocks.flat().flatMap(stryMutAct_9fa48("30") ? () => undefined : (stryCov_9fa48("30"), trial => trial.processes));
    const present = stryMutAct_9fa48("31") ? COST_KEYS : (stryCov_9fa48("31"), COST_KEYS.filter(stryMutAct_9fa48("32") ? () => undefined : (stryCov_9fa48("32"), key => stryMutAct_9fa48("33") ? processes.every(process => matches(process, key)) : (stryCov_9fa48("33"), processes.some(stryMutAct_9fa48("34") ? () => undefined : (stryCov_9fa48("34"), process => matches(process, key)))))));
    return present.map(key => {
      if (stryMutAct_9fa48("35")) {
        {}
      } else {
        stryCov_9fa48("35");
        const uses = blocks.map(stryMutAct_9fa48("36") ? () => undefined : (stryCov_9fa48("36"), trials => trials.map(stryMutAct_9fa48("37") ? () => undefined : (stryCov_9fa48("37"), trial => useOf(trial, stryMutAct_9fa48("38") ? trial.processes : (stryCov_9fa48("38"), trial.processes.filter(stryMutAct_9fa48("39") ? () => undefined : (stryCov_9fa48("39"), process => matches(process, key)))))))));
        const over = stryMutAct_9fa48("40") ? () => undefined : (stryCov_9fa48("40"), (() => {
          const over = (quantity: keyof ProcessUse) => estimateOf(uses, quantity);
          return over;
        })());
        return stryMutAct_9fa48("41") ? {} : (stryCov_9fa48("41"), {
          ...key,
          cpuMillicores: over(stryMutAct_9fa48("42") ? "" : (stryCov_9fa48("42"), 'cpuMillicores')),
          cpuMsPerThousandRequests: over(stryMutAct_9fa48("43") ? "" : (stryCov_9fa48("43"), 'cpuMsPerThousandRequests')),
          memoryIdleRssBytes: over(stryMutAct_9fa48("44") ? "" : (stryCov_9fa48("44"), 'memoryIdleRssBytes')),
          memoryRssBytes: over(stryMutAct_9fa48("45") ? "" : (stryCov_9fa48("45"), 'memoryRssBytes')),
          memoryAnonBytes: over(stryMutAct_9fa48("46") ? "" : (stryCov_9fa48("46"), 'memoryAnonBytes')),
          memoryAfterRssBytes: over(stryMutAct_9fa48("47") ? "" : (stryCov_9fa48("47"), 'memoryAfterRssBytes'))
        });
      }
    });
  }
}
const matches = stryMutAct_9fa48("48") ? () => undefined : (stryCov_9fa48("48"), (() => {
  const matches = (process: ProcessRecord, key: CostKey): boolean => stryMutAct_9fa48("51") ? process.role === key.role || process.hop === key.hop : stryMutAct_9fa48("50") ? false : stryMutAct_9fa48("49") ? true : (stryCov_9fa48("49", "50", "51"), (stryMutAct_9fa48("53") ? process.role !== key.role : stryMutAct_9fa48("52") ? true : (stryCov_9fa48("52", "53"), process.role === key.role)) && (stryMutAct_9fa48("55") ? process.hop !== key.hop : stryMutAct_9fa48("54") ? true : (stryCov_9fa48("54", "55"), process.hop === key.hop)));
  return matches;
})());
function estimateOf(blocks: readonly (readonly ProcessUse[])[], quantity: keyof ProcessUse): Measured<Estimate> {
  if (stryMutAct_9fa48("56")) {
    {}
  } else {
    stryCov_9fa48("56");
    const values: number[] = stryMutAct_9fa48("57") ? ["Stryker was here"] : (stryCov_9fa48("57"), []);
    for (const uses of blocks) {
      if (stryMutAct_9fa48("58")) {
        {}
      } else {
        stryCov_9fa48("58");
        const sum = sumOf(uses.map(stryMutAct_9fa48("59") ? () => undefined : (stryCov_9fa48("59"), use => use[quantity])));
        if (stryMutAct_9fa48("61") ? false : stryMutAct_9fa48("60") ? true : (stryCov_9fa48("60", "61"), isMissing(sum))) return sum;
        if (stryMutAct_9fa48("65") ? uses.length <= 0 : stryMutAct_9fa48("64") ? uses.length >= 0 : stryMutAct_9fa48("63") ? false : stryMutAct_9fa48("62") ? true : (stryCov_9fa48("62", "63", "64", "65"), uses.length > 0)) values.push(stryMutAct_9fa48("66") ? sum * uses.length : (stryCov_9fa48("66"), sum / uses.length));
      }
    }
    return estimateOverBlocks(values);
  }
}

/**
 * Where the machine's busy time went, in millicores, as means over trials.
 *
 * Parts whose samples are missing in a trial are left out of that trial's sum, and then `rest` is missing with the
 * reason, since it would hold them.
 */
export function balanceOf(trials: readonly JudgedTrial[]): CpuBalance {
  if (stryMutAct_9fa48("67")) {
    {}
  } else {
    stryCov_9fa48("67");
    const records = trials.map(stryMutAct_9fa48("68") ? () => undefined : (stryCov_9fa48("68"), ({
      record
    }) => record));
    const part = (role: (role: ProcessRecord['role']) => boolean) => {
      if (stryMutAct_9fa48("69")) {
        {}
      } else {
        stryCov_9fa48("69");
        const readings = records.map(stryMutAct_9fa48("70") ? () => undefined : (stryCov_9fa48("70"), trial => stryMutAct_9fa48("71") ? trial.processes.map(process => processMillicores(trial, process)) : (stryCov_9fa48("71"), trial.processes.filter(stryMutAct_9fa48("72") ? () => undefined : (stryCov_9fa48("72"), process => role(process.role))).map(stryMutAct_9fa48("73") ? () => undefined : (stryCov_9fa48("73"), process => processMillicores(trial, process))))));
        const known = readings.map(stryMutAct_9fa48("74") ? () => undefined : (stryCov_9fa48("74"), values => values.reduce<number>(stryMutAct_9fa48("75") ? () => undefined : (stryCov_9fa48("75"), (sum, value) => stryMutAct_9fa48("76") ? sum - (isMissing(value) ? 0 : value) : (stryCov_9fa48("76"), sum + (isMissing(value) ? 0 : value))), 0)));
        return stryMutAct_9fa48("77") ? {} : (stryCov_9fa48("77"), {
          known: stryMutAct_9fa48("78") ? mean(known) && 0 : (stryCov_9fa48("78"), mean(known) ?? 0),
          missing: readings.flat().find(isMissing)
        });
      }
    };
    const proxies = part(stryMutAct_9fa48("79") ? () => undefined : (stryCov_9fa48("79"), role => stryMutAct_9fa48("82") ? role === 'proxy' && role === 'proxy-agent' : stryMutAct_9fa48("81") ? false : stryMutAct_9fa48("80") ? true : (stryCov_9fa48("80", "81", "82"), (stryMutAct_9fa48("84") ? role !== 'proxy' : stryMutAct_9fa48("83") ? false : (stryCov_9fa48("83", "84"), role === (stryMutAct_9fa48("85") ? "" : (stryCov_9fa48("85"), 'proxy')))) || (stryMutAct_9fa48("87") ? role !== 'proxy-agent' : stryMutAct_9fa48("86") ? false : (stryCov_9fa48("86", "87"), role === (stryMutAct_9fa48("88") ? "" : (stryCov_9fa48("88"), 'proxy-agent')))))));
    const applications = part(stryMutAct_9fa48("89") ? () => undefined : (stryCov_9fa48("89"), role => stryMutAct_9fa48("92") ? role !== 'application' : stryMutAct_9fa48("91") ? false : stryMutAct_9fa48("90") ? true : (stryCov_9fa48("90", "91", "92"), role === (stryMutAct_9fa48("93") ? "" : (stryCov_9fa48("93"), 'application')))));
    const driver = part(stryMutAct_9fa48("94") ? () => undefined : (stryCov_9fa48("94"), role => stryMutAct_9fa48("97") ? role !== 'driver' : stryMutAct_9fa48("96") ? false : stryMutAct_9fa48("95") ? true : (stryCov_9fa48("95", "96", "97"), role === (stryMutAct_9fa48("98") ? "" : (stryCov_9fa48("98"), 'driver')))));
    const machine = meanOf(records.map(machineMillicores));
    const gap = stryMutAct_9fa48("99") ? (proxies.missing ?? applications.missing) && driver.missing : (stryCov_9fa48("99"), (stryMutAct_9fa48("100") ? proxies.missing && applications.missing : (stryCov_9fa48("100"), proxies.missing ?? applications.missing)) ?? driver.missing);
    const known = stryMutAct_9fa48("101") ? proxies.known + applications.known - driver.known : (stryCov_9fa48("101"), (stryMutAct_9fa48("102") ? proxies.known - applications.known : (stryCov_9fa48("102"), proxies.known + applications.known)) + driver.known);
    return stryMutAct_9fa48("103") ? {} : (stryCov_9fa48("103"), {
      machine,
      proxies: proxies.known,
      applications: applications.known,
      driver: driver.known,
      rest: stryMutAct_9fa48("104") ? gap && (isMissing(machine) ? machine : machine - known) : (stryCov_9fa48("104"), gap ?? (isMissing(machine) ? machine : stryMutAct_9fa48("105") ? machine + known : (stryCov_9fa48("105"), machine - known)))
    });
  }
}

/** What of the machine's busy time a treatment adds: Δ machine = Δ proxies + Δ applications + Δ driver + Δ rest. */
export function balanceDifference(own: CpuBalance, baseline: CpuBalance): CpuBalance {
  if (stryMutAct_9fa48("106")) {
    {}
  } else {
    stryCov_9fa48("106");
    const minus = stryMutAct_9fa48("107") ? () => undefined : (stryCov_9fa48("107"), (() => {
      const minus = (a: Measured<number>, b: Measured<number>) => isMissing(a) ? a : isMissing(b) ? b : stryMutAct_9fa48("108") ? a + b : (stryCov_9fa48("108"), a - b);
      return minus;
    })());
    return stryMutAct_9fa48("109") ? {} : (stryCov_9fa48("109"), {
      machine: minus(own.machine, baseline.machine),
      proxies: stryMutAct_9fa48("110") ? own.proxies + baseline.proxies : (stryCov_9fa48("110"), own.proxies - baseline.proxies),
      applications: stryMutAct_9fa48("111") ? own.applications + baseline.applications : (stryCov_9fa48("111"), own.applications - baseline.applications),
      driver: stryMutAct_9fa48("112") ? own.driver + baseline.driver : (stryCov_9fa48("112"), own.driver - baseline.driver),
      rest: minus(own.rest, baseline.rest)
    });
  }
}

/** The mean of all values, or the reason of the first that is missing. */
export function meanOf(values: readonly Measured<number>[]): Measured<number> {
  if (stryMutAct_9fa48("113")) {
    {}
  } else {
    stryCov_9fa48("113");
    const sum = sumOf(values);
    if (stryMutAct_9fa48("116") ? values.length !== 0 : stryMutAct_9fa48("115") ? false : stryMutAct_9fa48("114") ? true : (stryCov_9fa48("114", "115", "116"), values.length === 0)) return stryMutAct_9fa48("117") ? {} : (stryCov_9fa48("117"), {
      missing: stryMutAct_9fa48("118") ? "" : (stryCov_9fa48("118"), 'no valid trial')
    });
    return isMissing(sum) ? sum : stryMutAct_9fa48("119") ? sum * values.length : (stryCov_9fa48("119"), sum / values.length);
  }
}