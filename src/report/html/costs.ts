import { QUANTITIES } from '../../analysis/quantities.ts';
import type { RunAnalysis } from '../../analysis/result.ts';
import { isMissing } from '../../record/measured.ts';
import { balanceRows } from '../evidence.ts';
import { applicationRows } from '../services.ts';
import { costRows } from '../table.ts';
import { costCharts, toneOf } from './charts.ts';
import { bottleneckTable, cpuModelTable } from './comparisons.ts';
import { type Markup, markup } from './markup.ts';
import { absent, chart, figure, section, table, treatmentName } from './parts.ts';

/** CPU and memory of each proxy, what the applications take more, and where the machine's time went. */
export function costSection(analysis: RunAnalysis): Markup {
  const rows = costRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `${row.hop} ${row.roleText}`),
    markup`${row.rate}<span class="sub">achieved ${isMissing(row.achieved) ? absent(row.achieved.missing) : row.achieved}</span>`,
    figure(row.cpu),
    figure(row.cpuPerThousandRequests),
    markup`${figure(row.memory)}<span class="sub">anonymous: ${figure(row.memoryAnon)}</span><span class="sub">before the load: ${figure(row.memoryIdle)}</span><span class="sub">after it: ${figure(row.memoryAfter)}</span>`,
  ]);
  const columns = [
    { title: 'Process' },
    { title: 'Arrival rate', number: true },
    { title: 'CPU', number: true },
    { title: 'CPU time per 1,000 requests', number: true },
    { title: 'Memory (RSS), peak', number: true },
  ];
  const charts = costCharts(analysis).map(chart);
  return section({
    id: 'costs',
    title: 'CPU and memory',
    lead: 'Each figure holds at the arrival rate beside it, and at no other. Whiskers and brackets are the interval over blocks.',
    content: [
      charts.length === 0 ? undefined : markup`<div class="charts wide">${charts}</div>`,
      table({ caption: 'CPU and memory of each process', columns, rows, stack: true }) ??
        markup`<p>No process was measured.</p>`,
      cpuModelTable(analysis),
      applicationTable(analysis),
      balanceTable(analysis),
      bottleneckTable(analysis),
    ],
  });
}

function applicationTable(analysis: RunAnalysis): Markup | undefined {
  const rows = applicationRows(analysis).map((row) => [
    treatmentName(row.treatment, toneOf(analysis, row.treatment), `at ${row.rate}`),
    figure(row.added),
    figure(row.addedPerThousandRequests),
  ]);
  const columns = [
    { title: 'Treatment' },
    { title: 'CPU of the sample services, minus the baseline’s (interval)', number: true },
    { title: 'CPU time per 1,000 requests, minus the baseline’s (interval)', number: true },
  ];
  return table({ caption: 'What the applications themselves take more behind proxies', columns, rows, stack: true });
}

function balanceTable(analysis: RunAnalysis): Markup | undefined {
  const { unit } = QUANTITIES.cpu;
  const rows = balanceRows(analysis).map((row) => [
    treatmentName(
      row.treatment,
      toneOf(analysis, row.treatment),
      row.kind === 'whole' ? `at ${row.rate}` : `added, at ${row.rate}`,
    ),
    ...[row.proxies, row.applications, row.driver, row.rest, row.machine].map((value) =>
      isMissing(value) ? absent(value.missing) : markup`${value}`,
    ),
  ]);
  const columns = [
    { title: 'Treatment' },
    ...['Proxies', 'Sample services', 'Load driver', 'Rest', 'Machine'].map((title) => ({ title, number: true })),
  ];
  return table({ caption: `Where the machine’s busy time went, mean in ${unit}`, columns, rows, stack: true });
}
