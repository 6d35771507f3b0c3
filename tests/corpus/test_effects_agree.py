"""What is foretold of the statements of real histories is what the server does.

The histories are read from the folder named by MIGSAFE_CORPUS and are no part of the project. docs/effects-agreement.md
tells the results of all of them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of histories"),
]

SCRIPT = Path(__file__).parents[2] / "scripts" / "effects_agreement.py"
FROM_FILES = {
    "supabase": ("A/liam-hq+liam", "A/AgentOps-AI+agentops", "A/mckaywrigley+chatbot-ui", "A/usebasejump+basejump"),
    "postgres": ("B/stacklok+minder", "B/rust-lang+crates.io", "B/openfga+openfga", "B/quickwit-oss+quickwit"),
}


@pytest.mark.parametrize(("platform", "histories"), FROM_FILES.items())
def test_locks_rewrites_and_scans_are_foretold_from_the_files_alone(
    tmp_path: Path, platform: str, histories: tuple[str, ...]
) -> None:
    """Not one statement of these histories does what was not foretold, or leaves out what was."""
    folders = [Path(os.environ["MIGSAFE_CORPUS"]) / history for history in histories]
    there = [str(folder) for folder in folders if folder.is_dir()]
    if not there:
        pytest.skip("none of the histories is there")
    report = tmp_path / "report.json"
    command = [sys.executable, SCRIPT, *there, "--platform", platform, "--json", report]
    subprocess.run(command, check=False, timeout=600, capture_output=True)
    found = json.loads(report.read_text())
    assert sum(each["statements"] for each in found) > 100
    assert [each["disagreements"] for each in found if each["disagreements"]] == []
