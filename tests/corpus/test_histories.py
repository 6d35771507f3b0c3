"""Real migration histories of others go the whole way, and leave the schema that psql makes of the same files.

They are read from the folder named by MIGSAFE_CORPUS and are no part of the project.
"""

from __future__ import annotations

import difflib
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migsafe.executor.server.binaries import find_client
from migsafe.executor.server.embedded import Server, embedded
from migsafe.executor.server.local import local_database
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif("MIGSAFE_CORPUS" not in os.environ, reason="MIGSAFE_CORPUS names no folder of histories"),
]


@dataclass(frozen=True)
class History:
    folder: str
    layout: str
    platform: Platform
    undone: int = 0


HISTORIES = (
    History("A/usebasejump+basejump", "supabase", Platform.SUPABASE),
    History("A/mckaywrigley+chatbot-ui", "supabase", Platform.SUPABASE),
    History("A/supabase-community+database-build", "supabase", Platform.SUPABASE),
    History("B/stacklok+minder", "golang-migrate", Platform.POSTGRES, undone=20),
    History("B/rust-lang+crates.io", "diesel", Platform.POSTGRES, undone=20),
    History("B/openfga+openfga", "goose", Platform.POSTGRES, undone=6),
    History("B/quickwit-oss+quickwit", "sqlx", Platform.POSTGRES, undone=10),
    History("B/cowprotocol+services", "flyway", Platform.POSTGRES),
    History("B/langfuse+langfuse", "prisma", Platform.POSTGRES),
)

# Files that no server runs as they are, or not a second time. Those of UNREADABLE (a transaction that is never
# committed, which psql would roll back without a word; a syntax error) are named by the plan, which stands all the
# same. They are mended before the way down.
UNREADABLE = {
    "B/stacklok+minder": {
        "000104_rm_one_entity_id_constraint.down.sql": (r"\Z", "\nCOMMIT;\n"),
        "000099_eea_entity_instance_idx.down.sql": (r"(DROP INDEX \w+) ON \w+", r"\1"),
    },
    "B/quickwit-oss+quickwit": {
        "20_add-shard-doc-mapping-uid-field.down.sql": (r"DROP IF EXISTS COLUMN", "DROP COLUMN IF EXISTS"),
        "19_add-split-node-id-field.down.sql": (r"DROP IF EXISTS COLUMN", "DROP COLUMN IF EXISTS"),
    },
}
FAILING = {
    "B/stacklok+minder": {
        # The column is in the primary key.
        "000098_properties_id_gen_default.down.sql": (r"ALTER TABLE properties\s+ALTER COLUMN id DROP NOT NULL;", ""),
        # Its down file does not drop this trigger.
        "000093_profile_status_trigger.up.sql": (
            "CREATE TRIGGER update_profile_status",
            "CREATE OR REPLACE TRIGGER update_profile_status",
        ),
        # Its down file is empty, because a value of an enum cannot be taken away.
        "000089_gitlab.up.sql": (r"ADD VALUE 'gitlab'", "ADD VALUE IF NOT EXISTS 'gitlab'"),
    }
}


@dataclass(frozen=True)
class Project:
    root: Path
    history: History

    def migsafe(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "migsafe.cli", *arguments]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False, timeout=600)

    def must(self, *arguments: str) -> str:
        done = self.migsafe(*arguments)
        assert done.returncode == 0, (
            f"{arguments}: exit {done.returncode}\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        )
        return done.stdout

    def files(self) -> list[Path]:
        """What psql replays, in the order in which the histories' own runners apply them."""
        folder = self.root / "migrations"
        match self.history.layout:
            case "supabase":
                return sorted(folder.glob("*.sql"))
            case "golang-migrate" | "sqlx":
                return sorted(folder.glob("*.up.sql"), key=lambda path: int(path.name.split("_")[0]))
            case "flyway":
                return sorted(folder.glob("V*.sql"), key=lambda path: int(path.name.split("__")[0][1:]))
            case "prisma":
                return sorted(folder.glob("*/migration.sql"))
            case "goose":
                return [_without_way_down(path) for path in sorted(folder.glob("*.sql"))]
            case _:
                return sorted(folder.glob("*/up.sql"), key=lambda path: path.parent.name.replace("-", ""))


def _without_way_down(path: Path) -> Path:
    text = path.with_suffix(".up")
    text.write_text(path.read_text().split("-- +goose Down")[0])
    return text


@pytest.fixture
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Project:
    history: History = request.param
    source = Path(os.environ["MIGSAFE_CORPUS"]) / history.folder
    if not source.is_dir():
        pytest.skip(f"{source} is not there")
    shutil.copytree(source, tmp_path / "migrations")
    (tmp_path / "migsafe.yaml").write_text(
        f"version: 1\nproject: history\nplatform: {history.platform}\n"
        f"migrations:\n  folder: migrations\n  layout: {history.layout}\n"
        "backup:\n  keep: 2\n"
    )
    return Project(tmp_path, history)


def dump(server: Server, database: str) -> list[str]:
    program = find_client("pg_dump", server.installation.major).program("pg_dump")
    command = [program, "--schema-only", "--exclude-schema=migsafe", "--dbname", server.url(database)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # pg_dump guards its text with a random word.
    return [line for line in text.splitlines() if not re.match(r"\\(un)?restrict ", line)]


def replay(server: Server, url: str, files: list[Path]) -> None:
    psql = find_client("psql", server.installation.major).program("psql")
    for path in files:
        command = [psql, "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", path, url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"psql refuses {path}: {done.stderr}"


@pytest.mark.parametrize("project", HISTORIES, ids=lambda history: history.folder, indirect=True)
def test_a_real_history_is_applied_as_psql_would_and_goes_down_and_up_again(project: Project) -> None:
    review = project.must("plan", "-o", "plan.json")
    assert all(f"{name}:" in review for name in UNREADABLE.get(project.history.folder, ()))
    checked = project.must("validate")
    assert all(name in checked for name in UNREADABLE.get(project.history.folder, ()))
    project.must("apply", "plan.json", "--yes")
    status = json.loads(project.must("status", "--json"))
    assert (status["pending"], status["unfinished"], status["ledger"]) == (0, None, "intact")
    project.must("plan", "--detailed-exitcode")
    applied = dumped(project)
    assert not difference(reference(project), applied)
    if project.history.undone:
        mend(project)
        for _ in range(project.history.undone):
            project.must("down", "--yes", "--from-file")
        project.must("up", "--yes")
        assert not difference(applied, dumped(project))


@contextmanager
def local(project: Project, database: str) -> Iterator[tuple[Server, str]]:
    """The embedded server that the project's commands used, and the URL of one of its databases."""
    with (
        local_database(project.root, project.history.platform, database) as url,
        embedded(project.root / ".migsafe") as server,
    ):
        yield server, url


def dumped(project: Project) -> list[str]:
    with local(project, "history") as (server, _):
        return dump(server, "history")


def reference(project: Project) -> list[str]:
    """What psql makes of the same files in a database beside it."""
    with local(project, "reference") as (server, url):
        replay(server, url, project.files())
        return dump(server, "reference")


def difference(expected: list[str], found: list[str]) -> str:
    return "\n".join(difflib.unified_diff(expected, found, "psql", "migsafe", lineterm="", n=1))


def mend(project: Project) -> None:
    broken = UNREADABLE.get(project.history.folder, {}) | FAILING.get(project.history.folder, {})
    for name, (pattern, replacement) in broken.items():
        path = project.root / "migrations" / name
        path.write_text(re.sub(pattern, replacement, path.read_text()))
