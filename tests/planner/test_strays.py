"""What is never run is told, and what is odd about labels too."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from migsafe.planner.discover import discover, strays
from migsafe.planner.draft import validate
from migsafe.schemas.manifest import Manifest, Migrations
from migsafe.schemas.policies import Policies, RulePolicy
from migsafe.schemas.severity import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.schemas.report import ValidateReport

TODAY = dt.date(2026, 1, 1)


def judged(root: Path, **severities: Severity) -> ValidateReport:
    rules = {name.replace("_", "-"): RulePolicy(severity=severity) for name, severity in severities.items()}
    manifest = Manifest(version=1, project="shop", migrations=Migrations(folder="m"), policies=Policies(rules=rules))
    return validate(manifest, discover(root, manifest), TODAY, strays(root, manifest))


def write(root: Path, *names: str) -> None:
    for number, name in enumerate(names):
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"CREATE TABLE t{number} (id bigint PRIMARY KEY);\n")


def found(report: ValidateReport, rule: str) -> list[str]:
    return [finding.path for finding in report.findings if finding.rule == rule]


def test_files_that_are_never_run_are_told(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", "schema.sql", "rollback/2_b_down.sql")
    report = judged(tmp_path)
    assert found(report, "file-passed-over") == ["m/schema.sql"]
    assert found(report, "rollback-of-nothing") == ["m/rollback/2_b_down.sql"]
    assert report.passed
    assert not judged(tmp_path, file_passed_over=Severity.ERROR).passed
    assert found(judged(tmp_path, file_passed_over=Severity.OFF), "file-passed-over") == []


def test_odd_labels_are_told(tmp_path: Path) -> None:
    write(tmp_path, "20240101000000_a.sql", "20240101006100_b.sql", "20240102000000_c.sql", "20240102000000_d.sql")
    assert found(judged(tmp_path), "odd-label") == [
        "m/20240101006100_b.sql",
        "m/20240102000000_c.sql",
        "m/20240102000000_d.sql",
    ]


def test_many_are_counted(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", *(f"x{number}.sql" for number in range(30)))
    passed = [finding for finding in judged(tmp_path).findings if finding.rule == "file-passed-over"]
    assert len(passed) == 21
    assert "10 more" in passed[-1].detail
