"""What differs between two catalogs of a real server is said in sentences that a reader of migrations understands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from catalog_samples import EVERYTHING, catalog_of
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.planner.catalog_difference import difference
from migsafe.schemas.catalog import CatalogKind, What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server


@dataclass(frozen=True, slots=True)
class Case:
    """A change, what is said of it, what is done before the first look, and the first major that knows the change."""

    change: str
    said: tuple[str, ...]
    prepare: str
    since: int


def _case(block: str) -> Case:
    marked = [line.partition(": ") for line in block.splitlines()]
    before = [text for mark, _, text in marked if mark == "before"]
    since = [int(text) for mark, _, text in marked if mark == "since"]
    change, *said = (line for line in block.splitlines() if not line.startswith(("before: ", "since: ")))
    return Case(change, tuple(line.removeprefix("- ") for line in said), "".join(before), sum(since))


_, *BLOCKS = Path(__file__).with_name("catalog_changes.txt").read_text().split("\n\n")
CASES = [_case(block) for block in BLOCKS]


@pytest.fixture(scope="module")
def everything(server: Server) -> Iterator[psycopg.Connection]:
    """One database with every kind of object; each test rolls back what it does there."""
    url = create_database(server, "differences")
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute(EVERYTHING.encode())
        yield connection
    drop_database(server, "differences")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.change[:60])
def test_a_change_is_said(everything: psycopg.Connection, case: Case) -> None:
    if everything.info.server_version // 10_000 < case.since:
        pytest.skip(f"needs PostgreSQL {case.since}")
    with everything.transaction(force_rollback=True):
        everything.execute(case.prepare.encode())
        before = catalog_of(everything)
        everything.execute(case.change.encode())
        after = catalog_of(everything)
    assert tuple(change.sentence for change in difference(before, after)) == case.said
    assert difference(after, before)


def test_equal_catalogs_do_not_differ(everything: psycopg.Connection) -> None:
    assert difference(catalog_of(everything), catalog_of(everything)) == ()


def test_a_change_is_data_too(everything: psycopg.Connection) -> None:
    with everything.transaction(force_rollback=True):
        before = catalog_of(everything)
        everything.execute("ALTER TABLE orders ALTER note SET DEFAULT 'y', ADD later int")
        everything.execute("GRANT INSERT ON customers TO reader")
        granted, note, later = difference(before, catalog_of(everything))
    assert (granted.field, granted.role, granted.old, granted.new) == (
        "grants",
        "reader",
        ("SELECT",),
        ("INSERT", "SELECT"),
    )
    assert (note.what, note.field, note.old, note.new) == (
        What.CHANGED,
        "default",
        "'x'::character varying",
        "'y'::character varying",
    )
    assert (later.what, later.object.kind, later.object.name) == (What.CREATED, CatalogKind.COLUMN, "later")
    assert later.within == note.within
    assert later.within.name == later.object.of == "public.orders"
