"""Real histories replay on the platform of the embedded server, by an owner that is no superuser.

They are read from the folder named by MIGSAFE_CORPUS and are no part of the project. docs/corpus.md tells the results.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of histories"),
]

SCRIPT = Path(__file__).parents[2] / "scripts" / "replay.py"

SUPABASE = {
    "A/liam-hq+liam": 91,
    "A/gridaco+grida": 79,
    "A/AgentOps-AI+agentops": 31,
    "A/mckaywrigley+chatbot-ui": 25,
    "A/imbhargav5+nextbase-nextjs-supabase-starter": 7,
    "A/supabase-community+database-build": 7,
    "A/usebasejump+basejump": 4,
}
POSTGRES = {
    "B/stacklok+minder": 107,
    "B/rust-lang+crates.io": 285,
    "B/riverqueue+river": 7,
    "B/openfga+openfga": 6,
    "B/quickwit-oss+quickwit": 28,
    "B/langfuse+langfuse": 434,
    "B/cowprotocol+services": 121,
}

MISSING = {"42P01", "42883", "42704"}
"""A table, function or type that is not there."""


def replayed(tmp_path: Path, histories: list[str], platform: str) -> list[dict[str, object]]:
    folders = [Path(os.environ["MIGSAFE_CORPUS"]) / history for history in histories]
    there = [str(folder) for folder in folders if folder.is_dir()]
    if not there:
        pytest.skip("none of the histories is there")
    report = tmp_path / "report.json"
    command = [sys.executable, SCRIPT, *there, "--platform", platform, "--json", report]
    subprocess.run(command, check=False, timeout=300, capture_output=True)
    found: list[dict[str, object]] = json.loads(report.read_text())
    return found


@pytest.mark.parametrize(("platform", "histories"), [("supabase", SUPABASE), ("postgres", POSTGRES)])
def test_every_statement_of_a_history_runs(tmp_path: Path, platform: str, histories: dict[str, int]) -> None:
    for result in replayed(tmp_path, list(histories), platform):
        name = "/".join(str(result["folder"]).split("/")[-2:])
        assert (name, result["files"], result["failures"]) == (name, histories[name], [])


def test_a_history_without_its_beginning_fails_only_for_what_was_there_before_it(tmp_path: Path) -> None:
    """The migrations of manifold change tables that none of them made."""
    (result,) = replayed(tmp_path, ["A/manifoldmarkets+manifold"], "supabase")
    failures = result["failures"]
    assert isinstance(failures, list)
    assert set(Counter(failure["sqlstate"] for failure in failures)) <= MISSING
