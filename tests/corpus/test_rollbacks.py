"""Generated rollbacks take back real migrations; docs/rollbacks.md tells the whole results.

The histories are read from the folder named by MIGSAFE_CORPUS and are no part of the project; short ones are tried.
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

SCRIPT = Path(__file__).parents[2] / "scripts" / "rollbacks.py"


@pytest.mark.parametrize(
    ("history", "layout", "platform"),
    [
        ("A/usebasejump+basejump", "supabase", "supabase"),
        ("A/supabase-community+database-build", "supabase", "supabase"),
        ("B/riverqueue+river", "golang-migrate", "postgres"),
        ("B/quickwit-oss+quickwit", "sqlx", "postgres"),
        ("B/openfga+openfga", "goose", "postgres"),
    ],
)
def test_nine_in_ten_of_what_is_reversible_is_proven(tmp_path: Path, history: str, layout: str, platform: str) -> None:
    folder = Path(os.environ["MIGSAFE_CORPUS"]) / history
    if not folder.is_dir():
        pytest.skip("the history is not there")
    report = tmp_path / "report.json"
    command = [sys.executable, SCRIPT, folder, "--layout", layout, "--platform", platform, "--json", report]
    subprocess.run(command, check=True, timeout=600, capture_output=True)
    (told,) = json.loads(report.read_text())
    assert told["reversible"] > 0
    assert told["reversible and proven"] >= 0.9 * told["reversible"]
