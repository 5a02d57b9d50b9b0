# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs everything some times over, and tells what came of it: a table, JSON, a picture."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import time
from pathlib import Path

from ansible_collections.cloudiway.mail.tests.benchmark.figures import (
    Figure,
    about_the_server,
    figures,
    together,
)
from ansible_collections.cloudiway.mail.tests.benchmark.machine import Machine, machine
from ansible_collections.cloudiway.mail.tests.benchmark.picture import picture
from ansible_collections.cloudiway.mail.tests.benchmark.runs import (
    CONCURRENCY,
    LATENCY,
    ROUND,
    RUNS,
)
from ansible_collections.cloudiway.mail.tests.benchmark.stage import Run, Stage
from ansible_collections.cloudiway.mail.tests.benchmark.table import put_into, table


def measure(stage: Stage, repeats: int) -> list[dict[str, list[Run]]]:
    """Run everything, round after round."""
    rounds: list[dict[str, list[Run]]] = []
    for number in range(1, repeats + 1):
        rounds.append({name: [] for name in RUNS})
        for name in ROUND:
            run = RUNS[name](stage)
            rounds[-1][name].append(run)
            print(
                f"  round {number}: {name}: {run.seconds:.2f} s, {run.cpu:.2f} s processor, "
                f"{run.memory / 1e6:.0f} MB",
                flush=True,
            )
    return rounds


def words(found: list[Figure], runs: dict[str, list[Run]], facts: Machine) -> str:
    """What the README shows."""
    return "\n\n".join(
        (
            table(found),
            _circumstances(runs, facts),
            about_the_server(runs),
        )
    )


def _circumstances(runs: dict[str, list[Run]], facts: Machine) -> str:
    return (
        f"Medians of {len(runs['new'])} rounds, in each of which all is measured, on {facts}. What a "
        "row comes to is the median of what its rounds come to, so not always what its medians do. "
        "Whole ansible-playbook processes against a local server that answers "
        f"{1000 * LATENCY:.0f} ms after it was asked, concurrency {CONCURRENCY} (the plays of one "
        "user alone are without latency)."
    )


def main() -> None:
    """Measure; write into a folder, and into the README."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="for plays, logs, the JSON and the picture")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--readme", type=Path, help="whose table is written anew")
    given = options.parse_args()
    began = time.monotonic()
    facts = machine()
    rounds = measure(Stage(given.folder), given.repeats)
    runs = together(rounds)
    found = figures(rounds)
    text = words(found, runs, facts)
    told = {
        "date": dt.datetime.now(dt.timezone.utc).isoformat(timespec="seconds"),
        "machine": dataclasses.asdict(facts),
        "settings": {
            "rounds": given.repeats,
            "latency_seconds": LATENCY,
            "concurrency": CONCURRENCY,
        },
        "figures": [{**dataclasses.asdict(one), "reached": one.reached} for one in found],
        "runs": {name: [dataclasses.asdict(run) for run in some] for name, some in runs.items()},
    }
    (given.folder / "speed.json").write_text(json.dumps(told, indent=2), encoding="utf-8")
    (given.folder / "speed.svg").write_text(picture(found, str(facts)), encoding="utf-8")
    if given.readme:
        put_into(given.readme, text)
    print(f"\n{text}\n\nTook {time.monotonic() - began:.0f} s; see {given.folder}.")


if __name__ == "__main__":
    main()
