"""A new migration gets a name and a label under which it runs last."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover import discover
from migsafe.planner.discover.new import detect_layout, new_migration_files
from migsafe.schemas.manifest import Layout, Manifest, Migrations, Rollbacks
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from pathlib import Path

MOMENT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


def manifest(layout: Layout = Layout.SUPABASE, folder: str = "m", rollbacks: str | None = None) -> Manifest:
    return Manifest(
        version=1,
        project="shop",
        migrations=Migrations(folder=folder, layout=layout),
        rollbacks=Rollbacks(folder=rollbacks),
    )


SUPABASE = manifest()


def write(root: Path, *names: str, content: str = "SELECT 1;\n") -> None:
    for name in names:
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.mark.parametrize(
    ("layout", "existing", "created"),
    [
        (Layout.SUPABASE, [], ["m/20260304050607_add.sql", "m/rollback/20260304050607_add_down.sql"]),
        (Layout.SUPABASE, ["20260304050607_a.sql"], ["m/20260304050608_add.sql", None]),
        (Layout.SUPABASE, ["20271231235959_a.sql"], ["m/20280101000000_add.sql", None]),
        (Layout.SUPABASE, ["20270101_a.sql"], ["m/20270101000001_add.sql", None]),
        (Layout.SUPABASE, ["20279999999999_a.sql"], ["m/20280000000000_add.sql", None]),
        (Layout.SUPABASE, ["99_a.sql"], ["m/20260304050607_add.sql", None]),
        (Layout.GOLANG_MIGRATE, [], ["m/000001_add.up.sql", "m/000001_add.down.sql"]),
        (Layout.GOLANG_MIGRATE, ["0009_a.up.sql"], ["m/0010_add.up.sql", "m/0010_add.down.sql"]),
        (Layout.GOLANG_MIGRATE, ["20240101000000_a.up.sql"], ["m/20260304050607_add.up.sql", None]),
        (Layout.DIESEL, [], ["m/2026-03-04-050607_add/up.sql", "m/2026-03-04-050607_add/down.sql"]),
        (Layout.DIESEL, ["20240101000000_a/up.sql"], ["m/20260304050607_add/up.sql", None]),
        (Layout.DIESEL, ["2027-01-01-000000-0000_a/up.sql"], ["m/2027-01-01-000001_add/up.sql", None]),
        (Layout.SQLX, [], ["m/20260304050607_add.up.sql", "m/20260304050607_add.down.sql"]),
        (Layout.SQLX, ["0009_a.up.sql"], ["m/0010_add.up.sql", "m/0010_add.down.sql"]),
        (Layout.FLYWAY, [], ["m/V1__add.sql", "m/U1__add.sql"]),
        (Layout.FLYWAY, ["V009__a.sql"], ["m/V010__add.sql", "m/U010__add.sql"]),
        (Layout.FLYWAY, ["V1_9__a.sql", "V1.10__b.sql"], ["m/V1.11__add.sql", None]),
        (Layout.FLYWAY, ["V1.1__a.sql", "V2__b.sql"], ["m/V3__add.sql", None]),
        (Layout.PRISMA, ["0_a/migration.sql"], ["m/20260304050607_add/migration.sql", None]),
    ],
)
def test_a_new_migration_sorts_last(
    tmp_path: Path, layout: Layout, existing: list[str], created: list[str | None]
) -> None:
    (tmp_path / "m").mkdir()
    write(tmp_path, *existing)
    project = manifest(layout)
    made = new_migration_files(tmp_path, project, "add", MOMENT.astimezone(dt.timezone(dt.timedelta(hours=5))))
    assert all(wanted in (None, path) for path, wanted in zip(made, created, strict=True))
    for path, content in made.items():
        write(tmp_path, path.removeprefix("m/"), content=content)
    last = discover(tmp_path, project)[-1]
    assert last.name == "add"
    assert last.down


@pytest.mark.parametrize(
    ("layout", "existing", "created"),
    [
        (Layout.GOOSE, {}, "m/20260304050607_add.sql"),
        (Layout.GOOSE, {"00009_a.sql": "-- +goose Up\nSELECT 1;\n"}, "m/00010_add.sql"),
        (Layout.DBMATE, {}, "m/20260304050607_add.sql"),
    ],
)
def test_a_new_migration_of_one_file_has_both_sections(
    tmp_path: Path, layout: Layout, existing: dict[str, str], created: str
) -> None:
    (tmp_path / "m").mkdir()
    for name, text in existing.items():
        write(tmp_path, name, content=text)
    ((path, text),) = new_migration_files(tmp_path, manifest(layout), "add", MOMENT).items()
    assert path == created
    write(tmp_path, path.removeprefix("m/"), content=text)
    last = discover(tmp_path, manifest(layout))[-1]
    assert last.name == "add"
    assert last.down is None  # a rollback that only says what it should do is none
    write(tmp_path, path.removeprefix("m/"), content=text + "DROP TABLE a;\n")
    down = discover(tmp_path, manifest(layout))[-1].down
    assert down
    assert down.raw.endswith(b"included.\nDROP TABLE a;\n")


def test_a_new_migration_of_sqlx_is_simple_where_the_others_are(tmp_path: Path) -> None:
    write(tmp_path, "20240101000000_a.sql")
    made = new_migration_files(tmp_path, manifest(Layout.SQLX), "add", MOMENT)
    assert list(made) == ["m/20260304050607_add.sql"]


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("Add Orders", "add_orders"),
        ("../../x", "x"),
        ("a/b", "a_b"),
        ("caf\u00e9", "cafe"),
        ("", "describe_the_change"),
        ("\u65e5\u672c", "describe_the_change"),
        ("a;rm -rf", "a_rm_rf"),
        ("x" * 101, "x" * 100),
        ("-x", "x"),
        ("a\n", "a"),
    ],
)
def test_an_odd_name_is_refused_and_a_good_one_offered(tmp_path: Path, name: str, better: str) -> None:
    (tmp_path / "m").mkdir()
    with pytest.raises(Refusal) as caught:
        new_migration_files(tmp_path, SUPABASE, name, MOMENT)
    assert caught.value.remedy == f"migsafe new {better}"
    assert new_migration_files(tmp_path, SUPABASE, better, MOMENT)


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("1_a.sql", Layout.SUPABASE),
        ("1_a.up.sql", Layout.GOLANG_MIGRATE),
        ("1_a/up.sql", Layout.DIESEL),
        ("1_a/migration.sql", Layout.PRISMA),
        ("V1__a.sql", Layout.FLYWAY),
        ("sub/V1.2__a.sql", Layout.FLYWAY),
        ("x.md", Layout.SUPABASE),
    ],
)
def test_the_layout_of_a_folder_is_seen_by_its_names(tmp_path: Path, name: str, layout: Layout) -> None:
    write(tmp_path, name)
    assert detect_layout(tmp_path / "m") is layout
    assert detect_layout(tmp_path / "missing") is Layout.SUPABASE


@pytest.mark.parametrize(
    ("name", "text", "layout"),
    [
        ("1_a.sql", "-- a comment\n-- +goose up\n", Layout.GOOSE),
        ("1_a.sql", "-- migrate:up\n", Layout.DBMATE),
        ("1_a.sql", "-- no-transaction\n", Layout.SQLX),
        ("1_a.up.sql", "-- no-transaction\n", Layout.SQLX),
        ("1_a.sql", "SELECT '-- migrate:up';\n", Layout.SUPABASE),
    ],
)
def test_the_layout_of_a_folder_is_seen_by_what_only_one_tool_writes(
    tmp_path: Path, name: str, text: str, layout: Layout
) -> None:
    write(tmp_path, name, content=text)
    assert detect_layout(tmp_path / "m") is layout


@pytest.mark.parametrize("name", ["1_a.sql", "1_a.up.sql"])
def test_migrations_of_a_crate_are_those_of_sqlx(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    (tmp_path / "Cargo.toml").touch()
    assert detect_layout(tmp_path / "m") is Layout.SQLX
