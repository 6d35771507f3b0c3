"""Predicted effects beside measured ones: what contradicts, and what a scratch server cannot show."""

from __future__ import annotations

import pytest

from migsafe.planner.comparing import compared
from migsafe.schemas.effect import Effect, Loss
from migsafe.schemas.evidence import Agreement, MeasuredEffect, StatementEvidence
from migsafe.schemas.locks import Lock
from migsafe.schemas.step import StatementText, TransactionStep

DROP = Effect(relation="public.t", lock=Lock.ACCESS_EXCLUSIVE, rewrite=False, scan=False, loss=Loss.NONE, new=False)
SEEN = MeasuredEffect(
    relation="public.t", lock=Lock.ACCESS_EXCLUSIVE, rewrite=False, scan=False, indexes_rebuilt=("public.i",)
)


def agreement(effect: Effect, *seen: MeasuredEffect) -> Agreement:
    text = StatementText(sql="", line=1, column=1, sha256="", summary="", effects=(effect,))
    evidence = StatementEvidence(
        line=1, sha256="", duration_ms=0, wal_bytes=0, notices=(), measured=seen, comparisons=(), changes=()
    )
    step = TransactionStep(kind="transaction", statements=(text,), locks=())
    return compared((step,), (evidence,))[0].comparisons[0].agreement


def test_what_a_code_block_did_not_come_to_do_is_not_contradicted() -> None:
    """On the empty tables of a shadow a loop over rows ends at once; on the target it may not."""
    assert agreement(DROP) is Agreement.CONTRADICTED
    assert agreement(DROP.model_copy(update={"conditional": True})) is Agreement.NOT_MEASURABLE


def test_a_code_block_that_does_more_than_was_foretold_is_a_contradiction() -> None:
    less = DROP.model_copy(update={"conditional": True, "lock": Lock.SHARE})
    assert agreement(less, SEEN) is Agreement.CONTRADICTED


@pytest.mark.parametrize(
    ("foretold", "outcome"),
    [
        ({}, Agreement.CONTRADICTED),
        ({"index_rebuild": True}, Agreement.CONFIRMED),
        ({"scan": True}, Agreement.NOT_MEASURABLE),
    ],
)
def test_an_index_built_anew_has_to_be_foretold(foretold: dict[str, bool], outcome: Agreement) -> None:
    """A scan foretells an index that is built under the name of one that is dropped."""
    assert agreement(DROP.model_copy(update=foretold), SEEN) is outcome
