"""Properties of the risk score."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migsafe.planner.risk import combine, points_of, rated, scaled, undo_points
from migsafe.schemas.finding import Dimension, Finding, Waiver
from migsafe.schemas.plan import Undo, UndoClass
from migsafe.schemas.risk import Point
from migsafe.schemas.severity import Level, Severity
from migsafe.schemas.step import StatementText, TransactionStep, statements_of

POINTS = st.builds(
    Point, points=st.integers(0, 100), dimension=st.sampled_from(Dimension), fact=st.sampled_from(["a", "b"])
)
SIZES = st.one_of(st.none(), st.integers(0, 10**15))


@given(st.lists(POINTS), POINTS)
def test_another_reason_never_lowers_the_score(points: list[Point], more: Point) -> None:
    assert combine([*points, more]).score >= combine(points).score


@given(st.lists(POINTS), st.integers(0, 99), st.integers(0, 100))
def test_a_graver_reason_never_lowers_the_score(points: list[Point], one: int, two: int) -> None:
    low, high = sorted((one, two))
    with_low = combine([*points, Point(points=low, dimension=Dimension.FAILURE, fact="x")])
    with_high = combine([*points, Point(points=high, dimension=Dimension.FAILURE, fact="x")])
    assert with_high.score >= with_low.score


@given(st.lists(POINTS), st.randoms())
def test_the_order_of_reasons_does_not_matter(points: list[Point], random: object) -> None:
    shuffled = list(points)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combine(shuffled) == combine(points)


@given(st.lists(POINTS, max_size=300))
def test_the_score_is_bounded_and_has_its_level(points: list[Point]) -> None:
    risk = combine(points)
    assert max((point.points for point in points), default=0) <= risk.score <= 100
    assert risk.level is Level.of(risk.score)
    assert (risk.score == 100) == any(point.points == 100 for point in points)


@given(st.lists(POINTS))
def test_a_reason_without_points_changes_nothing(points: list[Point]) -> None:
    nothing = Point(points=0, dimension=Dimension.FAILURE, fact="x")
    assert combine([*points, nothing]) == combine(points)


@given(st.integers(0, 95), st.integers(0, 10**15), st.integers(0, 10**15))
def test_a_larger_table_never_scores_less(points: int, one: int, two: int) -> None:
    small, large = sorted((one, two))
    assert scaled(points, small) <= scaled(points, large) <= 95


@given(st.integers(0, 95), st.integers(0, 95), SIZES)
def test_a_graver_harm_never_scores_less_at_the_same_size(one: int, two: int, size: int | None) -> None:
    low, high = sorted((one, two))
    assert scaled(low, size) <= scaled(high, size)


def test_a_table_of_a_gigabyte_scores_as_the_rule_says() -> None:
    assert scaled(40, 10**9) == scaled(40, None) == 40
    assert (scaled(40, 10**5), scaled(40, 10**11)) == (10, 60)


def test_a_worse_undo_class_scores_more() -> None:
    scores = [combine(undo_points(each, "x")).score for each in UndoClass]
    assert scores == sorted(scores)
    assert scores[0] == 0


def test_waived_findings_and_notices_do_not_score() -> None:
    assert [point.points for point in points_of([finding()])] == [30]
    assert points_of([finding(severity=Severity.NOTICE)]) == ()
    assert points_of([finding(waiver=Waiver(owner="o", reason="r", expires="2030-01-01"))]) == ()


def finding(severity: Severity = Severity.WARNING, waiver: Waiver | None = None) -> Finding:
    return Finding(
        rule="truncate",
        severity=severity,
        dimension=Dimension.DATA_LOSS,
        points=30,
        object="public.t",
        detail="t is emptied",
        harm="",
        remedy="",
        path="a.sql",
        line=3,
        column=1,
        excerpt="",
        statement="",
        waiver=waiver,
    )


LOSSLESS = Undo(undo_class=UndoClass.LOSSLESS, reason="", file=None, sql=None, sha256=None, steps=())


def statement(line: int, sql: str, column: int = 1) -> StatementText:
    return StatementText(sql=sql, line=line, column=column, sha256="", summary="", effects=())


def test_a_reason_lies_in_the_one_statement_in_which_its_place_is() -> None:
    """Comments that lead a statement, several statements in a line and code blocks of many lines do not confuse it."""
    texts = (
        statement(4, "-- one\n-- two\n-- three\nSELECT 1"),
        statement(5, "SELECT 2"),
        statement(5, "SELECT 3", column=11),
        statement(6, "DO $$ BEGIN\n  PERFORM 4;\nEND $$"),
    )
    step = TransactionStep(kind="transaction", statements=texts, locks=())
    places = [(0, 0), (4, 1), (5, 1), (5, 11), (7, 3)]
    found = tuple(
        finding().model_copy(update={"line": line, "column": column, "points": 10 * number})
        for number, (line, column) in enumerate(places, start=1)
    )
    (rated_step,) = rated("f.sql", (step,), found, LOSSLESS, {}).steps
    scores = [text.risk.score for text in statements_of(rated_step)]
    assert scores == [20, 30, 40, 50]  # the first finding concerns the whole file
