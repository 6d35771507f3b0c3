"""A judgement is remembered for exactly what it was made of."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from migsafe.cli.__main__ import main

MANIFEST = "version: 1\nproject: p\nmigrations: {folder: migrations}\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of one migration, and the folder of judgements."""
    root = tmp_path / "project"
    (root / "migrations").mkdir(parents=True)
    (root / "migsafe.yaml").write_text(MANIFEST)
    (root / "migrations" / "1_t.sql").write_text("CREATE TABLE t (id bigint PRIMARY KEY);")
    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("MIGSAFE_NO_CACHE", raising=False)
    return tmp_path / "cache" / "migsafe" / "judgements"


def validated(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    main(["validate", "--json"])
    said: dict[str, object] = json.loads(capsys.readouterr().out)
    return said


def test_the_same_project_is_judged_once(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = validated(capsys)
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text().replace('"migrations":1', '"migrations":7'))
    assert validated(capsys) == {**first, "migrations": 7}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("migrations/1_t.sql", "CREATE TABLE t (id bigint PRIMARY KEY); "),
        ("migsafe.yaml", MANIFEST + "policies: {max_risk: 50}\n"),
        ("migrations/2_u.sql", "SELECT 1;"),
        ("migrations/rollback/1_t_down.sql", "DROP TABLE t;"),
    ],
)
def test_whatever_changes_is_judged_anew(cache: Path, capsys: pytest.CaptureFixture[str], file: str, text: str) -> None:
    validated(capsys)
    Path(file).parent.mkdir(exist_ok=True)
    Path(file).write_text(text)
    validated(capsys)
    assert len(list(cache.iterdir())) == 2


def test_a_damaged_judgement_is_made_anew(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = validated(capsys)
    (kept,) = cache.iterdir()
    kept.write_text(kept.read_text()[:100])
    assert validated(capsys) == first


def test_nothing_is_kept_in_the_project(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    validated(capsys)
    assert cache.is_dir()
    assert not Path(".migsafe").exists()


def test_without_a_cache_it_is_judged_each_time(
    cache: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIGSAFE_NO_CACHE", "1")
    assert validated(capsys)["migrations"] == 1
    assert not cache.exists()
