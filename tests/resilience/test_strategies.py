# Copyright: (c) 2026, the cloudiway.mail contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several batches at once: one that fails keeps nobody else, whatever the strategy."""

from __future__ import annotations

import pytest

from ansible_collections.cloudiway.mail.tests.resilience.stage import CUTOVER, Facts, Stage, now

WAVES = {"wave-01": ["anna", "ben"], "wave-02": ["cleo", "fails"], "wave-03": ["dora", "emil"]}


@pytest.mark.parametrize("strategy", ["linear", "free"])
def test_of_three_batches_with_one_failing_mailbox_two_are_cut_over(
    stage: Stage, strategy: str
) -> None:
    stage.have(WAVES, cutover_mx_switched_at=now(), cutover_report_dir=str(stage.folder / "report"))
    play = stage.play(CUTOVER, status=2, ANSIBLE_STRATEGY=strategy)
    states = {host: stage.ended(host)["state"] for host in WAVES}
    assert states == {"wave-01": "finished", "wave-02": "failed", "wave-03": "finished"}
    failure = stage.failed("wave-02")
    assert (failure["phase"], failure["code"]) == ("final", "gate")
    assert "fails@old.example" in failure["message"]
    assert not list(stage.folder.glob("failed-wave-0[13].json"))
    assert {host: counts["failed"] for host, counts in play.recap.items()} == {
        "wave-01": 0,
        "wave-02": 1,
        "wave-03": 0,
    }
    runs = {user["source_email"]: user["permission_runs"] for user in stage.service.state["users"]}
    assert runs == {
        f"{name}@old.example": int(host != "wave-02")
        for host, names in WAVES.items()
        for name in names
    }
    assert stage.service.state["violations"] == []
    page = (stage.folder / "report/report.html").read_text(encoding="utf-8")
    assert all(text in page for text in ("Wave 01", "Wave 02", "Wave 03", "failed in final"))


def test_with_fewer_forks_than_batches_all_passes_are_started_before_any_is_awaited(
    stage: Stage,
) -> None:
    waves = {host: names[:1] for host, names in WAVES.items() if host != "wave-02"}
    stage.have({**waves, "wave-04": ["fred"]}, cutover_mx_switched_at=now(), cutover_audit=False)
    stage.play(CUTOVER, "--skip-tags=permissions", "--forks=2")
    journal = stage.service.journal
    starts = [entry["number"] for entry in journal if entry["call"] == "startbatch"]
    assert len(starts) == 3
    assert first_wait(journal) > max(starts)


def first_wait(journal: list[Facts]) -> int:
    """The number of the first request that looks how a pass is doing that was started.

    Not the one with which the task that starts a batch sees that the start has come through.
    """
    members = {entry["user"]: entry["batch"] for entry in journal if entry["call"] == "addtobatch"}
    looks: dict[str, int] = {}
    for entry in journal:
        if entry["call"] == "startbatch":
            looks[entry["batch"]] = 0
        elif entry["call"] == "status" and members[entry["user"]] in looks:
            looks[members[entry["user"]]] += 1
            if looks[members[entry["user"]]] > 1:
                return int(entry["number"])
    raise AssertionError("nobody waited")
