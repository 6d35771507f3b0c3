"""One file with the ways up and down: each is the exact bytes of its section, and findings name lines of the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover import discover
from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.prepared import Script, prepare
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.manifest import Layout, Manifest, Migrations
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.planner.prepared import Prepared
    from migsafe.schemas.migration import Migration

GOOSE_FILE = b"""\
-- Orders and their lines.

-- +goose Up
CREATE TABLE orders (id bigint PRIMARY KEY);
-- +goose StatementBegin
CREATE FUNCTION one() RETURNS int LANGUAGE plpgsql AS $$
BEGIN
    RETURN 1;  -- a statement of the body
END $$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION one();
DROP TABLE orders;
"""
DBMATE_FILE = b"""\
-- Orders and their lines.
-- migrate:up
CREATE TABLE orders (id bigint PRIMARY KEY);

-- migrate:down transaction:false
DROP INDEX CONCURRENTLY orders_pkey2;
"""


def found(root: Path, layout: Layout, text: bytes, name: str = "00001_orders.sql") -> Migration:
    path = root / "m" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text)
    migrations = Migrations(folder="m", layout=layout)
    return discover(root, Manifest(version=1, project="shop", migrations=migrations))[0]


def refusal(root: Path, layout: Layout, text: bytes, name: str = "00001_orders.sql") -> Refusal:
    with pytest.raises(Refusal) as caught:
        found(root, layout, text, name)
    assert caught.value.why
    assert caught.value.remedy
    return caught.value


def line_of(problem: Refusal) -> int:
    assert problem.place
    return problem.place.line


def down_of(prepared: Prepared) -> Script:
    assert isinstance(prepared.down, Script)
    return prepared.down


def test_the_sections_of_goose_are_the_bytes_between_its_annotations(tmp_path: Path) -> None:
    migration = found(tmp_path, Layout.GOOSE, GOOSE_FILE)
    assert (migration.label, migration.name, migration.file) == ("00001", "orders", "00001_orders.sql")
    up = GOOSE_FILE[GOOSE_FILE.index(b"CREATE TABLE") : GOOSE_FILE.index(b"-- +goose Down")]
    assert migration.up.raw == up
    assert migration.up.sha256 == sql_file("", up).sha256
    assert migration.down
    assert migration.down.raw == b"DROP FUNCTION one();\nDROP TABLE orders;\n"
    assert (migration.up.first_line, migration.down.first_line) == (4, 13)
    prepared = prepare(migration)
    assert [statement.line for statement in prepared.up.statements] == [4, 6]
    assert [statement.line for statement in down_of(prepared).statements] == [13, 14]
    assert "".join(statement.text for statement in prepared.up.statements).encode() == up


def test_the_blocks_of_dbmate_are_the_bytes_below_its_marks(tmp_path: Path) -> None:
    migration = found(tmp_path, Layout.DBMATE, DBMATE_FILE, "20240131120000_orders.sql")
    assert migration.up.raw == b"CREATE TABLE orders (id bigint PRIMARY KEY);\n\n"
    assert migration.down
    assert migration.down.raw == b"DROP INDEX CONCURRENTLY orders_pkey2;\n"
    assert (migration.up.transactional, migration.down.transactional) == (True, False)
    prepared = prepare(migration)
    assert prepared.up.statements[0].line == 3
    assert down_of(prepared).statements[0].line == 6


@pytest.mark.parametrize(
    ("layout", "before", "after"),
    [
        (Layout.GOOSE, GOOSE_FILE, GOOSE_FILE.replace(b"DROP TABLE", b"DROP TABLE IF EXISTS")),
        (Layout.GOOSE, GOOSE_FILE, b"-- Another heading.\n" + GOOSE_FILE),
        (Layout.DBMATE, DBMATE_FILE, DBMATE_FILE.replace(b"DROP INDEX", b"DROP INDEX  ")),
    ],
)
def test_a_migration_stays_the_same_when_only_its_rollback_is_edited(
    tmp_path: Path, layout: Layout, before: bytes, after: bytes
) -> None:
    was, now = (found(tmp_path, layout, text) for text in (before, after))
    assert was.up.sha256 == now.up.sha256
    assert was.up.sha256 != found(tmp_path, layout, before.replace(b"orders (", b"orders2 (")).up.sha256


def test_line_ends_and_a_byte_order_mark_change_only_the_strict_hash(tmp_path: Path) -> None:
    was = found(tmp_path, Layout.GOOSE, GOOSE_FILE)
    now = found(tmp_path, Layout.GOOSE, b"\xef\xbb\xbf" + GOOSE_FILE.replace(b"\n", b"\r\n"))
    assert was.up.sha256 != now.up.sha256
    assert was.up.normalised_sha256 == now.up.normalised_sha256
    assert prepare(now).up.statements[1].line == 6


@pytest.mark.parametrize(
    "text",
    [
        b"-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY a ON b (c);\nSELECT 1;\n",
        b"-- +goose no transaction\n-- +goose UP\nCREATE INDEX CONCURRENTLY a ON b (c);\nSELECT 1;\n",
        b"-- +goose Up\nSELECT 0;\nSELECT 1;\n-- +goose NO TRANSACTION\n",
    ],
)
def test_without_a_transaction_each_statement_stands_alone(tmp_path: Path, text: bytes) -> None:
    migration = found(tmp_path, Layout.GOOSE, text)
    assert not migration.up.transactional
    kinds = [segment.kind for segment in prepare(migration).up.division.segments]
    assert kinds == [SegmentKind.LONE, SegmentKind.LONE]


def test_a_section_that_says_nothing_is_no_rollback(tmp_path: Path) -> None:
    empty = b"-- +goose Up\nSELECT 1;\n-- +goose Down\n-- nothing to do\n\n"
    assert found(tmp_path, Layout.GOOSE, empty).down is None
    assert found(tmp_path, Layout.GOOSE, b"-- +goose Up\nSELECT 1;\n").down is None
    assert found(tmp_path, Layout.GOOSE, empty + b"SELECT 2;\n").down
    assert found(tmp_path, Layout.DBMATE, b"-- migrate:up\nSELECT 1;\n-- migrate:down\n\n").down is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (b"SELECT 1;\n", 1, "above"),
        (b"-- nothing\n", 0, "no line `-- +goose Up`"),
        (b"-- +goose Up\nSELECT 1;\n-- +goose Up\n", 3, "refuses this line"),
        (b"-- +goose Down\n-- +goose Up\n", 1, "refuses this line"),
        (b"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose Down\n", 4, "refuses this line"),
        (b"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n", 2, "no StatementEnd"),
        (b"-- +goose Up\n-- +goose StatementEnd\n", 2, "refuses this line"),
        (b"-- +goose Up\n-- +goose Upwards\n", 2, "refuses this line"),
        (b"  -- +goose Up\nSELECT 1;\n", 1, "refuses this line"),
        (b"-- made by +goose\n-- +goose Up\n", 1, "refuses this line"),
        (b"-- +goose ENVSUB ON\n-- +goose Up\nSELECT '${NAME}';\n", 3, "variables of the environment"),
    ],
)
def test_what_goose_would_refuse_or_replace_is_refused_by_line(
    tmp_path: Path, text: bytes, line: int, told: str
) -> None:
    problem = refusal(tmp_path, Layout.GOOSE, text)
    assert told in problem.what
    assert line_of(problem) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"SELECT 1;\n-- migrate:up\n", 1), (b"-- migrate:down\n-- migrate:up\n", 1), (b"-- nothing\n", 0)],
)
def test_what_dbmate_would_refuse_is_refused_by_line(tmp_path: Path, text: bytes, line: int) -> None:
    assert line_of(refusal(tmp_path, Layout.DBMATE, text)) == line


def test_dollars_are_no_variables_where_goose_does_not_look_for_them(tmp_path: Path) -> None:
    text = b"-- +goose ENVSUB ON\n-- +goose Up\nDO $$ BEGIN END $$;\n-- +goose ENVSUB OFF\nSELECT '${NAME}';\n"
    assert found(tmp_path, Layout.GOOSE, text).up.raw.endswith(b"SELECT '${NAME}';\n")


def test_a_migration_that_is_a_program_is_named(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "00002_fill.go").touch()
    assert "Go program" in refusal(tmp_path, Layout.GOOSE, GOOSE_FILE).why
    (tmp_path / "m" / "00002_fill.go").rename(tmp_path / "m" / "00002_fill_test.go")
    (tmp_path / "m" / "embed.go").touch()
    assert found(tmp_path, Layout.GOOSE, GOOSE_FILE)


def test_an_error_of_the_grammar_names_the_line_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(Refusal) as caught:
        prepare(found(tmp_path, Layout.GOOSE, b"-- head\n-- +goose Up\nSELECT 1;\nSELEC 2;\n"))
    assert line_of(caught.value) == 4
