# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What moves in the report: the list of mailboxes, searched, sorted and turned over in the browser.

The facts come as JSON, and reach the page as text alone, so no name can be taken for markup. Only
the rows of one page are in the document, which keeps long lists quick.
"""

from __future__ import annotations

import typing as t

#: The fields of a mailbox in the facts, in their order; the script takes them by these names.
FIELDS: t.Final = (
    *("source", "target", "wave", "stage", "status", "passes"),
    *("moved", "failed", "ignored", "left", "ended", "remedy"),
)

SCRIPT: t.Final = """
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const at = Object.fromEntries(facts.fields.map((name, place) => [name, place]));
  const find = (id) => document.getElementById(id);
  const body = find("rows"), said = find("said"), previous = find("previous"), next = find("next");
  const search = find("search"), wave = find("wave"), stage = find("stage"), need = find("need");
  const SIZE = 100, ON_PAPER = 400;
  const stageNames = facts.stages.map((one) => one[1]);
  const number = (value) => String(value).replace(/\\B(?=(\\d{3})+$)/g, "\\u202f");
  const words = facts.rows.map((row) =>
    [row[at.source], row[at.target], facts.waves[row[at.wave]], facts.statuses[row[at.status]]]
      .join("\\n").toLowerCase());
  let found = [], page = 0, sorted = null, downwards = false;

  const fill = (select, names, from) => names.forEach((name, place) => {
    const option = document.createElement("option");
    option.value = String(place + from);
    option.textContent = name;
    option.dir = "auto";
    select.append(option);
  });
  fill(wave, facts.waves, 0);
  fill(stage, stageNames, 0);
  fill(need, facts.remedies.map((one) => one[0]), 0);

  const keyOf = {
    source: (place) => words[place],
    wave: (place) => facts.rows[place][at.wave],
    stage: (place) => facts.rows[place][at.stage],
  };
  const choose = () => {
    const wanted = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    const is = (select, value) => select.value === "" || Number(select.value) === value;
    found = [];
    facts.rows.forEach((row, place) => {
      if (!is(wave, row[at.wave]) || !is(stage, row[at.stage])) return;
      if (need.value === "any" ? row[at.remedy] < 0 : !is(need, row[at.remedy])) return;
      if (wanted.every((word) => words[place].includes(word))) found.push(place);
    });
    if (sorted) {
      const key = keyOf[sorted] || ((place) => facts.rows[place][at[sorted]]);
      const keys = new Map(found.map((place) => [place, key(place)]));
      const sign = downwards ? -1 : 1;
      found.sort((one, other) => {
        const a = keys.get(one), b = keys.get(other);
        return a < b ? -sign : a > b ? sign : one - other;
      });
    }
    page = 0;
    show(SIZE);
  };

  const cell = (tag, kind, name, text) => {
    const made = document.createElement(tag);
    if (kind) made.className = kind;
    if (name) made.dataset.name = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const isolated = (text) => {
    const made = document.createElement("bdi");
    made.textContent = text;
    return made;
  };
  const line = (place) => {
    const row = facts.rows[place], made = document.createElement("tr");
    const who = cell("th", "who all", "");
    who.scope = "row";
    who.append(isolated(row[at.source]));
    const to = cell("span", "", "");
    to.append("to ", isolated(row[at.target] || "(not shown)"));
    who.append(to);
    const where = cell("td", "who all", "");
    where.append(isolated(facts.waves[row[at.wave]]));
    const state = cell("td", "who all", "");
    const dot = cell("i", "dot " + facts.stages[row[at.stage]][0], "");
    dot.setAttribute("aria-hidden", "true");
    state.append(dot, stageNames[row[at.stage]], cell("span", "", "", facts.statuses[row[at.status]]));
    if (row[at.remedy] >= 0) state.append(cell("span", "", "", facts.remedies[row[at.remedy]][0]));
    made.append(who, where, state, cell("td", "n", "Passes", number(row[at.passes])));
    for (const name of ["moved", "failed", "ignored", "left"]) {
      const kind = name === "failed" && row[at.failed] ? "n some" : "n";
      made.append(cell("td", kind, name[0].toUpperCase() + name.slice(1), number(row[at[name]])));
    }
    const ended = row[at.ended];
    const shown = ended ? new Date(ended * 1000).toISOString().slice(0, 16).replace("T", " ") : "\\u2013";
    made.append(cell("td", "n", "Ended, UTC", shown));
    return made;
  };
  const show = (size) => {
    const from = page * SIZE, some = found.slice(from, from + size);
    body.replaceChildren(...some.map(line));
    const all = facts.rows.length === found.length ? "" : " of " + number(facts.rows.length);
    said.textContent = found.length
      ? number(from + 1) + " to " + number(from + some.length) + ", of " + number(found.length)
        + " found" + all
      : facts.rows.length ? "No mailbox is like that." : "There is none yet.";
    previous.disabled = page === 0;
    next.disabled = from + SIZE >= found.length;
  };
  const turn = (by) => {
    page += by;
    show(SIZE);
    find("list").scrollIntoView();
  };

  let pause = 0;
  search.addEventListener("input", () => { clearTimeout(pause); pause = setTimeout(choose, 80); });
  for (const select of [wave, stage, need]) select.addEventListener("change", choose);
  previous.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      const name = button.dataset.sort, isText = name in keyOf;
      downwards = sorted === name ? !downwards : !isText;
      sorted = name;
      for (const head of document.querySelectorAll("[aria-sort]")) head.removeAttribute("aria-sort");
      button.parentElement.setAttribute("aria-sort", downwards ? "descending" : "ascending");
      choose();
    });
  }
  for (const button of document.querySelectorAll("[data-remedy]")) {
    button.addEventListener("click", () => {
      search.value = wave.value = stage.value = "";
      need.value = button.dataset.remedy;
      choose();
      find("list").scrollIntoView();
      search.focus({ preventScroll: true });
    });
  }
  addEventListener("beforeprint", () => show(ON_PAPER));
  addEventListener("afterprint", () => show(SIZE));
  choose();
})();
"""
