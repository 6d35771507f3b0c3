"""The layouts of sqlx, Flyway and Prisma: which files are migrations, which their rollbacks, and how they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.planner.discover import discover, strays
from migsafe.schemas.manifest import Layout, Manifest, Migrations
from migsafe.schemas.migration import StrayKind
from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from pathlib import Path


def manifest(layout: Layout) -> Manifest:
    return Manifest(version=1, project="shop", migrations=Migrations(folder="m", layout=layout))


SQLX, FLYWAY, PRISMA = map(manifest, (Layout.SQLX, Layout.FLYWAY, Layout.PRISMA))


def write(root: Path, *names: str, content: str = "SELECT 1;\n") -> None:
    for name in names:
        path = root / "m" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def files(root: Path, project: Manifest) -> list[tuple[str, str, str | None]]:
    """Label, file and rollback of each migration, in their order."""
    found = discover(root, project)
    return [(each.label, each.file, each.down.path if each.down else None) for each in found]


def orphans(root: Path, project: Manifest) -> list[str]:
    return [each.path for each in strays(root, project) if each.kind is StrayKind.ROLLBACK_OF_NOTHING]


def passed_over(root: Path, project: Manifest) -> list[str]:
    return [each.path for each in strays(root, project) if each.kind is StrayKind.PASSED_OVER]


def refusal(root: Path, project: Manifest) -> Refusal:
    with pytest.raises(Refusal) as caught:
        discover(root, project)
    assert caught.value.why
    assert caught.value.remedy
    assert caught.value.place
    return caught.value


def test_sqlx_has_simple_files_and_pairs(tmp_path: Path) -> None:
    write(tmp_path, "2_b.up.sql", "2_b.down.sql", "10_c.sql", "1_a.sql", "7_gone.down.sql", "README.md")
    assert files(tmp_path, SQLX) == [
        ("1", "1_a.sql", None),
        ("2", "2_b.up.sql", "m/2_b.down.sql"),
        ("10", "10_c.sql", None),
    ]
    assert discover(tmp_path, SQLX)[1].name == "b"
    assert orphans(tmp_path, SQLX) == ["m/7_gone.down.sql"]
    write(tmp_path, "c.sql")
    assert passed_over(tmp_path, SQLX) == ["m/c.sql"]


@pytest.mark.parametrize(
    ("text", "alone"),
    [
        ("-- no-transaction\nSELECT 1;\n", True),
        ("-- no-transaction, as it is long\nSELECT 1;\n", True),
        ("--no-transaction\nSELECT 1;\n", False),
        ("\n-- no-transaction\nSELECT 1;\n", False),
    ],
)
def test_the_first_bytes_tell_sqlx_that_there_is_no_transaction(tmp_path: Path, text: str, alone: bool) -> None:
    write(tmp_path, "1_a.up.sql", content=text)
    write(tmp_path, "1_a.down.sql")
    (found,) = discover(tmp_path, SQLX)
    assert found.down
    assert (found.up.transactional, found.down.transactional) == (not alone, True)


def test_versions_of_flyway_are_compared_part_by_part(tmp_path: Path) -> None:
    write(tmp_path, "V1_10__d.sql", "V1.9__c.sql", "V1__a.sql", "V1.0.1__b.sql", "more/V2__e.sql", "U1_10__d.sql")
    assert files(tmp_path, FLYWAY) == [
        ("1", "V1__a.sql", None),
        ("1.0.1", "V1.0.1__b.sql", None),
        ("1.9", "V1.9__c.sql", None),
        ("1.10", "V1_10__d.sql", "m/U1_10__d.sql"),
        ("2", "more/V2__e.sql", None),
    ]
    assert all(not each.notes for each in discover(tmp_path, FLYWAY))
    write(tmp_path, "U3__gone.sql")
    assert orphans(tmp_path, FLYWAY) == ["m/U3__gone.sql"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("R__views.sql", "repeatable"),
        ("B5__all.sql", "versions up to its own"),
        ("afterMigrate.sql", "before or after"),
        ("V2_a.sql", "two underscores"),
        ("V2__Fill.java", "program"),
        ("more/R__views.sql", "repeatable"),
    ],
)
def test_what_only_flyway_can_run_is_named(tmp_path: Path, name: str, told: str) -> None:
    write(tmp_path, "V1__a.sql", name)
    problem = refusal(tmp_path, FLYWAY)
    assert f"m/{name}" in problem.what
    assert told in problem.why


def test_the_configuration_beside_a_file_of_flyway_is_heeded(tmp_path: Path) -> None:
    write(tmp_path, "V1__a.sql", "V2__b.sql", "U1__a.sql")
    write(tmp_path, "V1__a.sql.conf", content="# long\nexecuteInTransaction = false\n")
    one, two = discover(tmp_path, FLYWAY)
    assert one.down
    assert [one.up.transactional, one.down.transactional, two.up.transactional] == [False, True, True]


def test_placeholders_of_flyway_are_refused_unless_they_are_switched_off(tmp_path: Path) -> None:
    write(tmp_path, "V1__a.sql", content="-- ${free}\nSELECT $$ x $$;\nSELECT '${name}';\n")
    problem = refusal(tmp_path, FLYWAY)
    assert "${name}" in problem.what
    assert problem.place
    assert problem.place.line == 3
    write(tmp_path, "V1__a.sql.conf", content="placeholderReplacement=false\n")
    assert files(tmp_path, FLYWAY)


def test_prisma_has_folders(tmp_path: Path) -> None:
    write(tmp_path, "20240101000000_b/migration.sql", "0_init/migration.sql", "0_init/down.sql", "migration_lock.toml")
    write(tmp_path, "20230101000000_gone/down.sql", "notes/README.md")
    assert files(tmp_path, PRISMA) == [
        ("0", "0_init/migration.sql", "m/0_init/down.sql"),
        ("20240101000000", "20240101000000_b/migration.sql", None),
    ]
    assert orphans(tmp_path, PRISMA) == ["m/20230101000000_gone/down.sql"]


@pytest.mark.parametrize("name", ["20240101000000_a.sql", "20240101000000_a/up.sql", "add_a/migration.sql"])
def test_what_prisma_would_pass_over_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    refusal(tmp_path, PRISMA)
