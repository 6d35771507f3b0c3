"""Names, comments and errors that mean harm, through every command that shows them: text, Markdown, JSON and files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

import cli_samples as samples
from migsafe.cli.__main__ import main
from migsafe.executor.mutex import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    Capture = pytest.CaptureFixture[str]
    Connect = Callable[[str], psycopg.Connection]

MANIFEST = """\
version: 1
project: shop
rehearsal:
  enabled: false
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
policies:
  locking: {give_up_after: 300ms}
"""
NAME = samples.HOSTILE.encode()[:60].decode(errors="ignore")
"""As long as an identifier may be."""
QUOTED = '"' + NAME.replace('"', '""') + '"'
LITERAL = "E'" + samples.HOSTILE + "'"
UP = f"""\
CREATE TABLE {QUOTED} ({QUOTED} int, b int);
COMMENT ON TABLE {QUOTED} IS {LITERAL};
DO $$BEGIN RAISE NOTICE '%', {LITERAL}; END$$;
"""
DOWN = f"DROP TABLE {QUOTED};\n"
MARKDOWN = ["--format", "markdown"]


@pytest.fixture
def project(tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A migration of which nothing is harmless."""
    (tmp_path / "migsafe.yaml").write_text(MANIFEST)
    (tmp_path / "migrations" / "rollback").mkdir(parents=True)
    (tmp_path / "migrations" / "001_a.sql").write_text(UP)
    (tmp_path / "migrations" / "rollback" / "001_a_down.sql").write_text(DOWN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIGSAFE_TEST_URL", database)
    return tmp_path


def said(capsys: Capture, *arguments: str) -> str:
    """What a command prints, which moves, colours, breaks and commands nothing."""
    capsys.readouterr()
    main(list(arguments))
    printed = capsys.readouterr()
    if "--json" in arguments:
        json.loads(printed.out)
    for text in (printed.out, printed.err):
        require_inert(text)
        if "markdown" in arguments:
            outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", text, flags=re.DOTALL)
            assert "<img" not in outside.replace("\\<img", "")
            assert "@everyone" not in outside
    return printed.out + printed.err


def require_inert(text: str) -> None:
    assert not any(active in text for active in ("\x1b", "\x07", "\u202e", "\r"))
    assert not [line for line in text.split("\n") if line.lstrip().startswith("::") or "##[" in line]


def test_a_hostile_migration_is_text_from_its_check_to_its_undoing(
    project: Path, database: str, capsys: Capture
) -> None:
    for arguments in (
        *(["validate"], ["validate", *MARKDOWN], ["validate", "--json"]),
        *(["plan", "-o", "plan.json", "--verbose"], ["plan", *MARKDOWN], ["plan", "--json"]),
        *(["show", "plan.json"], ["show", "plan.json", *MARKDOWN]),
    ):
        assert "evil" in said(capsys, *arguments) or arguments[0] == "validate"
    assert r"evil\x1b[31m\n" in said(capsys, "up", "--yes", "--verbose")
    for arguments in (
        *(["status"], ["status", "--json"], ["history"], ["history", "--json"], ["show", "001"], ["backup", "verify"]),
        *(["facts", "--json"], ["doctor"], ["drift"]),
    ):
        said(capsys, *arguments)
    with psycopg.connect(database, autocommit=True) as other:
        other.execute(f"ALTER TABLE {QUOTED} ADD c int".encode())
    for arguments in (["drift"], ["drift", "--json"], ["status", "--verify"]):
        assert "evil" in said(capsys, *arguments)
    assert "evil" in said(capsys, "down", "--yes", "--verbose", "--force")
    require_inert((project / ".migration_history").read_text())


def test_what_the_server_and_other_sessions_say_is_text(
    project: Path, database: str, connect: Connect, capsys: Capture
) -> None:
    (project / "migrations" / "001_a.sql").write_text(
        f"DO $$BEGIN RAISE EXCEPTION '%', {LITERAL} USING HINT = {LITERAL}, DETAIL = {LITERAL}; END$$;\n"
    )
    assert r"evil\x1b[31m" in said(capsys, "up", "--yes")
    for arguments in (["status"], ["status", "--json"], ["history"]):
        assert "evil" in said(capsys, *arguments)
    connect(database).execute("CREATE TABLE busy (v int)")
    (project / "migrations" / "001_a.sql").write_text("ALTER TABLE busy ADD w int;\n")
    assert main(["plan", "-o", "plan.json"]) == 0
    with psycopg.connect(database, application_name="evil ::error::x ##[error]y") as blocker:
        blocker.execute("SELECT * FROM busy /* \x1b[31m\n::error::owned */")
        assert "evil" in said(capsys, "apply", "plan.json", "--yes")
        blocker.execute("SELECT pg_advisory_lock(%(classid)s, %(objid)s)", KEY)
        assert "evil" in said(capsys, "apply", "plan.json", "--yes")


@pytest.mark.usefixtures("project")
def test_hostile_words_on_the_command_line_and_in_the_manifest_are_text(capsys: Capture) -> None:
    evil = samples.HOSTILE
    for arguments in (
        *(["plan", "--env", evil], ["apply", evil], ["explain", evil], ["new", evil], ["down", "--to", evil, "--yes"]),
        *(["--manifest", evil, "plan"], ["plan", "-o", f"{evil}/x"], [evil], ["--json", evil]),
    ):
        assert "evil" in said(capsys, *arguments)
    Path("migsafe.yaml").write_text(MANIFEST.replace("shop", json.dumps(evil)))
    said(capsys, "plan", *MARKDOWN)
    Path("migsafe.yaml").write_text(MANIFEST + f"{json.dumps(evil)}: 1\n")
    assert "evil" in said(capsys, "plan")
    Path("migsafe.yaml").write_text(MANIFEST)
    try:
        Path("migrations", f"002_{evil.replace('/', '_')}.sql").write_text("SELECT 1;\n")
    except OSError:
        pytest.skip("this file system takes no such names")
    assert "evil" in said(capsys, "validate")
