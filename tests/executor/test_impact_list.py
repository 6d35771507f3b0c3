"""The list of queries in tests/impact: what the server says is the truth, and the estimate comes close to it."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from impact_cases import LISTED, ROWS, Pair, measured, page, prepared_schema, queries, share
from migsafe.executor.impact import prepare_all
from migsafe.executor.server.databases import create_database, drop_database
from migsafe.schemas.impact import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.server.embedded import Server

PAGE = Path(__file__).parents[2] / "docs" / "impact.md"


@pytest.fixture(scope="module")
def listed(server: Server) -> Iterator[psycopg.Connection]:
    url = create_database(server, "impact_list")
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        prepared_schema(connection)
        yield connection
    drop_database(server, "impact_list")


@pytest.fixture(scope="module")
def pairs(listed: psycopg.Connection) -> list[Pair]:
    return list(measured(listed))


def shown(pair: Pair) -> str:
    return f"{pair.query}, {pair.change}: {pair.truth}, server {pair.server.verdict}, offline {pair.estimate.verdict}"


def test_the_list_has_sixty_queries_and_all_can_be_prepared(listed: psycopg.Connection) -> None:
    asked = [found.query for found in chain.from_iterable(map(queries, LISTED))]
    assert len(asked) >= 60
    assert not [found for found in prepare_all(listed, asked) if found.refusal]


def test_the_server_way_tells_the_truth_of_every_pair(pairs: list[Pair]) -> None:
    assert [shown(pair) for pair in pairs if pair.server.verdict is not pair.truth] == []


def test_every_break_names_the_statement_that_did_it(pairs: list[Pair]) -> None:
    affected = [pair for pair in pairs if pair.truth is not Verdict.UNAFFECTED]
    assert all(pair.server.because is not None for pair in affected)
    told = [pair for pair in affected if pair.estimate.verdict is pair.truth]
    assert [shown(pair) for pair in told if pair.estimate.because != pair.server.because] == []


def test_the_offline_way_is_right_for_nine_in_ten(pairs: list[Pair]) -> None:
    assert share(pairs) >= 0.9
    assert share([pair for pair in pairs if pair.concerned]) >= 0.9
    assert share([pair for pair in pairs if pair.truth is not Verdict.UNAFFECTED]) >= 0.9


@pytest.mark.parametrize("change", ["add-index-and-constraints", "add-table"])
def test_changes_that_touch_no_query_are_not_flagged(pairs: list[Pair], change: str) -> None:
    found = [pair for pair in pairs if pair.change == change]
    assert {pair.server.verdict for pair in found} == {Verdict.UNAFFECTED}
    assert {pair.estimate.verdict for pair in found} <= {Verdict.UNAFFECTED, Verdict.NOT_CHECKABLE}


def test_an_added_column_changes_only_what_asks_for_all_columns(pairs: list[Pair]) -> None:
    found = [pair for pair in pairs if pair.change == "add-column"]
    changed = {pair.query for pair in found if pair.server.verdict is not Verdict.UNAFFECTED}
    assert changed == {"star", "star of an alias beside another table", "sqlc embed"}


def test_rows_made_json_lose_their_keys_which_only_the_estimate_sees(listed: psycopg.Connection) -> None:
    found = list(measured(listed, (ROWS,)))
    assert [shown(pair) for pair in found if pair.estimate.verdict is not pair.truth] == []
    assert any(pair.server.verdict is not pair.truth for pair in found)


def test_the_documented_figures_are_the_measured_ones(pairs: list[Pair]) -> None:
    """`make docs` writes them anew."""
    assert page(pairs) in PAGE.read_text()
