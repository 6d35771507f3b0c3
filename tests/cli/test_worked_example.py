"""The worked example that migsafe.yaml points at: every migration goes up, down and up again."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.cli.__main__ import main
from migsafe.executor.server.local import local_database
from migsafe.executor.survey import survey
from migsafe.schemas.platform import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.target import ObjectFingerprint

ROOT = Path(__file__).parents[2]
FUNCTIONS = """
SELECT oid::regprocedure::text, md5(pg_get_functiondef(oid)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
"""

Shape = tuple[tuple["ObjectFingerprint", ...], list[tuple[object, ...]]]


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The example in a folder of its own, without backups, and the URL of its embedded database."""
    shutil.copytree(ROOT / "supabase", tmp_path / "supabase")
    manifest = (ROOT / "migsafe.yaml").read_text()
    (tmp_path / "migsafe.yaml").write_text(manifest.replace("before_apply: always", "before_apply: never", 1))
    monkeypatch.chdir(tmp_path)
    with local_database(tmp_path, Platform.SUPABASE, "messaging") as url:
        yield url


def shape(url: str) -> Shape:
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        functions = sorted(connection.execute(FUNCTIONS.encode()).fetchall())
        return survey(connection, ("public",)).fingerprints, functions


def test_each_rollback_of_the_example_restores_what_stood_before(target: str) -> None:
    files = sorted(path.name for path in Path("supabase/migrations").glob("*.sql"))
    assert main(["up", "--yes"]) == 0
    shapes = [shape(target)]
    for _ in files:
        assert main(["down", "--yes"]) == 0
        shapes.append(shape(target))
    assert main(["down", "--yes"]) == 0, "nothing to undo is no error"
    for file, before in zip(files, reversed(shapes), strict=False):
        assert shape(target) == before, f"the rollback of {file}, or of one after it, leaves something behind"
        assert main(["up", "--yes", "--to", file]) == 0
    assert shape(target) == shapes[0]
