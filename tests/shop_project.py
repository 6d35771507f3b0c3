"""A project of one folder whose target is a database of the tests' own server, for whole runs of the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

from migsafe.cli.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

MANIFEST = """\
version: 1
project: shop
database:
  url_env: MIGSAFE_TEST_URL
migrations:
  folder: migrations
backup:
  before_apply: never
"""
_OWNER = """
DO $$ BEGIN CREATE ROLE shop_owner LOGIN CREATEDB; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT EXECUTE ON FUNCTION pg_control_system() TO shop_owner;
ALTER DATABASE {} OWNER TO shop_owner;
"""


@dataclass(frozen=True, slots=True)
class ShopProject:
    """The project, as the current folder of this process."""

    folder: Path
    target: str
    """The URL of the target, as superuser."""
    capsys: pytest.CaptureFixture[str]

    def write(self, name: str, sql: str) -> None:
        """Write a migration."""
        (self.folder / "migrations" / name).write_text(sql + "\n")

    def manifest(self, more: str) -> None:
        """Add sections to the manifest."""
        (self.folder / "migsafe.yaml").write_text(MANIFEST + more)

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run migsafe: its exit code, and all that it said, with white space drawn together."""
        self.capsys.readouterr()
        code = main([*arguments])
        said = self.capsys.readouterr()
        return code, " ".join(f"{said.out} {said.err}".split())

    def told(self, *arguments: str) -> dict[str, Any]:
        """The document that migsafe prints with --json."""
        self.capsys.readouterr()
        main([*arguments, "--json"])
        found = json.loads(self.capsys.readouterr().out)
        assert isinstance(found, dict)
        return found

    def by_hand(self, *texts: str) -> None:
        """Change the target as its superuser."""
        with psycopg.connect(self.target, autocommit=True) as connection:
            for text in texts:
                connection.execute(text.encode())

    def asked(self, query: str) -> Sequence[Any] | None:
        """The first row that the target answers."""
        with psycopg.connect(self.target, autocommit=True) as connection:
            return connection.execute(query.encode()).fetchone()


def shop_project(folder: Path, target: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> ShopProject:
    """The project in `folder`, emptied of what an earlier test wrote, with `target` as the target of an owner role."""
    (folder / "migsafe.yaml").write_text(MANIFEST)
    (folder / "migrations").mkdir(exist_ok=True)
    for file in (folder / "migrations").iterdir():
        file.unlink()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("MIGSAFE_TEST_URL", make_conninfo(target, user="shop_owner"))
    project = ShopProject(folder, target, capsys)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute(_OWNER.format(connection.info.dbname).encode())
    return project
