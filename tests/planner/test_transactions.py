"""A file's own BEGIN and COMMIT become segments."""

from __future__ import annotations

import pytest

from migsafe.planner.parse import parse
from migsafe.planner.transactions import Division, NoteKind, SegmentKind, Wrapping, divide
from migsafe.schemas.problem import Refusal


def division(text: str, wrapping: Wrapping = Wrapping.TRANSACTION) -> Division:
    return divide(parse(text.encode(), "x.sql"), wrapping)


def shape(text: str, wrapping: Wrapping = Wrapping.TRANSACTION) -> list[tuple[str, list[str]]]:
    segments = division(text, wrapping).segments
    return [(each.kind.value, [statement.sql for statement in each.statements]) for each in segments]


def notes(text: str) -> list[tuple[NoteKind, int]]:
    return [(note.kind, note.statement.line) for note in division(text).notes]


def test_a_plain_file_is_one_transaction() -> None:
    assert shape("SELECT 1; SELECT 2") == [("transaction", ["SELECT 1", "SELECT 2"])]
    assert shape("-- nothing") == []


def test_begin_and_commit_around_a_file_are_folded() -> None:
    text = "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT;"
    assert shape(text) == [("transaction", ["SELECT 1"])]
    found = division(text)
    assert [statement.sql for statement in found.folded] == ["BEGIN ISOLATION LEVEL SERIALIZABLE", "COMMIT"]
    assert found.segments[0].modes == (("transaction_isolation", "serializable"),)
    assert found.notes == ()


def test_several_blocks_are_several_transactions() -> None:
    text = "SET a.b = 1; BEGIN; SELECT 1; END; START TRANSACTION; SELECT 2; COMMIT; SELECT 3; BEGIN; COMMIT"
    assert [statements for _, statements in shape(text)] == [["SET a.b = 1"], ["SELECT 1"], ["SELECT 2"], ["SELECT 3"]]


def test_commit_and_chain_begins_the_next_transaction() -> None:
    text = "BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2; COMMIT"
    assert [statements for _, statements in shape(text)] == [["SELECT 1"], ["SELECT 2"]]


def test_savepoints_stay_inside() -> None:
    text = "BEGIN; SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a; COMMIT"
    assert shape(text) == [("transaction", ["SAVEPOINT a", "SELECT 1", "ROLLBACK TO a", "RELEASE a"])]


def test_a_statement_that_must_stand_alone_is_a_segment() -> None:
    text = "SELECT 1; CREATE INDEX CONCURRENTLY ON t (a); SELECT 2"
    assert [kind for kind, _ in shape(text)] == ["transaction", "lone", "transaction"]


def test_a_bare_commit_is_a_boundary_and_is_noted() -> None:
    text = "ALTER TYPE e ADD VALUE 'x';\nCOMMIT;\nINSERT INTO t VALUES ('x');"
    assert len(shape(text)) == 2
    assert notes(text) == [(NoteKind.COMMIT_WITHOUT_BEGIN, 2)]


def test_a_file_that_ends_its_runners_transaction_may_leave_the_last_one_open() -> None:
    text = "SELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;"
    assert [statements for _, statements in shape(text)] == [["SELECT 1"], ["SELECT 2"]]
    assert notes(text) == [(NoteKind.COMMIT_WITHOUT_BEGIN, 2), (NoteKind.BEGIN_WITHOUT_COMMIT, 3)]


def test_begin_inside_a_block_is_noted() -> None:
    assert notes("BEGIN;\nBEGIN;\nSELECT 1; COMMIT") == [(NoteKind.BEGIN_INSIDE_BLOCK, 2)]


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("SELECT 1;\nBEGIN;\nSELECT 2;", "never committed", 2),
        ("BEGIN; SELECT 1;\nROLLBACK;", "undo", 2),
        ("SELECT 1;\nABORT;", "undo", 2),
        ("BEGIN;\nSELECT 1;\nVACUUM t;\nCOMMIT;", "VACUUM cannot run inside", 3),
        ("BEGIN; SELECT 1;\nPREPARE TRANSACTION 'x';", "PREPARE TRANSACTION", 2),
    ],
)
def test_what_undoes_itself_or_cannot_run_is_refused_with_its_line(text: str, words: str, line: int) -> None:
    with pytest.raises(Refusal, match=words) as caught:
        division(text)
    assert caught.value.place is not None
    assert caught.value.place.line == line


def test_without_wrapping_only_the_files_own_blocks_are_transactions() -> None:
    text = "SELECT 1; BEGIN; SELECT 2; SELECT 3; COMMIT; SELECT 4"
    kinds = [kind for kind, _ in shape(text, Wrapping.NONE)]
    assert kinds == [SegmentKind.LONE, SegmentKind.TRANSACTION, SegmentKind.LONE]


def test_a_procedure_that_may_commit_is_noted_and_a_block_that_does_stands_alone() -> None:
    assert notes("CALL p()") == [(NoteKind.MAY_COMMIT, 1)]
    assert shape("DO $$ BEGIN COMMIT; END $$")[0][0] == "lone"
