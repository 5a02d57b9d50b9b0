# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one page that needs no other file and no network. Pure.

Every text from the service goes through ``_text``; the list of mailboxes goes along as JSON. The
page carries a policy under which a browser runs the one script of ours and loads nothing, so that
even a name that slipped through could do no harm.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import html
import json
import re
import typing as t
from collections.abc import Iterator, Mapping, Sequence

from ._charts import Run, Span, busiest, number, stacked_bar, time_line
from ._models import KINDS, iso
from ._page_script import FIELDS, SCRIPT
from ._page_style import STYLE
from ._waves import (
    FATES,
    STAGES,
    Items,
    Mailbox,
    Wave,
    items_by_kind,
    over_kinds,
    stages_of,
)

#: How many mailboxes are named under each reason; the list of the page has all.
NAMED: t.Final = 12

_SECTIONS: t.Final = {
    "waves": "Waves",
    "people": "What needs a person",
    "items": "Items",
    "passes": "Passes",
    "list": "Mailboxes",
}
_VERDICTS: t.Final = {"passed": "passed", "failed": "shut", "open": "open"}
_KIND_NAMES: t.Final = dict(zip(KINDS, ("Mail", "Calendar", "Contacts")))
_FATE_NAMES: t.Final = {fate: fate for fate in FATES}
#: Columns of the list: what it is sorted by, heading, class.
_COLUMNS: t.Final = (
    ("source", "Mailbox", ""),
    ("wave", "Wave", ""),
    ("stage", "Stage and status", ""),
    ("passes", "Passes", "n"),
    ("moved", "Moved", "n"),
    ("failed", "Failed", "n"),
    ("ignored", "Ignored", "n"),
    ("left", "Left", "n"),
    ("ended", "Newest pass ended", "n"),
)

#: Control characters but for the ends of lines, and signs that turn the direction of writing.
_TURNING: t.Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)

Lines = Iterator[str]


def page(title: str, made_at: str, waves: Sequence[Wave]) -> Lines:
    """The parts of the page. made_at is a moment in ISO 8601 and UTC."""
    mailboxes = [one for wave in waves for one in wave["mailboxes"]]
    yield from _head(title)
    yield from _summary(title, made_at, waves, mailboxes)
    yield "<main>"
    yield from _waves(waves)
    yield from _people(waves)
    yield from _items(mailboxes)
    yield from _passes(waves)
    yield from _list(len(mailboxes))
    yield "</main>"
    yield from _foot()
    yield f'<script type="application/json" id="facts">{_facts(waves)}</script>\n'
    yield f"<script>{SCRIPT}</script>\n</body>\n</html>\n"


def _seen(text: str) -> str:
    """A text in which what cannot be seen is: signs that turn the direction of writing deceive."""
    return _TURNING.sub("\ufffd", text)


def _text(value: object) -> str:
    return html.escape(_seen(str(value)))


def _name(value: object) -> str:
    """A name from the service, whose direction of writing reaches nothing around it."""
    return f"<bdi>{_text(value)}</bdi>"


def _when(moment: str | None) -> str:
    """A moment as people read it, in a form that programs read too."""
    if moment is None:
        return "never"
    words = moment.replace("T", " ").removesuffix("Z")
    return f'<time datetime="{_text(moment)}">{_text(words)} UTC</time>'


def _many(count: int, one: str, more: str) -> str:
    return f"{number(count)} {one if count == 1 else more}"


