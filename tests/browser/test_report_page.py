# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of the report in a browser: what a reader sees, presses and prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ansible_collections.cloudiway.mail.plugins.module_utils._waves import Wave
from ansible_collections.cloudiway.mail.tests.browser.conftest import SHOTS
from ansible_collections.cloudiway.mail.tests.browser.waves import (
    HOSTILE,
    hostile,
    leftward,
    lengthy,
    many,
    wave,
    written,
)
from ansible_collections.cloudiway.mail.tools.chromium import Page

FIRST = "document.querySelector('#rows th bdi').textContent"
ROWS = "document.querySelectorAll('#rows tr').length"
SAID = "document.getElementById('said').textContent"


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A report about 300 mailboxes in three waves."""
    return written(many(300, 3), tmp_path / "report.html")


def seek(page: Page, words: str) -> None:
    """Type into the search and wait for the list."""
    page.run(
        f"(() => {{ const box = document.getElementById('search'); box.value = {words!r};"
        " box.dispatchEvent(new Event('input')); })()"
    )
    page.run("new Promise(done => setTimeout(done, 150))")


def choose(page: Page, name: str, value: str) -> None:
    """Choose from one of the lists."""
    page.run(
        f"(() => {{ const list = document.getElementById({name!r}); list.value = {value!r};"
        " list.dispatchEvent(new Event('change')); })()"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(
    width: int, scheme: str, page: Page, report: Path
) -> None:
    page.look_like(width, scheme, height=2600)
    page.open(report)
    assert page.run("document.documentElement.scrollWidth") <= width
    ground = page.run("getComputedStyle(document.body).backgroundColor")
    brightness = sum(map(int, re.findall(r"\d+", ground)[:3])) / 3
    assert (brightness < 60) is (scheme == "dark")
    page.shoot(SHOTS / f"report-{width}-{scheme}.png")


#: What a page may be about besides: nothing at all, names written from right to left, the longest ones.
ODD = {"nothing": list[Wave], "leftward": leftward, "lengthy": lengthy}


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("odd", ODD)
def test_nothing_is_wider_than_the_screen_whatever_the_names(
    odd: str, width: int, page: Page, tmp_path: Path
) -> None:
    page.look_like(width, height=2600)
    page.open(written(ODD[odd](), tmp_path / "report.html"))
    assert page.run("document.documentElement.scrollWidth") <= width
    page.run("document.querySelector('details')?.toggleAttribute('open')")
    assert page.run("document.documentElement.scrollWidth") <= width
    page.shoot(SHOTS / f"report-{width}-{odd}.png")
    assert page.complaints == []


def test_a_name_turns_the_direction_of_nothing_around_it(page: Page, tmp_path: Path) -> None:
    waves = leftward()
    page.open(written(waves, tmp_path / "report.html"))
    # A name outside of those is next to words of ours, and would change places with them.
    outside = page.run(
        """(() => {
          const found = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
          while (texts.nextNode()) {
            const one = texts.currentNode.parentElement;
            if (/[\\u0590-\\u06ff]/.test(texts.currentNode.data) && !one.closest("bdi, [dir=auto], script"))
              found.add(one.outerHTML);
          }
          return [...found];
        })()"""
    )
    assert outside == []
    edges = page.run(
        "[...document.querySelectorAll('#waves tbody th > bdi')]"
        ".map(one => [one, one.closest('th')].map(box => Math.round(box.getBoundingClientRect().left)))"
    )
    assert len(edges) == len(waves)
    assert [name - cell for name, cell in edges] == [0, 0, 0]
    chosen = (
        "[...document.querySelectorAll('#wave option')].map(one => getComputedStyle(one).direction)"
    )
    assert page.run(chosen) == ["ltr", "rtl", "rtl", "ltr"]


def test_the_page_needs_no_other_file_and_no_network(page: Page, report: Path) -> None:
    page.open(report)
    assert page.requested == [report.as_uri()]
    assert page.complaints == []


def test_no_name_is_taken_for_markup_or_for_a_script(page: Page, tmp_path: Path) -> None:
    page.open(written(hostile(), tmp_path / "report.html"))
    assert page.run("document.title") == "Fabrikam <moves> & more"
    assert page.run("document.querySelectorAll('img, main script, #rows b').length") == 0
    shown = page.run("[...document.querySelectorAll('#rows th > bdi')].map(one => one.textContent)")
    assert shown == [re.sub("\u202e", "\ufffd", name) for name in HOSTILE]
    assert page.run("document.querySelector('#waves tbody th bdi').textContent") == HOSTILE[0]
    assert page.requested == [(tmp_path / "report.html").as_uri()]
    assert page.complaints == []


def test_a_script_that_slipped_in_would_not_run(page: Page, tmp_path: Path) -> None:
    path = written(many(10, 1), tmp_path / "report.html")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("</main>", "<script>document.title='taken'</script></main>"), encoding="utf-8"
    )
    page.open(path)
    assert page.run("document.title") == "Fabrikam <moves> & more"
    assert any("Content Security Policy" in complaint for complaint in page.complaints)


def test_the_list_is_searched_for_all_words_without_case(page: Page, report: Path) -> None:
    page.open(report)
    assert page.run(ROWS) == 100
    seek(page, "PERSON.0001 success")
    assert page.run(SAID) == "1 to 9, of 9 found of 300"
    seek(page, "nobody")
    assert page.run(ROWS) == 0
    assert page.run(SAID) == "No mailbox is like that."


def test_the_list_shows_one_wave_one_stage_or_those_who_need_a_person(
    page: Page, report: Path
) -> None:
    page.open(report)
    choose(page, "wave", "1")
    assert page.run(FIRST) == "person.00100@old.example"
    choose(page, "need", "any")
    # Of a hundred every tenth has failed, and every fifteenth lost items, some of them both.
    assert page.run(ROWS) == len([n for n in range(100, 200) if n % 10 == 9 or n % 15 == 14])
    choose(page, "wave", "")
    page.run("document.querySelector('[data-remedy]').click()")
    assert page.run("document.getElementById('need').value") == "0"
    assert page.run(ROWS) == 30


def test_a_heading_sorts_and_pressed_again_sorts_the_other_way(page: Page, report: Path) -> None:
    page.open(report)
    head = "document.querySelector('[data-sort=source]')"
    page.run(f"{head}.click()")
    assert page.run(f"{head}.parentElement.getAttribute('aria-sort')") == "ascending"
    page.run(f"{head}.click()")
    assert page.run(FIRST) == "person.00299@old.example"
    page.run("document.querySelector('[data-sort=moved]').click()")
    moved = page.run(
        "[...document.querySelectorAll('#rows [data-name=Moved]')]"
        ".map(one => Number(one.textContent.replace(/\\D/g, '')))"
    )
    assert moved == sorted(moved, reverse=True)
    assert page.run("document.querySelectorAll('[aria-sort]').length") == 1


def test_the_keyboard_alone_reaches_and_moves_everything(page: Page, report: Path) -> None:
    page.open(report)
    page.press("Tab")
    assert page.run("document.activeElement.className") == "skip"
    page.press("Enter", "\r")
    page.wait_for("location.hash === '#list'")
    page.press("Tab")
    assert page.run("document.activeElement.id") == "search"
    for _step in range(4):
        page.press("Tab")
    assert page.run("document.activeElement.dataset.sort") == "source"
    page.press("Enter", "\r")
    page.press("Enter", "\r")
    assert page.run(FIRST) == "person.00299@old.example"
    page.run("document.getElementById('next').focus()")
    page.press("Enter", "\r")
    assert page.run(SAID) == "101 to 200, of 300 found"
    assert page.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_every_picture_field_and_section_has_a_name(page: Page, report: Path) -> None:
    page.open(report)
    assert page.run("document.querySelectorAll('svg').length") >= 10
    nameless = "[...document.querySelectorAll({})].filter(one => !({})).map(one => one.outerHTML)"
    for what, named in (
        ("'svg'", "one.getAttribute('role') === 'img' && one.getAttribute('aria-label')"),
        ("'input, select'", "one.labels.length && one.labels[0].textContent.trim()"),
        ("'button'", "one.textContent.trim()"),
        ("'section'", "document.getElementById(one.getAttribute('aria-labelledby'))"),
        ("'.dot'", "one.getAttribute('aria-hidden') === 'true'"),
    ):
        assert page.run(nameless.format(what, named)) == []
    label = page.run("document.querySelector('#waves svg').getAttribute('aria-label')")
    assert label == "Wave 1: 90 migrated, 10 failed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(scheme: str, page: Page, report: Path) -> None:
    page.look_like(1280, scheme)
    page.open(report)
    faint = page.run(
        """(() => {
          const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
          const light = (colour) => {
            const [r, g, b] = parts(colour).map((one) => one / 255)
              .map((one) => one <= .03928 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4);
            return .2126 * r + .7152 * g + .0722 * b;
          };
          const ground = (one) => {
            for (; one; one = one.parentElement) {
              const colour = getComputedStyle(one).backgroundColor;
              if (parts(colour)[3] !== 0) return colour;
            }
            return "rgb(255, 255, 255)";
          };
          const found = new Set();
          for (const one of document.querySelectorAll("body *")) {
            const own = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
            if (!own || one.closest("svg, script, noscript, .skip") || one.disabled) continue;
            const a = light(getComputedStyle(one).color), b = light(ground(one));
            const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
            if (ratio < 4.5) found.add(one.tagName + "." + one.className + " " + ratio.toFixed(2));
          }
          return [...found];
        })()"""
    )
    assert faint == []


def test_on_paper_there_are_no_controls_and_the_list_is_longer(page: Page, report: Path) -> None:
    page.open(report)
    page.ask("Emulation.setEmulatedMedia", media="print")
    page.run("dispatchEvent(new Event('beforeprint'))")
    assert page.run(ROWS) == 300
    shown = "getComputedStyle(document.querySelector({!r})).display"
    assert page.run(shown.format(".tools")) == page.run(shown.format("nav")) == "none"
    assert page.run(shown.format(".paper")) == "block"
    page.print(SHOTS / "report.pdf")
    assert (SHOTS / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_wave_that_could_not_be_read_says_so_and_an_empty_report_is_a_page(
    page: Page, tmp_path: Path
) -> None:
    trouble = wave("Lost", [], read_at=None, trouble="the service is not there")
    page.open(written([trouble], tmp_path / "report.html"))
    assert "Could not be read: the service is not there" in page.run("document.body.innerText")
    assert page.run("document.querySelector('.headline').textContent") == (
        "No mailbox is known yet. 1 wave could not be read."
    )
    assert "Nothing that has been read does. 1 wave could not be read." in page.run(
        "document.getElementById('people').innerText"
    )
    page.open(written([], tmp_path / "empty.html"))
    assert page.run("document.querySelector('.headline').textContent") == "No mailbox is known yet."
    assert "None has been read yet." in page.run("document.getElementById('waves').innerText")
    assert page.run(SAID) == "There is none yet."
    assert page.complaints == []


@pytest.mark.parametrize(("mailboxes", "waves", "most"), [(5000, 25, 1.0), (50000, 100, 6.0)])
def test_a_long_list_is_quick_to_open_to_search_and_to_sort(
    mailboxes: int, waves: int, most: float, page: Page, tmp_path: Path
) -> None:
    report = written(many(mailboxes, waves), tmp_path / "report.html")
    page.open(report)
    page.wait_for("performance.getEntriesByName('first-contentful-paint').length")
    ready, paint = page.run(
        "[performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,"
        " performance.getEntriesByName('first-contentful-paint')[0].startTime]"
    )
    # Judged by the time of a processor: what else the machine does then is not the page's fault.
    opened = page.worked
    page.run("document.querySelector('[data-sort=source]').click()")
    sorted_by = page.worked
    seek(page, "9@old")
    searched = page.worked
    print(
        f"{mailboxes} mailboxes: {report.stat().st_size / 1e6:.1f} MB, ready after {ready:.0f} ms,"
        f" painted after {paint:.0f} ms; of a processor it took {1000 * opened:.0f} ms to open,"
        f" {1000 * (sorted_by - opened):.0f} ms to sort and {1000 * (searched - sorted_by):.0f} ms"
        " to search"
    )
    assert page.run(ROWS) == 100
    assert page.run(SAID) == f"1 to 100, of {mailboxes // 10:,} found of {mailboxes:,}".replace(
        ",", "\u202f"
    ).replace("100\u202f", "100,")
    assert 0 < opened < most
    assert 0 < sorted_by - opened < most / 2
    assert 0 < searched - sorted_by < most / 2
    assert page.run("document.querySelectorAll('*').length") < 100 * waves + 3000
