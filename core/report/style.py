"""How a report looks, on a screen and on A4."""

from __future__ import annotations

from core.charts.house import COLORS, FONT_FAMILY

_LIGHT = COLORS["light"]

STYLE = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ font: 16px/1.5 {FONT_FAMILY}; color: {_LIGHT["text"]}; background: {_LIGHT["background"]};
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }}
header p {{ margin: 0; color: {_LIGHT["primary"]}; font-weight: 600; }}
h1 {{ font-size: 1.75rem; line-height: 1.25; margin: 0 0 1rem; }}
h2 {{ font-size: 1.2rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid {_LIGHT["border"]}; }}
p {{ margin: .5rem 0; }}
a {{ color: {_LIGHT["primary"]}; overflow-wrap: anywhere; }}
dl {{ margin: 0; display: grid; gap: .25rem 1.5rem; }}
dl.top {{ grid-template-columns: 2fr 1fr 1fr; }}
dl.pairs {{ grid-template-columns: repeat(auto-fill, minmax(12rem, 1fr)); }}
dl div {{ border-bottom: 1px solid {_LIGHT["border"]}; padding-bottom: .15rem; break-inside: avoid; }}
dt {{ font-size: .8rem; color: {_LIGHT["ghost"]}; }}
dd {{ margin: 0; min-height: 1.5em; }}
figure {{ margin: 1rem 0 0; break-inside: avoid; }}
figcaption {{ font-weight: 600; }}
svg {{ max-width: 100%; }}
figure > svg {{ width: 100%; height: auto; display: block; font-family: inherit; }}
.legend {{ list-style: none; margin: .25rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem;
  font-size: .85rem; }}
.legend svg {{ vertical-align: middle; margin-right: .4rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .3rem .6rem; text-align: right; border: 1px solid {_LIGHT["border"]}; font-weight: 400; }}
th {{ text-align: left; }}
thead th {{ font-weight: 600; font-size: .85rem; }}
.matrix {{ font-size: .8rem; table-layout: fixed; width: 100%; break-inside: avoid; }}
.matrix th, .matrix td {{ padding: .3rem .15rem; text-align: center; hyphens: auto; line-height: 1.2; }}
.matrix .right {{ outline: 2px solid {_LIGHT["text"]}; outline-offset: -2px; font-weight: 600; }}
.matrix .share {{ color: {_LIGHT["ghost"]}; }}
.typed {{ white-space: pre-wrap; }}
hr {{ border: 0; border-bottom: 1px solid {_LIGHT["ghost"]}; margin: 0; height: 2rem; }}
pre {{ font: .75rem/1.4 "Source Code Pro", "DejaVu Sans Mono", Consolas, monospace; white-space: pre-wrap;
  background: {_LIGHT["surface"]}; padding: 1rem; margin: .5rem 0 0; }}
@page {{ size: A4; margin: 16mm 15mm; }}
@media print {{
  body {{ font-size: 10.5pt; margin: 0; max-width: none; padding: 0; }}
  h2 {{ break-after: avoid; margin-top: 1.25rem; }}
  .curves figure > svg {{ width: 88%; }}
  .notes, .reopen, .results, .prediction {{ break-inside: avoid; }}
  .program {{ break-before: page; }}
  pre {{ font-size: 7.5pt; padding: 0; background: none; }}
  a {{ text-decoration: none; }}
}}
@media (max-width: 40rem) {{
  dl.top {{ grid-template-columns: 1fr; }}
  .matrix {{ font-size: .65rem; }}
  .results :is(table, thead th) {{ font-size: .75rem; }}
  th, td {{ padding: .25rem; }}
}}
"""
