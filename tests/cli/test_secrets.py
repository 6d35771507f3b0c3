"""The password of the target's URL: in no output, no file, no argument of another program, and not in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from psycopg.conninfo import conninfo_to_dict

from applying import value
from migsafe.cli.__main__ import main
from migsafe.executor.server.binaries import SETTING, find_client

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

CANARY = "c4n4ry-s3cr3t"
MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migration with a rollback."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    (tmp_path / "migrations" / "001_a.sql").write_text("CREATE TABLE a (v int);\n")
    (tmp_path / "migrations" / "rollback" / "001_a_down.sql").write_text("DROP TABLE a;\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def programs_that_note_their_arguments(folder: Path) -> Path:
    """Wrappers around the client programs; the file in which each writes what it was called with."""
    true, noted = find_client("pg_dump", 17), folder / "arguments"
    for program in true.bin_dir.iterdir():
        wrapper = folder / program.name
        wrapper.write_text(f'#!/bin/sh\necho "$0 $*" >> "{noted}"\nexec "{program}" "$@"\n')
        wrapper.chmod(0o755)
    return noted


def test_the_password_is_nowhere_to_be_read(
    project: Path,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    parts = conninfo_to_dict(database)
    address = f"{parts['dbname']}?host={parts['host']}&port={parts['port']}"
    monkeypatch.setenv("MIGSAFE_TEST_URL", f"postgresql://{parts['user']}:{CANARY}@/{address}")
    bin_dir = tmp_path_factory.mktemp("bin")
    noted = programs_that_note_their_arguments(bin_dir)
    monkeypatch.setenv(SETTING, str(bin_dir))
    for command in (
        *("plan -o plan.json", "apply plan.json --yes", "status", "history", "doctor", "drift", "facts -o facts.json"),
        *("backup", "backup verify", "down --yes", "up --yes --json"),
    ):
        assert main([*command.split(), "--verbose"]) == 0, command
    assert "dbname" in noted.read_text(), "pg_dump was called"
    printed = capsys.readouterr()
    assert CANARY not in noted.read_text() + printed.out + printed.err
    assert [file for file in project.rglob("*") if file.is_file() and CANARY.encode() in file.read_bytes()] == []
    assert value(database, f"SELECT count(*) FROM migsafe.ledger AS entry WHERE entry::text LIKE '%{CANARY}%'") == 0


MISTAKES = [
    f"postgresql://u:{CANARY}@127.0.0.1:1/x",
    f"postgresql://u:{CANARY}@nohost.invalid/x",
    f"postgresql://u:{CANARY}@[::1/x",
    f"postgresql://u:{CANARY}@h:port/x",
    f"postgresql://u:p@{CANARY}@h/x",
    f"postgresql://u:12/{CANARY}@h/x",
    f"postgresql://u:1@/{CANARY}@h/x",
    f"postgresql://u:1?{CANARY}@h/x",
    f"postgresql://u:{CANARY}%zz@h/x",
    f"postgresql://u@h/x?password={CANARY}&nonsense={CANARY}",
    f"host=h password={CANARY} foo=bar",
    f"mysql://u:{CANARY}@h/x",
    CANARY,
]


@pytest.mark.parametrize("url", MISTAKES)
@pytest.mark.usefixtures("project")
def test_a_mistake_in_the_url_does_not_show_the_password(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Also where an @ or / of the password is not encoded, so that what follows is taken for host or database."""
    monkeypatch.setenv("MIGSAFE_TEST_URL", url)
    for command in ("plan --verbose", "status --json", "doctor"):
        assert main(command.split()) == 1
        printed = capsys.readouterr()
        assert CANARY not in printed.out + printed.err
        assert printed.out + printed.err


def test_a_fault_of_our_own_does_not_show_it_either(
    project: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """A traceback quotes lines of code, and the error's own words; the address stands in neither."""
    monkeypatch.setenv("MIGSAFE_TEST_URL", f"{database}&password={CANARY}")

    def broken(_url: object, **_settings: object) -> object:
        raise RuntimeError("out of order")

    monkeypatch.setattr("migsafe.executor.connect.connect", broken)
    assert main(["plan", "--verbose"]) == 1
    printed = capsys.readouterr()
    assert "out of order" in printed.err
    assert CANARY not in printed.out + printed.err
    assert project.is_dir()
