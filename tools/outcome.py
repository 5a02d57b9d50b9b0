# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a step of C(make test) came to: how many checks passed and failed, and how long it took."""

from __future__ import annotations

import dataclasses
import json
import xml.etree.ElementTree
from collections.abc import Iterable
from pathlib import Path

from arrange import BUILD

OUTCOMES = BUILD / "outcomes"


@dataclasses.dataclass(frozen=True)
class Outcome:
    """The count of one step.

    C(seconds) is what the clock on the wall showed.
    """

    step: str
    passed: int
    failed: int
    seconds: float

    def conclude(self, unit: str) -> int:
        """Leave the count for the table, say it, and give the exit status of the step."""
        OUTCOMES.mkdir(parents=True, exist_ok=True)
        _record(self.step).write_text(json.dumps(dataclasses.asdict(self)), encoding="utf-8")
        total = self.passed + self.failed
        print(f"{self.step}: {self.passed} of {total} {unit} passed in {self.seconds:.0f} s")
        return 1 if self.failed or not total else 0


def forget(step: str) -> None:
    """Drop the count of an earlier run."""
    _record(step).unlink(missing_ok=True)


def recall(step: str) -> Outcome | None:
    """The count that a step left, or nothing where it broke off before it had one."""
    record = _record(step)
    return Outcome(**json.loads(record.read_text(encoding="utf-8"))) if record.exists() else None


def outcomes_in(build: Path) -> list[Outcome]:
    """The counts of all steps that were run in a checkout, by the folder of what it builds."""
    records = sorted((build / OUTCOMES.name).glob("*.json"))
    return [Outcome(**json.loads(record.read_text(encoding="utf-8"))) for record in records]


def count_cases(reports: Iterable[Path]) -> tuple[int, int]:
    """How many cases of these JUnit reports passed and failed; one that was skipped did neither."""
    passed = failed = 0
    for report in reports:
        for case in xml.etree.ElementTree.parse(report).iter("testcase"):
            verdicts = {child.tag for child in case}
            if verdicts & {"failure", "error"}:
                failed += 1
            elif "skipped" not in verdicts:
                passed += 1
    return passed, failed


def _record(step: str) -> Path:
    return OUTCOMES / f"{step}.json"
