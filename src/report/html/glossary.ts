import { type Markup, markup } from './markup.ts';
import { section } from './parts.ts';

interface Entry {
  term: string;
  /** Finds the term in the page's text. */
  used: RegExp;
  means: string;
}

const ENTRIES: readonly Entry[] = [
  {
    term: 'arrival rate',
    used: /\barrival rate|\barrivals\b/i,
    means:
      'requests started a second, on a schedule that does not wait for answers (open loop). Offered is what was asked, achieved what was answered.',
  },
  {
    term: 'baseline',
    used: /\bbaseline/i,
    means:
      'the treatment that the others are compared with, as a rule the service without a proxy. It is measured twice in each block.',
  },
  {
    term: 'block',
    used: /\bblocks?\b/i,
    means:
      'every treatment once and the baseline twice, back to back in random order, under the same schedule of arrivals. Each block gives one difference.',
  },
  {
    term: 'coarse',
    used: /\bcoarse\b/i,
    means: 'of a percentile: only 25 to 100 requests of a trial lie beyond it. Below 25 it is not given.',
  },
  {
    term: 'gate',
    used: /\bgates?\b/i,
    means: 'a question that decides whether a trial was a fair measurement, asked before any verdict.',
  },
  {
    term: 'hop',
    used: /\bhops?\b/i,
    means: 'one passage through a proxy: beside the client, or beside a service.',
  },
  {
    term: 'interval',
    used: /\binterval\b/i,
    means:
      'the range that holds the true value in the share of such runs that its confidence names. It speaks for what was repeated, which is the blocks.',
  },
  {
    term: 'MiB, GiB',
    used: /\b[MG]iB\b/,
    means: '1,048,576 bytes and 1,073,741,824 bytes, as Kubernetes writes Mi and Gi. A MB is 1,000,000 bytes.',
  },
  {
    term: 'millicore',
    used: /\bmillicores?\b/i,
    means: 'a thousandth of one core’s time: 100 millicores are 0.1 s of CPU in each second.',
  },
  {
    term: 'mutual TLS',
    used: /\bmutual TLS\b|\bmTLS\b/i,
    means:
      'client and server prove to each other by certificates who they are, and encrypt. Strict refuses plaintext, permissive takes both.',
  },
  {
    term: 'noise',
    used: /\bnoise\b/i,
    means: 'what two measurements of the same thing differ by: the second baseline minus the first.',
  },
  {
    term: 'p50, p90, p95, p99, p999',
    used: /\bp(50|9\d+)\b/,
    means: 'percentiles: 50, 90, 95, 99 and 99.9 % of the requests were answered at or below this time.',
  },
  {
    term: 'pooled',
    used: /\bpooled\b/i,
    means: 'over all valid trials of a treatment together; shown beside the differences, and not judged.',
  },
  {
    term: 'required, advisory',
    used: /\brequired\b|\badvisory\b/i,
    means: 'a required budget line decides the exit code, an advisory one is only reported.',
  },
  {
    term: 'response time',
    used: /\bresponse time/i,
    means:
      'from the intended start of a request to the last byte of its answer, so that a request which had to wait before it could be sent counts its waiting.',
  },
  {
    term: 'RSS',
    used: /\bRSS\b/,
    means: 'resident set size: the memory of a process that is in RAM. Anonymous is the part that belongs to no file.',
  },
  {
    term: 'saturation',
    used: /\bsaturation\b/i,
    means: 'the highest arrival rate that is still held.',
  },
  {
    term: 'seed',
    used: /\bseed\b/i,
    means:
      'the number that the order of trials and the arrivals are drawn from: the same seed gives the same ones again.',
  },
  {
    term: 'sidecar',
    used: /\bsidecars?\b/i,
    means: 'the proxy beside each pod, with its agent where it has one.',
  },
  {
    term: 'treatment',
    used: /\btreatments?\b/i,
    means: 'what varies: a mesh with its settings, or none.',
  },
  {
    term: 'trial',
    used: /\btrials?\b/i,
    means: 'one treatment under one load, once: a warm-up, which does not count, and a window, which does.',
  },
  {
    term: 'within, over, inconclusive',
    used: /\binconclusive\b|\bwithin\b/i,
    means: 'the whole interval keeps the budget; the whole interval breaks it; neither can be said.',
  },
];

/** The terms that the rest of the page uses. */
export function glossarySection(page: Markup): Markup {
  const text = page.markup.replace(/<[^>]*>/g, ' ');
  const items = ENTRIES.filter(({ used }) => used.test(text)).map(
    ({ term, means }) => markup`<dt>${term}</dt><dd>${means}</dd>`,
  );
  return section({ id: 'glossary', title: 'Glossary', content: markup`<dl class="facts">${items}</dl>` });
}