def _hash(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def _head(title: str) -> Lines:
    policy = (
        f"default-src 'none'; script-src {_hash(SCRIPT)}; style-src {_hash(STYLE)};"
        " base-uri 'none'; form-action 'none'"
    )
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="robots" content="noindex">\n'
    yield f"<title>{_text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"


# What it comes to ---------------------------------------------------------------------------


def _summary(
    title: str, made_at: str, waves: Sequence[Wave], mailboxes: Sequence[Mailbox]
) -> Lines:
    stages, items = stages_of(mailboxes), over_kinds(items_by_kind(mailboxes))
    links = "".join(f'<a href="#{name}">{words}</a>' for name, words in _SECTIONS.items())
    yield '<a class="skip" href="#list">Skip to the list of mailboxes</a>\n<header>\n'
    yield f"<h1>{_name(title)}</h1>\n"
    yield f'<p class="soft">Made {_when(made_at)} from what the service itself told.</p>\n'
    yield f'<nav aria-label="On this page">{links}</nav>\n'
    yield f'<p class="headline">{_headline(mailboxes)}{_unread(waves)}</p>\n'
    yield stacked_bar("All mailboxes", stages, STAGES).replace('class="bar"', 'class="bar hero"')
    yield _legend(stages)
    yield '<dl class="tiles">\n'
    for tile in _tiles(waves, mailboxes, items):
        yield f'<div class="tile"><dt>{tile[0]}</dt><dd>{tile[1]}</dd><dd>{tile[2]}</dd></div>\n'
    yield "</dl>\n</header>\n"


def _headline(mailboxes: Sequence[Mailbox]) -> str:
    total, over = len(mailboxes), _over(mailboxes)
    needy = sum(one["reason"] is not None for one in mailboxes)
    if not total:
        return "No mailbox is known yet."
    if needy:
        verb = "needs" if needy == 1 else "need"
        return f"{number(needy)} of {_many(total, 'mailbox', 'mailboxes')} {verb} a person."
    if over == total:
        return f"All {_many(total, 'mailbox is', 'mailboxes are')} migrated."
    return (
        f"{number(over)} of {_many(total, 'mailbox', 'mailboxes')} migrated; none needs a person."
    )


def _unread(waves: Sequence[Wave]) -> str:
    """How many waves could not be read, where there are any: what is said of the others is not all."""
    lost = sum(wave["trouble"] is not None for wave in waves)
    return f" {_many(lost, 'wave', 'waves')} could not be read." if lost else ""


def _over(mailboxes: Sequence[Mailbox]) -> int:
    stages = stages_of(mailboxes)
    return stages["migrated"] + stages["complete"]


def _tiles(
    waves: Sequence[Wave], mailboxes: Sequence[Mailbox], items: Items
) -> list[tuple[str, str, str]]:
    total, over = len(mailboxes), _over(mailboxes)
    passed = sum(wave["gate"]["verdict"] == "passed" for wave in waves)
    needy = sum(one["reason"] is not None for one in mailboxes)
    share = f"{100 * over // total} % of {number(total)}" if total else "of none"
    return [
        ("Mailboxes migrated", number(over), share),
        ("Gates passed", number(passed), f"of {_many(len(waves), 'wave', 'waves')}"),
        ("Need a person", number(needy), _many(total, "mailbox", "mailboxes") + " in all"),
        ("Items moved", number(items["moved"]), "in all passes"),
        ("Items failed", number(items["failed"]), "in the newest passes"),
        ("Items left", number(items["left"]), "by the newest passes"),
    ]


def _legend(stages: Mapping[str, int]) -> str:
    parts = "".join(
        f'<li><i class="dot {stage}" aria-hidden="true"></i>{number(count)} {STAGES[stage]}</li>'
        for stage, count in stages.items()
        if count
    )
    return f'<ul class="legend">{parts}</ul>\n'


# Waves --------------------------------------------------------------------------------------


def _section(name: str, words: str) -> str:
    title = f'<h2 id="{name}-title">{_SECTIONS[name]}</h2>'
    return f'<section id="{name}" aria-labelledby="{name}-title">{title}<p>{words}</p>\n'


def _waves(waves: Sequence[Wave]) -> Lines:
    yield _section(
        "waves", "How far the mailboxes of each wave are, and whether its gate lets it through."
    )
    if not waves:
        yield "<p>None has been read yet.</p></section>\n"
        return
    yield '<table class="stack"><thead><tr><th scope="col">Wave</th><th scope="col">Gate</th>'
    yield '<th scope="col" class="wide">Mailboxes</th>'
    for words in ("Number", "Moved", "Failed", "Left"):
        yield f'<th scope="col" class="n">{words}</th>'
    yield "</tr></thead>\n<tbody>\n"
    for wave in waves:
        yield from _wave(wave)
    yield "</tbody></table></section>\n"


def _wave(wave: Wave) -> Lines:
    mailboxes, gate = wave["mailboxes"], wave["gate"]
    stages, items = stages_of(mailboxes), over_kinds(items_by_kind(mailboxes))
    words = ", ".join(f"{number(count)} {STAGES[name]}" for name, count in stages.items() if count)
    yield f'<tr><th scope="row" class="all">{_name(wave["batch"])}'
    yield f'<span class="under">read {_when(wave["read_at"])}</span></th>'
    yield f'<td class="all"><span class="chip {_VERDICTS[gate["verdict"]]}">{_text(gate["verdict"])}</span>'
    yield f'<br><span class="soft small">{_text(gate["text"])}</span></td>'
    yield f'<td class="all wide">{stacked_bar(wave["batch"], stages, STAGES)}<span class="soft small">{words}</span>'
    if wave["switched_at"]:
        yield f'<br><span class="small">MX record switched {_when(wave["switched_at"])}</span>'
    if wave["note"]:
        yield f'<span class="note small">{_text(wave["note"])}</span>'
    if wave["trouble"]:
        yield f'<br><span class="small trouble">Could not be read: {_text(wave["trouble"])}</span>'
    yield f"</td>{_count('Number', len(mailboxes))}"
    for fate in ("moved", "failed", "left"):
        yield _count(fate.title(), items[fate], is_bad=fate == "failed")
    yield "</tr>\n"


def _count(name: str, value: int, is_bad: bool = False) -> str:
    kind = "n some" if is_bad and value else "n"
    return f'<td class="{kind}" data-name="{name}">{number(value)}</td>'


# People -------------------------------------------------------------------------------------


def _remedies(waves: Sequence[Wave]) -> dict[tuple[str, str], list[tuple[str, Mailbox]]]:
    """The mailboxes that need a person, with their waves, by the reason and what to do next."""
    found: dict[tuple[str, str], list[tuple[str, Mailbox]]] = {}
    for wave in waves:
        for one in wave["mailboxes"]:
            if one["reason"] is not None:
                remedy = one["reason"], one["next"] or ""
                found.setdefault(remedy, []).append((wave["batch"], one))
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _people(waves: Sequence[Wave]) -> Lines:
    remedies = _remedies(waves)
    words = "Everything else goes on by itself, throttled mailboxes too."
    nobody = "Nothing that has been read does." if _unread(waves) else "Nothing does."
    yield _section("people", (words if remedies else nobody) + _unread(waves))
    yield '<div class="remedies">\n'
    for place, ((reason, action), members) in enumerate(remedies.items()):
        yield f'<article class="remedy"><h3>{_text(reason)} <span class="soft">'
        yield f"{_many(len(members), 'mailbox', 'mailboxes')}</span></h3>"
        yield f"<p><b>Next:</b> {_text(action)}</p><ul>"
        for batch, one in members[:NAMED]:
            who = one["source_email"] or one["migration_tag"]
            where = f"{_name(batch)}, {_text(one['status'])}"
            yield f'<li>{_name(who)} <span class="under">{where}</span></li>'
        yield "</ul>"
        if len(members) > NAMED:
            yield f'<p class="soft small">and {number(len(members) - NAMED)} more</p>'
        yield f'<button type="button" class="screen" data-remedy="{place}">Show in the list</button></article>\n'
    yield "</div></section>\n"


# Items --------------------------------------------------------------------------------------


def _items(mailboxes: Sequence[Mailbox]) -> Lines:
    kinds = items_by_kind(mailboxes)
    yield _section(
        "items",
        "Moved counts all passes; failed, ignored and left are those of each mailbox's newest pass that has ended.",
    )
    yield '<table class="stack"><thead><tr><th scope="col">Kind</th><th scope="col" class="wide">Share</th>'
    for fate in FATES:
        dot = f'<i class="dot {fate}" aria-hidden="true"></i>'
        yield f'<th scope="col" class="n">{dot}{fate.title()}</th>'
    yield "</tr></thead>\n<tbody>\n"
    for kind, words in _KIND_NAMES.items():
        yield f'<tr><th scope="row" class="all">{words}</th>'
        yield f'<td class="all wide">{stacked_bar(words, kinds[kind], _FATE_NAMES)}</td>'
        for fate, count in kinds[kind].items():
            yield _count(fate.title(), count, is_bad=fate == "failed")
        yield "</tr>\n"
    total = over_kinds(kinds)
    yield '</tbody>\n<tfoot><tr><th scope="row" class="all">All</th>'
    yield f'<td class="all wide">{stacked_bar("All", total, _FATE_NAMES)}</td>'
    for fate, count in total.items():
        yield _count(fate.title(), count, is_bad=fate == "failed")
    yield "</tr></tfoot></table></section>\n"


# Passes -------------------------------------------------------------------------------------


def _moment(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=dt.timezone.utc)


def _runs(wave: Wave, made: dict[str, dt.datetime]) -> list[Run]:
    """The passes of a wave. One without an end runs until the wave was read."""

    def moment(text: str) -> dt.datetime:
        if text not in made:  # thousands of passes share their seconds
            made[text] = _moment(text)
        return made[text]

    now = wave["read_at"] or "1970-01-01T00:00:00Z"
    return [
        (moment(begin), moment(end or max(now, begin)), place == 0)
        for one in wave["mailboxes"]
        for place, (begin, end) in enumerate(one["passes"])
    ]


def _passes(waves: Sequence[Wave]) -> Lines:
    yield _section(
        "passes", "How many passes ran when, each wave to its own height. Times are UTC."
    )
    made: dict[str, dt.datetime] = {}
    lanes = [(wave, _runs(wave, made)) for wave in waves]
    lanes = [(wave, runs) for wave, runs in lanes if runs]
    switches = [_moment(wave["switched_at"]) for wave, _runs in lanes if wave["switched_at"]]
    moments = [
        moment for _wave, runs in lanes for begin, end, _first in runs for moment in (begin, end)
    ]
    span = Span.around([*moments, *switches])
    if span is None:
        yield "<p>There has been none yet.</p></section>\n"
        return
    yield '<ul class="legend"><li><i class="dot first" aria-hidden="true"></i>first pass of a mailbox</li>'
    yield '<li><i class="dot later" aria-hidden="true"></i>later pass</li>'
    if switches:
        yield '<li><i class="dot mark" aria-hidden="true"></i>MX record switched</li>'
    yield "</ul>\n"
    for wave, runs in lanes:
        yield from _lane(wave, runs, span)
    marks = "".join(f"<span>{mark}</span>" for mark in span.marks())
    yield f'<div class="lane"><div class="axis" aria-hidden="true">{marks}</div></div>\n'
    yield "<details><summary>The same as a table</summary>"
    yield '<table class="stack"><thead><tr><th scope="col">Wave</th><th scope="col" class="n">Passes</th>'
    yield '<th scope="col" class="n">At once</th><th scope="col">First began</th><th scope="col">Newest ended</th>'
    yield "</tr></thead><tbody>\n"
    for wave, runs in lanes:
        yield f'<tr><th scope="row" class="all">{_name(wave["batch"])}</th>'
        yield _count("Passes", len(runs)) + _count("At once", busiest(runs))
        first = iso(min(begin for begin, _end, _first in runs))
        yield f'<td class="all" data-name="First began">{_when(first)}</td>'
        yield f'<td class="all" data-name="Newest ended">{_when(_newest_end(wave))}</td></tr>\n'
    yield "</tbody></table></details></section>\n"


def _newest_end(wave: Wave) -> str | None:
    ends = [end for one in wave["mailboxes"] for _begin, end in one["passes"] if end]
    return max(ends, default=None)


def _lane(wave: Wave, runs: Sequence[Run], span: Span) -> Lines:
    count = f"{_many(len(runs), 'pass', 'passes')}, {number(busiest(runs))} at once at the most"
    mark = _moment(wave["switched_at"]) if wave["switched_at"] else None
    title = f"{wave['batch']}: {count}; the first began {min(run[0] for run in runs):%Y-%m-%d %H:%M} UTC"
    yield f'<div class="lane"><div><b>{_name(wave["batch"])}</b><br><span class="soft small">{count}</span></div>'
    yield f"{time_line(title, runs, span, mark)}</div>\n"


# Mailboxes ----------------------------------------------------------------------------------


def _list(total: int) -> Lines:
    yield _section(
        "list",
        f"{_many(total, 'mailbox', 'mailboxes')}; report.csv beside this page has them all too.",
    )
    yield '<div class="tools" role="search" aria-label="Mailboxes">'
    yield '<label class="grow">Search (address, wave, status)'
    yield '<input id="search" type="search" autocomplete="off"></label>'
    for name, words, first in (
        ("wave", "Wave", '<option value="">all</option>'),
        ("stage", "Stage", '<option value="">all</option>'),
        (
            "need",
            "Needs a person",
            '<option value="">all</option><option value="any">those who do</option>',
        ),
    ):
        yield f'<label>{words}<select id="{name}">{first}</select></label>'
    yield "</div>\n"
    yield "<noscript><p>The list needs scripts; report.csv beside this page does not.</p></noscript>\n"
    yield '<table class="stack"><thead><tr>'
    for name, words, kind in _COLUMNS:
        yield f'<th scope="col" class="sorts {kind}"><button type="button" data-sort="{name}">{words}</button></th>'
    yield '</tr></thead>\n<tbody id="rows"></tbody></table>\n'
    yield '<div class="pager"><p id="said" role="status"></p>'
    yield '<button type="button" id="previous">Previous</button>'
    yield '<button type="button" id="next">Next</button></div>\n'
    yield '<p class="paper">On paper this list ends after 400 mailboxes; report.csv has them all.</p></section>\n'


def _facts(waves: Sequence[Wave]) -> str:
    """The list as JSON that no text in it can end: the page's parser looks for < alone."""
    statuses: dict[str, int] = {}
    stages = {stage: place for place, stage in enumerate(STAGES)}
    remedies = {remedy: place for place, remedy in enumerate(_remedies(waves))}
    facts = {
        "fields": FIELDS,
        "waves": [_seen(wave["batch"]) for wave in waves],
        "stages": list(STAGES.items()),
        "remedies": list(remedies),
        "rows": [
            _row(one, place, stages, statuses, remedies)
            for place, wave in enumerate(waves)
            for one in wave["mailboxes"]
        ],
        "statuses": list(statuses),
    }
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _row(
    one: Mailbox,
    wave: int,
    stages: Mapping[str, int],
    statuses: dict[str, int],
    remedies: Mapping[tuple[str, str], int],
) -> list[t.Any]:
    items, passes = over_kinds(one["items"]), one["passes"]
    ended = max((end for _begin, end in passes if end), default=None)
    remedy = (one["reason"], one["next"] or "") if one["reason"] is not None else None
    return [
        _seen(one["source_email"] or one["migration_tag"]),
        _seen(one["target_email"] or ""),
        wave,
        stages[one["stage"]],
        statuses.setdefault(one["status"], len(statuses)),
        len(passes),
        *(items[fate] for fate in FATES),
        int(_moment(ended).timestamp()) if ended else 0,
        remedies[remedy] if remedy else -1,
    ]


def _foot() -> Lines:
    yield (
        "<footer><p>A gate lets a wave through when every mailbox has a finished pass (since the switch,"
        " where that is declared) and no more mailboxes and items have failed than were allowed."
        " A mailbox that is throttled resumes by itself. Migrated means that all that could be read was read:"
        " what failed and what is left is counted beside it.</p></footer>\n"
    )
