"""The report of an evaluation as one HTML file that needs nothing beside it: no script, no link, images inside."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from .look_ahead import Report
from .report_sheets import every_sheet, sheets
from .validation_clips import NAMES

STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1c1e21; --soft: #5a6069; --line: #d8dce1; --band: #f4f6f8;
  --accent: #00568a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181c; --ink: #e6e8eb; --soft: #a3abb5; --line: #343b44; --band: #1d2228; --accent: #7cc4f2; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
.lead, .note, figcaption { color: var(--soft); }
.note, figcaption { font-size: .875rem; max-width: 62rem; margin: .4rem 0 1.8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; margin: 1.2rem 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .875em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; }
.scroll { overflow-x: auto; margin-top: 1.4rem; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 1rem; padding-bottom: .5rem; }
th, td { padding: .35rem .8rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th[scope=row] { text-align: left; font-weight: 400; }
thead th { color: var(--soft); font-weight: 600; white-space: normal; vertical-align: bottom; min-width: 4.5rem; }
thead th.name { text-align: left; }
.trial { border-left: 4px solid #d55e00; padding: .4rem .9rem; background: var(--band); }
tbody tr:hover { background: var(--band); }
figure { margin: 1.6rem 0; }
img { display: block; max-width: 100%; height: auto; background: #fff; border: 1px solid var(--line);
  border-radius: 6px; padding: .6rem; }
summary { cursor: pointer; color: var(--accent); font-weight: 600; padding: .4rem 0; }
li { margin: .25rem 0; }
"""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG with what it shows, for those who see it and for those who do not."""

    path: Path
    caption: str
    alt: str

    def html(self) -> str:
        """A figure with the image inside the page."""
        data = base64.b64encode(self.path.read_bytes()).decode("ascii")
        return (
            f'<figure><img src="data:image/png;base64,{data}" alt="{escape(self.alt)}">'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>\n"
        )


def page(report: Report, pictures: Sequence[Picture]) -> str:
    """The whole report as HTML."""
    title = f"{report['bundle']}: evaluation"
    rows = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts(report).items())
    lead = "Every clip went frame by frame through the bundle, as it runs live."
    trial = f'<p class="trial">{escape(report["trial"])}</p>\n' if report["trial"] else ""
    limits = "".join(f"<li>{escape(limit)}</li>" for limit in report["limits"])
    images = (
        "".join(picture.html() for picture in pictures) or '<p class="note">None: matplotlib was not installed.</p>'
    )
    tables = "".join(sheet.html() for sheet in every_sheet(report))
    others = "".join(sheet.html() for sheet in sheets(report, list(report["scores"])))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><main>\n<h1>{escape(title)}</h1>\n"
        f'<p class="lead">{lead}</p>\n{trial}<dl>{rows}</dl>\n'
        f"<h2>Results</h2>\n{tables}<h2>Pictures</h2>\n{images}"
        f"<h2>Every look-ahead</h2>\n<details><summary>All tables at all look-aheads</summary>\n{others}</details>\n"
        f"<h2>Limits</h2>\n<ul>{limits}</ul>\n</main></body></html>\n"
    )


def facts(report: Report) -> dict[str, str]:
    """What was measured, where, when and how, in words."""
    clips = ", ".join(f"{count} of {NAMES.get(name, name)}" for name, count in report["clips"].items())
    return {
        "bundle": f"{report['bundle']}, {report['megabytes']:g} MB",
        "sha256": report["sha256"],
        "clips": clips,
        "date": report["date"],
        "machine": report["machine"],
        "software": report["software"],
        "time taken": f"{report['seconds']:.0f} s",
        "command": report["command"],
    }


def markdown(report: Report) -> str:
    """The tables, facts and limits as Markdown."""
    lines = [f"# {report['bundle']}: evaluation", ""]
    lines += [report["trial"], ""] if report["trial"] else []
    lines += [f"- {name}: {value}" for name, value in facts(report).items()]
    body = [sheet.markdown() for sheet in every_sheet(report)]
    others = [sheet.markdown() for sheet in sheets(report, list(report["scores"]))]
    limits = [f"- {limit}" for limit in report["limits"]]
    return "\n".join(
        [*lines, "", "## Results", "", *body, "## Every look-ahead", "", *others, "## Limits", "", *limits, ""]
    )
