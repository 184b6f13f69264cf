import { customProperties } from './palette.ts';

/** The page's style sheet: no fonts, images or anything else from elsewhere. */
export const STYLE = `
:root { color-scheme: light dark; ${customProperties('light')} }
@media (prefers-color-scheme: dark) { :root { ${customProperties('dark')} } }
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: anywhere;
}
main, header, nav, footer { max-width: 70rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2.5rem; }
footer { padding-bottom: 4rem; color: var(--quiet); font-size: 0.875rem; }
h1 { font-size: clamp(1.4rem, 1rem + 1.9vw, 2.1rem); line-height: 1.25; font-weight: 650; margin: 1rem 0 0.75rem; text-wrap: balance; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 0.35rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 0.6rem; }
p { margin: 0 0 0.75rem; max-width: 46rem; }
section { margin: 3.25rem 0; }
header section { margin: 1.5rem 0; }
ol { margin: 0; padding-left: 1.6rem; max-width: 60rem; font-size: 0.9375rem; }
nav { margin-top: 2rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; padding: 0.75rem 0; max-width: none; border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); font-size: 0.875rem; }
nav li { margin: 0; }
a { color: var(--series-4); }
:target { scroll-margin-top: 1rem; }
:focus-visible { outline: 2px solid var(--series-4); outline-offset: 2px; }
[hidden] { display: none !important; }
ul { margin: 0; padding-left: 1.2rem; max-width: 46rem; }
li { margin: 0.3rem 0; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 0.875em; }
pre { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 1rem; overflow-x: auto; overflow-wrap: normal; margin: 0; }
.eyebrow, .lead, .small { color: var(--quiet); }
.eyebrow { font-size: 0.875rem; margin: 0 0 1rem; }
.lead { margin-bottom: 1.1rem; }
.small { font-size: 0.875rem; }
.quiet { color: var(--quiet); }
.badge { display: inline-flex; align-items: center; gap: 0.4em; padding: 0.12em 0.65em 0.12em 0.5em; border-radius: 99px; font-weight: 600; font-size: 0.875rem; white-space: nowrap; border: 1px solid currentColor; }
.badge.large { font-size: 1.05rem; padding: 0.3em 0.95em 0.3em 0.7em; }
.badge svg { width: 1.05em; height: 1.05em; flex: none; }
.badge path { fill: none; stroke: currentColor; stroke-width: 1.7; }
.neutral path { fill: currentColor; }
.answers, .verdicts { list-style: none; padding: 0; max-width: 60rem; }
.answers li { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.15rem 0.6rem; margin: 0.45rem 0; }
.answers li span:last-child { flex: 1 1 16rem; min-width: 0; }
.answers + .answers { margin-top: 0.75rem; }
.verdicts { min-width: 14rem; }
.verdicts li { margin: 0 0 0.45rem; }
.verdicts li:last-child { margin: 0; }
.line { display: block; }
.good { color: var(--good); background: var(--good-wash); }
.bad { color: var(--bad); background: var(--bad-wash); }
.open { color: var(--open); background: var(--open-wash); }
.neutral { color: var(--quiet); background: var(--surface); }
.notice { border-left: 4px solid var(--open); background: var(--open-wash); padding: 0.75rem 1rem; border-radius: 0 8px 8px 0; margin: 1.25rem 0; }
.notice p:last-child { margin: 0; }
.key { margin: 1.75rem 0 0; }
.key h2 { font-size: 1rem; margin-bottom: 0.6rem; }
.key h2 span { font-weight: 400; }
.cards { display: grid; grid-template-columns: repeat(6, 1fr); gap: 0.75rem; margin: 0; padding: 0; list-style: none; max-width: none; }
.card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.1rem; margin: 0; }
.card .what { display: block; color: var(--quiet); font-size: 0.875rem; margin-bottom: 0.2rem; }
.card .value { display: block; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.card .unit { font-size: 0.7em; font-weight: 600; }
.card .range { display: block; color: var(--quiet); font-size: 0.875rem; font-variant-numeric: tabular-nums; }
.card { grid-column: span 2; min-width: 0; }
.card.wide { grid-column: span 3; }
@media (min-width: 62rem) {
  .cards { grid-template-columns: 1fr 1fr 1fr 1.95fr 1.6fr; }
  .card, .card.wide { grid-column: auto; }
}
.card .hops { display: grid; grid-template-columns: 1fr 1fr; gap: 0.5rem 1rem; }
.card .hops .value { font-size: 1.25rem; }
.card .hops .hop { display: block; color: var(--quiet); font-size: 0.8125rem; }
.next { border-left: 4px solid var(--line); padding: 0.25rem 0 0.25rem 1rem; margin: 1.25rem 0 0; max-width: 48rem; }
.key .small { margin: 0.6rem 0 0; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; }
table { border-collapse: collapse; width: 100%; font-size: 0.9375rem; }
caption { text-align: left; padding: 0.75rem 1rem 0.5rem; font-weight: 600; }
th, td { text-align: left; vertical-align: top; padding: 0.6rem 0.9rem; overflow-wrap: break-word; border-top: 1px solid var(--line); }
thead th { border-top: 0; white-space: normal; color: var(--quiet); font-size: 0.8125rem; font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.number .reason { white-space: normal; display: block; min-width: 7rem; }
.interval { color: var(--quiet); }
.interval:not(.reason) { white-space: nowrap; }
td:not(.number), tbody th { min-width: 7rem; overflow-wrap: anywhere; }
.numbers { font-variant-numeric: tabular-nums; }
.numbers td, .numbers th { text-align: right; white-space: nowrap; min-width: 0; }
.numbers thead th { white-space: normal; }
.scroll + .scroll, .scroll + .fold, .fold + .scroll { margin-top: 0.75rem; }
.scroll + .small { margin-top: 0.75rem; }
.sub { display: block; color: var(--quiet); font-size: 0.8125rem; font-weight: 400; }
.tag { display: inline-block; border: 1px dashed var(--open); color: var(--open); border-radius: 4px; padding: 0 0.35em; font-size: 0.75rem; font-weight: 600; }
.swatch { display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.45em; }
.s0 { background: var(--series-0); } .s1 { background: var(--series-1); } .s2 { background: var(--series-2); }
.s3 { background: var(--series-3); } .s4 { background: var(--series-4); } .s5 { background: var(--series-5); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0.75rem; margin-bottom: 0.75rem; }
.scroll + figure { margin-top: 2rem; }
figure { margin: 0 0 0.75rem; background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem; min-width: 0; }
.charts.wide { grid-template-columns: repeat(auto-fit, minmax(min(100%, 28rem), 1fr)); }
.charts figure { margin: 0; }
figcaption { font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.6rem; }
.plot { position: relative; }
.on-paper { display: none; }
.still { display: block; width: 100%; max-width: 44rem; height: auto; font-size: 12px; }
.still text { fill: var(--quiet); }
.still .ink { fill: var(--ink); }
.still .end { text-anchor: end; }
.still .middle { text-anchor: middle; }
.still .grid { fill: none; stroke: var(--line); }
.still .series { fill: none; stroke: currentColor; stroke-width: 2; }
.still .dashed { stroke-dasharray: 6 4; }
.still .mark { fill: currentColor; stroke: currentColor; stroke-width: 1.2; }
.still .bar { fill: currentColor; }
.still .band { fill: currentColor; opacity: 0.2; }
.still .interval-line { fill: none; stroke: var(--ink); stroke-width: 1.5; }
.tone0 { color: var(--series-0); } .tone1 { color: var(--series-1); } .tone2 { color: var(--series-2); }
.tone3 { color: var(--series-3); } .tone4 { color: var(--series-4); } .tone5 { color: var(--series-5); }
.controls { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
input, button { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--quiet); border-radius: 6px; padding: 0.25rem 0.6rem; }
input { width: 7rem; }
button { cursor: pointer; }
.facts { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.35rem 1.5rem; margin: 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; }
details { margin: 0.75rem 0; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); gap: 0.75rem 1.25rem; margin-bottom: 0.75rem; }
.fields label { display: block; font-size: 0.875rem; font-weight: 600; }
.fields input { display: block; width: 100%; margin: 0.25rem 0; padding: 0.45rem 0.6rem; font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--quiet); border-radius: 6px; }
.fields input:focus-visible { outline: 2px solid var(--series-4); outline-offset: 2px; }
.fields input[aria-invalid="true"] { border-color: var(--bad); }
summary { cursor: pointer; font-weight: 600; }
details[open] summary { margin-bottom: 0.6rem; }
@media screen and (max-width: 46rem) {
  main, header, nav, footer { padding-left: 1rem; padding-right: 1rem; }
  header { padding-top: 1.5rem; }
  section { margin: 2.5rem 0; }
  .cards { gap: 0.5rem; }
  .card { padding: 0.7rem 0.7rem; }
  .card.wide { grid-column: span 6; }
  .card .value { font-size: 1.15rem; }
  .card .hops .value { font-size: 1.05rem; }
  .stack thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stack, .stack tbody, .stack tr, .stack td, .stack tbody th { display: block; width: 100%; }
  .stack tr { border-top: 1px solid var(--line); padding: 0.7rem 0; }
  .stack tbody tr:first-child { border-top: 0; }
  .stack td, .stack tbody th { border: 0; padding: 0.18rem 1rem; text-align: left; white-space: normal; }
  .stack caption { display: block; }
  .stack td { display: flow-root; padding-left: 9.25rem; }
  .stack td::before { content: attr(data-label); float: left; width: 7.5rem; margin-left: -8.25rem; color: var(--quiet); font-size: 0.8125rem; line-height: 1.6; }
  .verdicts { min-width: 0; }
  .stack td:has(.verdicts) { padding-left: 1rem; }
  .stack td:has(.verdicts)::before { float: none; display: block; width: auto; margin: 0; }
  .stack .number .reason { display: inline; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: 0.6rem; }
}
@media print {
  :root { color-scheme: light; ${customProperties('light')} --page: #ffffff; }
  @page { margin: 14mm; }
  body { font-size: 10pt; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main, header, footer { max-width: none; padding: 0; }
  nav, .controls { display: none; }
  figure:has(.on-paper) .plot { display: none; }
  .on-paper { display: block; }
  section, header section { margin: 1.5rem 0; }
  h2, h3, figcaption { break-after: avoid; }
  figure, tr, .card { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 8.5pt; }
  .sub, thead th { font-size: 7.5pt; }
  th, td { padding: 0.3rem 0.4rem; }
  td:not(.number), tbody th { min-width: 0; }
  .number { white-space: normal; }
  .cards { grid-template-columns: repeat(6, 1fr); }
  .card { grid-column: span 2; }
  .card.wide { grid-column: span 3; }
  .charts { grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); }
  pre { white-space: pre-wrap; }
  .charts.wide { grid-template-columns: 1fr 1fr; }
  .verdicts { min-width: 0; }
  form { display: none; }
  canvas { max-width: 100%; }
}
`;
