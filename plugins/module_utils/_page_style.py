# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the report looks: on a wide screen and a narrow one, in light and in dark, and on paper."""

from __future__ import annotations

import typing as t

STYLE: t.Final = """
:root {
  color-scheme: light dark;
  --paper: #f6f7f9; --card: #fff; --ink: #17202e; --soft: #586275; --line: #dfe3e9; --link: #1d57b8;
  --good: #16794f; --bad: #b72d2d; --wait: #8a5a00;
  --good-bg: #e3f4ec; --bad-bg: #fbe6e6; --wait-bg: #fdf1d8;
  --complete: #0b6e69; --migrated: #35a67a; --working: #2c6fdc; --queued: #93b8f1;
  --throttled: #e3a32b; --audited: #a798d8; --not_started: #cbd2db; --stopped: #7f8a9b;
  --unknown: #b2559b; --failed: #cf3f3f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #10151d; --card: #182029; --ink: #e6ebf2; --soft: #9aa6b6; --line: #2b3643;
    --link: #83b1ff; --good: #6fd6a5; --bad: #ff9b95; --wait: #f3c667;
    --good-bg: #143528; --bad-bg: #41201f; --wait-bg: #3a2d10;
    --complete: #2aa198; --migrated: #4cc38f; --working: #5b95f5; --queued: #35558d;
    --throttled: #d99a2b; --audited: #8575bf; --not_started: #3d4856; --stopped: #6d7889;
    --unknown: #c46fae; --failed: #e5605c;
  }
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, header, footer { max-width: 76rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 0; }
h3 { font-size: 1rem; margin: 0; }
p { margin: .25rem 0; }
a { color: var(--link); }
.soft { color: var(--soft); }
.small { font-size: .86rem; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .4rem .8rem; z-index: 1; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 1rem 0; }
.headline { font-size: 1.15rem; margin: 1rem 0 .6rem; font-weight: 600; }
.tiles { display: grid; grid-template-columns: repeat(6, 1fr); gap: .75rem; margin: 1rem 0 0; }
.tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: .8rem 1rem; }
.tile dt { color: var(--soft); font-size: .86rem; }
.tile dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile dd + dd { font-size: .86rem; font-weight: 400; color: var(--soft); }
dl { margin: 0; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  margin: 1.25rem 0; padding: 1.1rem 1.25rem 1.25rem; scroll-margin-top: 1rem;
}
section > h2 + p { color: var(--soft); margin-bottom: .75rem; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; color: var(--soft); font-size: .86rem; padding-bottom: .4rem; }
th, td { text-align: left; vertical-align: top; padding: .5rem .6rem; border-top: 1px solid var(--line); }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; color: var(--soft); font-weight: 500; font-size: .86rem; vertical-align: bottom; }
tbody th { font-weight: 600; overflow-wrap: anywhere; }
tfoot th, tfoot td { font-weight: 650; border-top: 2px solid var(--line); }
.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.wide { width: 36%; min-width: 12rem; }
.some { color: var(--bad); font-weight: 600; }
.bar, .line { display: block; width: 100%; }
.bar { height: .9rem; border-radius: 5px; background: var(--line); margin: .3rem 0; }
.hero { height: 1.5rem; border-radius: 8px; margin: .5rem 0; }
.line { height: 3rem; border-bottom: 1px solid var(--soft); overflow: visible; }
.complete { fill: var(--complete); background: var(--complete); }
.migrated, .moved { fill: var(--migrated); background: var(--migrated); }
.working, .first { fill: var(--working); background: var(--working); }
.queued { fill: var(--queued); background: var(--queued); }
.throttled, .left { fill: var(--throttled); background: var(--throttled); }
.audited { fill: var(--audited); background: var(--audited); }
.not_started { fill: var(--not_started); background: var(--not_started); }
.stopped, .ignored { fill: var(--stopped); background: var(--stopped); }
.unknown { fill: var(--unknown); background: var(--unknown); }
.failed { fill: var(--failed); background: var(--failed); }
.later { fill: var(--complete); background: var(--complete); }
.mark { fill: var(--failed); background: var(--failed); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .4rem 0; padding: 0; }
.legend { font-size: .86rem; }
.dot { display: inline-block; width: .7rem; height: .7rem; border-radius: 3px; margin-right: .4rem; }
.chip { display: inline-block; padding: .05rem .6rem; border-radius: 99px; font-size: .86rem; font-weight: 600; }
.chip.passed { color: var(--good); background: var(--good-bg); }
.chip.shut { color: var(--bad); background: var(--bad-bg); }
.chip.open { color: var(--wait); background: var(--wait-bg); }
.lane { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; align-items: end; margin-top: .8rem; }
.lane b, .lane .soft { overflow-wrap: anywhere; }
.axis { display: flex; justify-content: space-between; grid-column: 2; padding-top: .2rem; }
.axis span { font-size: .8rem; color: var(--soft); font-variant-numeric: tabular-nums; }
.note { display: block; white-space: pre-line; }
.note, .trouble { overflow-wrap: anywhere; }
.trouble { color: var(--bad); }
.remedies { display: grid; gap: .75rem; }
.remedy { border-left: 4px solid var(--failed); padding: .1rem 0 .1rem .9rem; }
.remedy ul { columns: 20rem; margin: .4rem 0; padding-left: 1.1rem; }
.remedy li { break-inside: avoid; overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: .6rem; margin: .8rem 0; align-items: end; }
.tools label { font-size: .86rem; color: var(--soft); display: grid; gap: .15rem; flex: 1 1 9rem; }
.tools label.grow { flex: 3 1 16rem; }
input, select, button {
  font: inherit; color: inherit; background: var(--card); border: 1px solid var(--soft);
  border-radius: 7px; padding: .4rem .65rem; min-width: 0; width: 100%;
}
button { cursor: pointer; width: auto; }
button:disabled { opacity: .45; cursor: default; }
thead button { border: 0; padding: 0; background: none; font-weight: 500; color: var(--soft); text-align: inherit; }
thead button:hover { color: var(--ink); text-decoration: underline; }
th[aria-sort] button { color: var(--ink); }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
.who { overflow-wrap: anywhere; }
.who span, .under { display: block; color: var(--soft); font-size: .86rem; font-weight: 400; }
time { white-space: nowrap; }
.pager { display: flex; gap: .6rem; align-items: center; margin-top: .8rem; flex-wrap: wrap; }
.pager p { margin: 0; margin-right: auto; }
details summary { cursor: pointer; color: var(--link); margin-top: .9rem; }
footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .86rem; }
.paper { display: none; }
@media (max-width: 64rem) { .tiles { grid-template-columns: repeat(3, 1fr); } }
@media (max-width: 46rem) {
  main, header, footer { padding: 0 1rem; }
  header { padding-top: 1.25rem; }
  h1 { font-size: 1.4rem; }
  section { padding: 1rem; margin: 1rem 0; }
  .tiles { grid-template-columns: repeat(2, 1fr); }
  .stack thead { display: block; }
  .stack thead th:not(.sorts) { display: none; }
  .stack thead tr { display: flex; flex-wrap: wrap; gap: .15rem .9rem; padding-bottom: .4rem; }
  .stack thead th { padding: 0; }
  .stack thead th.sorts:first-child::before { content: "Sort by: "; color: var(--soft); font-size: .86rem; }
  .stack tbody, .stack tfoot { display: block; }
  .stack tbody tr, .stack tfoot tr {
    display: grid; grid-template-columns: repeat(4, 1fr); gap: .15rem .6rem;
    border-top: 1px solid var(--line); padding: .7rem 0;
  }
  .stack tfoot tr { border-top: 2px solid var(--line); }
  .stack tbody th, .stack tbody td, .stack tfoot th, .stack tfoot td { border: 0; padding: 0; width: auto; }
  .stack .all { grid-column: 1 / -1; }
  .stack .n { text-align: left; font-weight: 600; }
  .stack [data-name]::before { content: attr(data-name); display: block; color: var(--soft); }
  .stack [data-name]::before { font-size: .78rem; font-weight: 400; }
  .wide { min-width: 0; }
  .lane { grid-template-columns: 1fr; }
  .axis { grid-column: 1; }
  .axis span:nth-child(even) { display: none; }
}
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --link: #000;
    --good: #0b5a38; --bad: #8f1d1d; --wait: #6b4600; --good-bg: #fff; --bad-bg: #fff; --wait-bg: #fff;
  }
  html { font-size: 9.5pt; }
  .tiles { grid-template-columns: repeat(3, 1fr); }
  body { font-size: 1rem; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  main, header, footer { max-width: none; padding: 0; }
  nav, .tools, .pager, .screen, thead button::after, details summary { display: none !important; }
  section { border: 0; padding: 0; margin: 14pt 0; }
  .tile { border-color: #bbb; }
  .tile, tr, .lane, .remedy { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .paper { display: block; }
  .chip { border: 1px solid; }
  @page { margin: 14mm; }
}
"""
