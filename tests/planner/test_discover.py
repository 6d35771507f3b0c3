"""A folder of migration files becomes migrations in their order, each oddity explained by name."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import os
import time
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover import discover, strays
from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.discover.new import detect_layout
from migsafe.schemas.manifest import Layout, Manifest, Migrations, Rollbacks
from migsafe.schemas.migration import StrayKind
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from migsafe.schemas.migration import Migration

MOMENT = dt.datetime(2026, 3, 4, 5, 6, 7, tzinfo=dt.UTC)


def manifest(layout: Layout = Layout.SUPABASE, folder: str = "m", rollbacks: str | None = None) -> Manifest:
    return Manifest(
        version=1,
        project="shop",
        migrations=Migrations(folder=folder, layout=layout),
        rollbacks=Rollbacks(folder=rollbacks),
    )


SUPABASE, GOLANG, DIESEL = map(manifest, (Layout.SUPABASE, Layout.GOLANG_MIGRATE, Layout.DIESEL))


def write(root: Path, *names: str, content: str = "SELECT 1;\n") -> None:
    for name in names:
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def files(migrations: tuple[Migration, ...]) -> list[str]:
    return [migration.file for migration in migrations]


def notes(migrations: tuple[Migration, ...]) -> dict[str, str]:
    return {migration.file: " / ".join(migration.notes) for migration in migrations if migration.notes}


def orphans(root: Path, project: Manifest) -> list[str]:
    return [each.path for each in strays(root, project) if each.kind is StrayKind.ROLLBACK_OF_NOTHING]


def passed_over(root: Path, project: Manifest) -> list[str]:
    return [each.path for each in strays(root, project) if each.kind is StrayKind.PASSED_OVER]


def refusal(root: Path, project: Manifest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        discover(root, project)
    problem = caught.value
    assert problem.why
    assert problem.remedy
    assert problem.place
    return problem


def test_supabase_files_have_label_name_and_rollback(tmp_path: Path) -> None:
    write(tmp_path, "20231223_001_add_rls_policies.sql", "rollback/20231223_001_add_rls_policies_down.sql", "README.md")
    (found,) = discover(tmp_path, SUPABASE)
    assert (found.label, found.name) == ("20231223", "001_add_rls_policies")
    assert found.file == "20231223_001_add_rls_policies.sql"
    assert found.up.path == "m/20231223_001_add_rls_policies.sql"
    assert found.up.raw == b"SELECT 1;\n"
    assert found.down
    assert found.down.path == "m/rollback/20231223_001_add_rls_policies_down.sql"
    assert found.up.transactional
    assert found.notes == ()


def test_rollbacks_may_be_elsewhere(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", "../down/1_a_down.sql", "rollback/1_a_down.sql")
    (found,) = discover(tmp_path, manifest(rollbacks="down"))
    assert found.down
    assert found.down.path == "down/1_a_down.sql"


def test_golang_migrate_files_stand_in_pairs(tmp_path: Path) -> None:
    write(tmp_path, "000001_a.up.sql", "000001_a.down.sql", "000002_b.up.sql", "000010_c.up.sql", "000003_d.down.sql")
    found = discover(tmp_path, GOLANG)
    assert files(found) == ["000001_a.up.sql", "000002_b.up.sql", "000010_c.up.sql"]
    assert (found[0].label, found[0].name) == ("000001", "a")
    assert [migration.down is not None for migration in found] == [True, False, False]
    assert orphans(tmp_path, GOLANG) == ["m/000003_d.down.sql"]


def test_diesel_folders_may_run_outside_a_transaction(tmp_path: Path) -> None:
    write(tmp_path, "20170804000000_a/up.sql", "2017-09-23-000000_b/up.sql", "2017-09-23-000000_b/down.sql")
    write(tmp_path, "20170804000000_a/metadata.toml", content="run_in_transaction = false\nours = 1\n")
    write(tmp_path, "notes/README.md", "data.sql", "2017-01-01_gone/down.sql")
    first, second = discover(tmp_path, DIESEL)
    assert (first.label, first.name, first.file) == ("20170804000000", "a", "20170804000000_a/up.sql")
    assert (first.up.transactional, second.up.transactional) == (False, True)
    assert second.label == "2017-09-23-000000"
    assert second.down
    assert second.down.path == "m/2017-09-23-000000_b/down.sql"
    assert orphans(tmp_path, DIESEL) == ["m/2017-01-01_gone/down.sql"]


@pytest.mark.parametrize("text", ["", "run_in_transaction = 1", "x", "a = " + "[" * 10_000, "\0", "#" * 100_000])
def test_metadata_that_says_nothing_clear_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "1_a/up.sql")
    write(tmp_path, "1_a/metadata.toml", content=text)
    refusal(tmp_path, DIESEL)


def test_metadata_with_a_typo_is_told(tmp_path: Path) -> None:
    write(tmp_path, "1_a/up.sql")
    write(tmp_path, "1_a/metadata.toml", content="run_in_transacton = false\n")
    assert "run_in_transacton" in refusal(tmp_path, DIESEL).remedy


@pytest.mark.parametrize(
    ("layout", "ordered", "told"),
    [
        (Layout.SUPABASE, ["1_a.sql", "2_b.sql", "10_c.sql"], {"10_c.sql": "10 has 2 digits"}),
        (Layout.SUPABASE, ["1_a.sql", "1_b.sql"], {"1_a.sql": "shared with 1_b.sql", "1_b.sql": "shared with 1_a.sql"}),
        (Layout.SUPABASE, ["20240101000000_a.sql", "20240101006000_b.sql"], {"20240101006000_b.sql": "no valid time"}),
        (
            Layout.SUPABASE,
            ["20231222090000_a.sql", "20231223_001_b.sql", "20231223090000_c.sql"],
            {
                "20231223_001_b.sql": "counts as 20231223000000",
                "20231223090000_c.sql": "stands before it in a list sorted by name",
            },
        ),
        (
            Layout.SUPABASE,
            ["20231222090000_a.sql", "20231399_b.sql", "20240101000000_c.sql"],
            {"20231399_b.sql": "no valid time"},
        ),
        (Layout.SUPABASE, ["20231222_a.sql", "20231223_b.sql"], {}),
        (
            Layout.GOLANG_MIGRATE,
            ["20231223_a.up.sql", "20231222090000_b.up.sql", "20240101000000_c.up.sql"],
            {"20231223_a.up.sql": "8 digits", "20231222090000_b.up.sql": "list sorted by name"},
        ),
        (Layout.DIESEL, ["20170804010203_a/up.sql", "2017-09-23-010203_b/up.sql"], {}),
        (Layout.DIESEL, ["2025-11-19-091444-0000_a/up.sql", "2026-05-27-120000_b/up.sql"], {}),
        (
            Layout.DIESEL,
            ["00000000000000_a/up.sql", "20170804010203_b/up.sql"],
            {"00000000000000_a/up.sql": "valid"},
        ),
    ],
)
def test_labels_sort_as_the_layout_says_and_oddities_are_told(
    tmp_path: Path, layout: Layout, ordered: list[str], told: dict[str, str]
) -> None:
    write(tmp_path, *reversed(ordered))
    found = discover(tmp_path, manifest(layout))
    assert files(found) == ordered
    assert set(notes(found)) >= set(told)
    for file, words in told.items():
        assert words in notes(found)[file]
    if not told:
        assert notes(found) == {}


@pytest.mark.parametrize(
    ("layout", "names", "words"),
    [
        (Layout.SUPABASE, ["add_orders.sql"], "20240131120000_add_orders.sql"),
        (Layout.SUPABASE, ["20240101.sql"], "20240101_describe_it.sql"),
        (Layout.SUPABASE, ["1-a.sql"], "1_a.sql"),
        (Layout.SUPABASE, ["1_a.SQL"], "LABEL_name.sql"),
        (Layout.SUPABASE, ["\u0661_a.sql"], "digits"),
        (Layout.SUPABASE, [".hidden.sql", "x.sql"], "x.sql"),
        (Layout.SUPABASE, ["1_a.up.sql"], "golang-migrate"),
        (Layout.SUPABASE, ["1_a.sql", "1_a_down.sql"], "rollback"),
        (Layout.SUPABASE, ["1_a\u200b.sql"], "cannot be shown"),
        (Layout.SUPABASE, ["1_a\n.sql"], "cannot be shown"),
        (Layout.SUPABASE, ["1_a.sql/x"], "directory"),
        (Layout.SUPABASE, ["1_a.sql", "rollback/1_a_down.sql/x"], "directory"),
        (Layout.GOLANG_MIGRATE, ["1_a.sql"], "1_a.up.sql"),
        (Layout.GOLANG_MIGRATE, ["a.up.sql"], "digits"),
        (Layout.GOLANG_MIGRATE, ["1_a.up.sql", "01_a.up.sql"], "same migration twice"),
        (Layout.DIESEL, ["2017-01-01_a/up.sql", "20170101_a/up.sql"], "same migration twice"),
        (Layout.DIESEL, ["add_orders/up.sql"], "LABEL_name"),
        (Layout.DIESEL, ["1_a/migration.sql"], "no up.sql"),
        (Layout.DIESEL, ["1_a/up.sql/x"], "directory"),
    ],
)
def test_what_cannot_be_placed_is_refused_by_name(tmp_path: Path, layout: Layout, names: list[str], words: str) -> None:
    write(tmp_path, *names)
    assert words in str(refusal(tmp_path, manifest(layout)))


def test_a_labelled_sql_file_is_no_diesel_migration(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql")
    (tmp_path / "m/1_a.sql").rename(tmp_path / "m/1.sql")
    assert discover(tmp_path, DIESEL) == ()
    write(tmp_path, "1_a.sql")
    assert "migrations.layout" in refusal(tmp_path, DIESEL).remedy


def test_both_twins_are_named(tmp_path: Path) -> None:
    write(tmp_path, "1_a.up.sql", "01_a.up.sql")
    what = refusal(tmp_path, GOLANG).what
    assert "1_a.up.sql" in what
    assert "01_a.up.sql" in what


def test_hidden_files_and_copies_of_editors_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", ".1_b.sql.swp", ".#1_c.sql", "#1_d.sql#", "1_e.sql~", "1_f.sql.orig", "._1_g.sql")
    assert files(discover(tmp_path, SUPABASE)) == ["1_a.sql"]


def test_names_that_look_alike_stay_apart_and_are_told(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "1_caf\u00e9.sql") for form in ("NFC", "NFD")]
    write(tmp_path, *names, "2_p\u0430y.sql", "3_\u0442\u0430\u0431.sql")
    found = discover(tmp_path, SUPABASE)
    told = notes(found)
    assert len(found) == 4
    assert any("looks the same" in said for said in told.values())
    assert "alphabets" in told["2_p\u0430y.sql"]
    assert "3_\u0442\u0430\u0431.sql" not in told


def test_a_rollback_without_a_migration_is_listed(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", "rollback/1_a_down.sql", "rollback/1_b_down.sql", "rollback/odd.sql", "rollback/x.md")
    assert orphans(tmp_path, SUPABASE) == ["m/rollback/1_b_down.sql", "m/rollback/odd.sql"]


def test_what_the_supabase_cli_passes_over_is_passed_over_and_told(tmp_path: Path) -> None:
    write(tmp_path, "1_a.sql", "005b_b.sql", "TEMP_c.sql", "20240101-d.sql", "x.md", ".hidden.sql")
    assert files(discover(tmp_path, SUPABASE)) == ["1_a.sql"]
    assert passed_over(tmp_path, SUPABASE) == ["m/005b_b.sql", "m/20240101-d.sql", "m/TEMP_c.sql"]
    (told, *_) = strays(tmp_path, SUPABASE)
    assert "mv 'm/005b_b.sql' 'm/005_b_b.sql'" in told.why


def test_a_stamp_may_be_followed_by_a_dash_as_lovable_writes_it(tmp_path: Path) -> None:
    name = "20250609175927-ef2a9eaf-a75d-4e9a-8e1d-540162ef0e99.sql"
    write(tmp_path, "20250609175926_a.sql", name)
    write(tmp_path, f"rollback/{name.replace('.sql', '_down.sql')}")
    _, found = discover(tmp_path, SUPABASE)
    assert (found.label, found.name) == ("20250609175927", "ef2a9eaf-a75d-4e9a-8e1d-540162ef0e99")
    assert found.file == name
    assert found.down
    assert strays(tmp_path, SUPABASE) == ()


def test_an_empty_folder_has_no_migrations_and_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert "mkdir" in refusal(tmp_path, SUPABASE).remedy
    (tmp_path / "m").mkdir()
    assert discover(tmp_path, SUPABASE) == ()
    (tmp_path / "file").touch()
    assert "not a folder" in refusal(tmp_path, manifest(folder="file")).what


def test_line_ends_and_byte_order_mark_change_one_hash_only() -> None:
    unix, windows = sql_file("a", b"a\nb\n"), sql_file("a", b"\xef\xbb\xbfa\r\nb\r\n")
    assert unix.sha256 == unix.normalised_sha256 == windows.normalised_sha256 == hashlib.sha256(b"a\nb\n").hexdigest()
    assert windows.sha256 != unix.sha256
    assert sql_file("a", b"a\nb \n").normalised_sha256 != unix.normalised_sha256


def test_a_thousand_files_are_read_quickly(tmp_path: Path) -> None:
    """The aim is 60 ms; the bound leaves room for a busy machine."""
    write(tmp_path, *(f"{20240101000000 + number}_a.sql" for number in range(1000)))
    begun = time.process_time()
    assert len(discover(tmp_path, SUPABASE)) == 1000
    assert time.process_time() - begun < 0.5


HISTORIES = [
    ("A/usebasejump+basejump", Layout.SUPABASE, 4, 0),
    ("A/mckaywrigley+chatbot-ui", Layout.SUPABASE, 25, 0),
    ("A/supabase-community+database-build", Layout.SUPABASE, 7, 0),
    ("B/stacklok+minder", Layout.GOLANG_MIGRATE, 107, 106),
    ("B/rust-lang+crates.io", Layout.DIESEL, 285, 285),
]


@pytest.mark.corpus
@pytest.mark.parametrize(("folder", "layout", "count", "downs"), HISTORIES)
def test_real_histories_are_found_whole_and_in_order(folder: str, layout: Layout, count: int, downs: int) -> None:
    if "MIGSAFE_CORPUS" not in os.environ:
        pytest.skip("MIGSAFE_CORPUS names no folder")
    root = Path(os.environ["MIGSAFE_CORPUS"])
    found = discover(root, manifest(layout, folder))
    assert detect_layout(root / folder) is layout
    assert len(found) == count
    assert sum(migration.down is not None for migration in found) == downs
    stems = [f"{migration.label.replace('-', '')}_{migration.name}" for migration in found]
    # Their own tools sort by text; where that differs from ours, a note says so.
    told = sum("sorted by name" in note for migration in found for note in migration.notes)
    assert sum(one > other for one, other in itertools.pairwise(stems)) == told
