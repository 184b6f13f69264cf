import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing, type Measured } from '../../record/measured.ts';
import { hopRows, serviceRows } from '../services.ts';
import { toneOf } from './charts.ts';
import { type Markup, markup } from './markup.ts';
import { absent, figure, numeral, section, table, treatmentName } from './parts.ts';

/** What each side of the path takes; nothing where no treatment has proxies. */
export function hopSection(analysis: RunAnalysis): Markup | undefined {
  const source = hopRows(analysis);
  const rows = source.map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    figure(row.client),
    row.servers.length === 0
      ? absent('no proxy there')
      : markup`${row.servers.map(({ hop, cpu }) =>
          row.servers.length === 1 ? figure(cpu) : markup`<span class="line">${hop}: ${figure(cpu)}</span>`,
        )}`,
    figure(row.clientShare),
  ]);
  if (rows.length === 0) return undefined;
  const columns = [
    { title: 'Treatment' },
    { title: 'CPU of the client’s proxy', number: true },
    { title: 'CPU of the server’s proxy', number: true },
    { title: 'Client’s share of the sidecars’ CPU', number: true },
  ];
  const [first] = source;
  return section({
    id: 'hops',
    title: 'Which side of the path pays',
    lead: 'A request passes the proxy beside the client, then the one beside the server. A share is taken trial by trial, with agents beside the proxies counted in.',
    content: [
      table({ caption: 'CPU by side of the path', columns, rows, stack: true }),
      markup`<p class="small">Added latency of each side: ${absent(first?.latency.missing ?? 'nothing was measured')}</p>`,
    ],
  });
}

/** The sample service in the columns of `linkerd stat`. */
export function serviceSection(analysis: RunAnalysis): Markup {
  const rows = serviceRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    textCell(row.meshed),
    figure(row.success),
    textCell(row.achieved),
    numeral(row.p50, 'ms'),
    numeral(row.p95, 'ms'),
    numeral(row.p99, 'ms'),
  ]);
  const columns = [
    { title: 'Service under' },
    ...['Meshed', 'Success', 'Rate', 'p50', 'p95', 'p99'].map((title) => ({ title, number: true })),
  ];
  return section({
    id: 'services',
    title: 'The service at a glance',
    lead: 'The columns that linkerd stat has. Its latencies are those that the server’s proxy sees; these are the client’s, from the intended start to the last byte, over all valid trials together.',
    content:
      table({ caption: 'The sample service under each treatment', columns, rows, stack: true }) ??
      markup`<p>Nothing was measured.</p>`,
  });
}

function textCell(value: Measured<string>): Markup {
  return isMissing(value) ? absent(value.missing) : markup`${value}`;
}
