"""Files and histories are matched by what they are, and every difference is told with what to do."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migsafe.planner.discover.hashing import sql_file
from migsafe.planner.standing import compare
from migsafe.schemas.ledger import AppliedMigration, LedgerState
from migsafe.schemas.manifest import Order
from migsafe.schemas.migration import Migration
from migsafe.schemas.plan import MigrationStanding, Standing
from migsafe.schemas.target import ForeignMigration

FILE = "{}_{}.sql"


def file(label: str, name: str, content: str = "") -> Migration:
    path = FILE.format(label, name)
    return Migration(label, name, path, sql_file(f"m/{path}", (content or name).encode()), None)


def row(label: str, name: str, content: str = "") -> AppliedMigration:
    sql = sql_file("", (content or name).encode())
    return AppliedMigration(
        label=label,
        name=name,
        file=FILE.format(label, name),
        sha256=sql.sha256,
        normalised_sha256=sql.normalised_sha256,
        sql=content or name,
        rollback_sql=None,
        rollback_file=None,
        applied_at="2026-01-01T00:00:00Z",
        run="r",
        sequence=1,
    )


def ledger(*rows: AppliedMigration) -> LedgerState:
    return LedgerState(
        exists=bool(rows),
        format=1,
        lineage=None,
        head="",
        intact=True,
        broken_at=None,
        applied=rows,
        plans=(),
        unfinished=None,
    )


def foreign(label: str, name: str = "") -> ForeignMigration:
    return ForeignMigration(tool="supabase", label=label, name=name)


def standings(
    files: list[Migration],
    rows: list[AppliedMigration],
    others: list[ForeignMigration] | None = None,
    order: Order = Order.LINEAR,
) -> tuple[MigrationStanding, ...]:
    return compare(tuple(files), ledger(*rows), tuple(others or ()), order)


def kinds(found: tuple[MigrationStanding, ...]) -> list[str]:
    return [f"{one.standing} {one.label} {one.name}" for one in found]


def test_what_is_applied_and_what_is_pending_needs_no_words() -> None:
    found = standings([file("1", "a"), file("2", "b")], [row("1", "a")])
    assert kinds(found) == ["applied 1 a", "pending 2 b"]
    assert [one.detail for one in found] == ["", ""]
    assert kinds(standings([file("1", "a")], [])) == ["pending 1 a"]
    assert standings([], []) == ()


def test_an_edited_file_is_told_from_one_with_other_line_ends() -> None:
    found = standings([file("1", "a", "x\r\ny"), file("2", "b", "x ")], [row("1", "a", "x\ny"), row("2", "b", "x")])
    assert kinds(found) == ["line-ends 1 a", "edited 2 b"]
    assert "nothing needs to be done" in found[0].detail
    assert "migsafe show 2" in found[1].detail


def test_a_file_that_is_gone_is_missing() -> None:
    found = standings([file("2", "b")], [row("1", "a"), row("2", "b")])
    assert kinds(found) == ["applied 2 b", "missing 1 a"]
    assert found[1].file == "1_a.sql"
    assert "migsafe show 1" in found[1].detail


def test_a_missing_file_names_the_one_that_took_its_label() -> None:
    found = standings([file("1", "renamed", "and edited")], [row("1", "a")])
    assert kinds(found) == ["pending 1 renamed", "missing 1 a"]
    assert "1_renamed.sql has the same label" in found[1].detail


@pytest.mark.parametrize("renamed", [file("9", "a"), file("1", "other", "a"), file("9", "other", "a")])
def test_a_renamed_file_is_known_by_its_content(renamed: Migration) -> None:
    (found,) = standings([renamed], [row("1", "a")])
    assert found.standing is Standing.RELABELLED
    assert f"git mv m/{renamed.file} m/1_a.sql" in found.detail


def test_a_renamed_file_is_known_also_with_other_line_ends() -> None:
    assert kinds(standings([file("9", "a", "x\r\n")], [row("1", "a", "x\n")])) == ["relabelled 9 a"]


def test_an_edited_file_is_never_taken_for_new_because_its_old_content_lies_elsewhere() -> None:
    found = standings([file("1", "a", "new"), file("2", "copy", "old")], [row("1", "a", "old")])
    assert kinds(found) == ["edited 1 a", "pending 2 copy"]


def test_equal_contents_are_matched_one_by_one() -> None:
    files = [file("1", "a", "same"), file("2", "b", "same"), file("3", "c", "same")]
    found = standings(files, [row("1", "a", "same"), row("2", "b", "same")])
    assert kinds(found) == ["applied 1 a", "applied 2 b", "pending 3 c"]


def test_repeated_labels_are_told_apart_by_name() -> None:
    found = standings([file("1", "a"), file("1", "b"), file("1", "c")], [row("1", "b")])
    assert kinds(found) == ["out-of-order 1 a", "applied 1 b", "pending 1 c"]


@pytest.mark.parametrize(
    ("order", "words"), [(Order.LINEAR, "migrations.order: out-of-order"), (Order.OUT_OF_ORDER, "will be applied now")]
)
def test_a_pending_file_below_an_applied_one_is_out_of_order(order: Order, words: str) -> None:
    files = [file("1", "a"), file("2", "b"), file("3", "c"), file("4", "d")]
    found = standings(files, [row("1", "a"), row("3", "c")], order=order)
    assert kinds(found) == ["applied 1 a", "out-of-order 2 b", "applied 3 c", "pending 4 d"]
    assert "3_c.sql" in found[1].detail
    assert words in found[1].detail


def test_what_another_tool_applied_is_not_run_again() -> None:
    found = standings([file("1", "a"), file("2", "b"), file("3", "c")], [], [foreign("1", "a"), foreign("2")])
    assert kinds(found) == ["foreign 1 a", "foreign 2 b", "pending 3 c"]
    assert "will not run it again" in found[0].detail


def test_what_another_tool_applied_counts_for_the_order() -> None:
    assert kinds(standings([file("1", "a"), file("2", "b")], [], [foreign("2", "b")])) == [
        "out-of-order 1 a",
        "foreign 2 b",
    ]


def test_another_name_in_the_other_history_is_told() -> None:
    (found,) = standings([file("1", "a")], [], [foreign("1", "z")])
    assert found.standing is Standing.FOREIGN
    assert "under the name z" in found.detail


def test_of_a_repeated_label_the_name_says_which_one_the_other_tool_means() -> None:
    files = [file("1", "a"), file("1", "b")]
    assert kinds(standings(files, [], [foreign("1", "b")])) == ["out-of-order 1 a", "foreign 1 b"]
    assert kinds(standings(files, [], [foreign("1")])) == ["foreign 1 a", "foreign 1 b"]


def test_our_own_migrations_mirrored_elsewhere_are_nothing_new() -> None:
    found = standings([file("1", "a"), file("2", "b")], [row("1", "a")], [foreign("1", "a")])
    assert kinds(found) == ["applied 1 a", "pending 2 b"]
    edited = standings([file("1", "a", "x")], [row("1", "a")], [foreign("1", "a")])
    assert kinds(edited) == ["edited 1 a"]
    gone = standings([], [row("1", "a")], [foreign("1", "a")])
    assert kinds(gone) == ["missing 1 a"]


def test_a_foreign_row_without_a_file_is_told() -> None:
    (found,) = standings([], [], [foreign("7", "z")])
    assert (found.standing, found.file) == (Standing.FOREIGN, "")
    assert "supabase migration fetch" in found.detail


def test_the_same_name_under_another_label_is_pointed_at() -> None:
    """Dashboards and agents record a stamp of their own for a migration whose file has another."""
    found = standings([file("1", "a")], [], [foreign("20260101000000", "a")])
    assert kinds(found) == ["pending 1 a", "foreign 20260101000000 a"]
    assert "git mv m/1_a.sql m/20260101000000_a.sql" in found[1].detail


def test_a_thousand_migrations_are_compared_quickly() -> None:
    files = [file(str(number), f"n{number}") for number in range(1000)]
    rows = [row(str(number), f"n{number}") for number in range(999)]
    begun = time.process_time()
    found = standings(files, rows, [foreign(str(number)) for number in range(999)])
    assert time.process_time() - begun < 0.5
    assert [one.standing for one in found].count(Standing.APPLIED) == 999


_WORDS = st.sampled_from("abc")
_TRIPLES = st.tuples(st.sampled_from("123"), _WORDS, _WORDS)


@given(
    st.lists(_TRIPLES, max_size=6, unique_by=lambda triple: triple[:2]),
    st.lists(_TRIPLES, max_size=6, unique_by=lambda triple: triple[:2]),
    st.lists(st.tuples(st.sampled_from("123"), _WORDS), max_size=3, unique_by=lambda pair: pair[0]),
    st.sampled_from(Order),
)
def test_every_file_and_every_row_is_told_exactly_once(
    files: list[tuple[str, str, str]],
    rows: list[tuple[str, str, str]],
    others: list[tuple[str, str]],
    order: Order,
) -> None:
    found = standings(
        [file(*one) for one in sorted(files)], [row(*one) for one in rows], [foreign(*one) for one in others], order
    )
    of_files = found[: len(files)]
    assert [one.file for one in of_files] == [FILE.format(*one[:2]) for one in sorted(files)]
    assert all(one.standing in (Standing.MISSING, Standing.FOREIGN) for one in found[len(files) :])
    from_ledger = (Standing.APPLIED, Standing.EDITED, Standing.LINE_ENDS, Standing.RELABELLED, Standing.MISSING)
    assert sum(one.standing in from_ledger for one in found) == len(rows)
    silent = (Standing.APPLIED, Standing.PENDING)
    assert all(bool(one.detail) == (one.standing not in silent) for one in found)
