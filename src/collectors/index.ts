/** What a collector watches, and what it needs from a trial. */
export interface CollectorEntry {
  title: string;
  /** `agent`: beside the workload, during the window; `runner`: between trials, since reading is work for what is read. */
  runsIn: 'agent' | 'runner';
  quantities: readonly string[];
  /** Below this the figures say more about the sampling than about the system. */
  shortestWindowMs: number;
}

/** Every collector. Adding one is one file and one entry here. */
export const COLLECTORS = {
  processes: {
    title: 'CPU and memory of each proxy, of the service and of the driver, from /proc',
    runsIn: 'agent',
    quantities: ['cpuNs', 'runDelayNs', 'rssBytes', 'rssAnonBytes', 'rssFileBytes'],
    // schedstat counts ns, but a running thread is booked at the scheduler's tick of 1 to 10 ms.
    shortestWindowMs: 500,
  },
  machine: {
    title: 'busy, interrupt and steal time of the whole machine, from /proc/stat',
    runsIn: 'agent',
    quantities: ['busyNs', 'irqNs', 'stealNs'],
    // It counts in steps of 10 ms: two of them are 4 % of this.
    shortestWindowMs: 500,
  },
  hiccups: {
    title: 'time that a thread which wanted to run on the cores under test did not get',
    runsIn: 'agent',
    quantities: ['lostUs', 'longestUs', 'stalls'],
    shortestWindowMs: 500,
  },
  throttling: {
    title: "how often a container's CPU limit held its proxy back, from the cpu.stat of its control group",
    runsIn: 'agent',
    quantities: ['periods', 'throttledPeriods', 'throttledNs'],
    // Five periods of 100 ms.
    shortestWindowMs: 500,
  },
  'proxy-counters': {
    title: "the proxies' own counters of requests, connections and handshakes",
    runsIn: 'runner',
    quantities: ['requests', 'handshakes'],
    shortestWindowMs: 0,
  },
} as const satisfies Record<string, CollectorEntry>;

/** The shortest measured window in which every collector's figures mean something, in ms. */
export const SHORTEST_WINDOW_MS = Math.max(...Object.values(COLLECTORS).map((entry) => entry.shortestWindowMs));
