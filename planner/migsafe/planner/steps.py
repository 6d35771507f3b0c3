"""The steps of a migration: what shares a transaction, what stands alone, and which locks each needs first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.carry import walk
from migsafe.planner.effects import in_one_order, summary
from migsafe.planner.effects.locks_needed import locks_of
from migsafe.planner.effects.predict import effects_by_name, strongest_first
from migsafe.planner.on_stand_in import on_stand_in
from migsafe.planner.quarantine.instead import NOTHING, spot
from migsafe.planner.risk.speeds import DEFAULT_SPEEDS, work_of
from migsafe.planner.transactions import SegmentKind
from migsafe.schemas.names import parsed
from migsafe.schemas.step import (
    IndexBuilt,
    IndexGone,
    LockNeed,
    LoneStep,
    Mode,
    Observation,
    PartitionDetached,
    Repeatable,
    StatementText,
    Step,
    TransactionStep,
    Unobservable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from migsafe.planner.parse import Statement
    from migsafe.planner.quarantine.instead import Instead, Spot
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Segment
    from migsafe.schemas.effect import Effect


def steps_of(
    segments: Iterable[Segment], state: SchemaState, instead: Mapping[Spot, Instead] = NOTHING
) -> tuple[Step, ...]:
    """One step for each segment, in order. Carries `state` forward over all of them.

    `instead` says which statements are not done as they stand, but something else in their place.
    """
    found: dict[int, _Gathered] = {}
    for segment, number in walk(segments, state):
        gathered = found.setdefault(id(segment), _Gathered(segment))
        statement = segment.statements[number]
        if number == 0:
            gathered.observation = _observation(statement, state)
        if (other := instead.get(spot(statement))) is not None:
            gathered.texts.extend(_instead(statement, other, state))
            gathered.locks.extend(other.locks)
            continue
        effects = effects_by_name(statement, state)
        gathered.texts.append(_text(statement, strongest_first(effects), state))
        gathered.locks.extend(locks_of(effects, state))
    return tuple(_step(gathered) for gathered in found.values() if gathered.texts)


@dataclass(slots=True)
class _Gathered:
    """A segment, and what was learned of it statement by statement."""

    segment: Segment
    observation: Observation | None = None
    texts: list[StatementText] = field(default_factory=list)
    locks: list[LockNeed] = field(default_factory=list)


def _text(statement: Statement, effects: tuple[Effect, ...], state: SchemaState) -> StatementText:
    return StatementText(
        sql=statement.text,
        line=statement.line,
        column=statement.column,
        sha256=statement.sha256,
        summary=summary(statement),
        effects=tuple(_sized(effect, statement, state) for effect in effects),
        on_stand_in=on_stand_in(statement.text),
    )


def _instead(statement: Statement, other: Instead, state: SchemaState) -> Iterator[StatementText]:
    if other.sql:
        yield StatementText(
            sql=other.sql,
            line=statement.line,
            column=statement.column,
            sha256=statement.sha256,
            summary=other.summary,
            effects=tuple(_sized(effect, statement, state) for effect in other.effects),
            instead_of=other.instead_of,
            quarantines=other.quarantines,
            restores=other.restores,
        )


def _sized(effect: Effect, statement: Statement, state: SchemaState) -> Effect:
    """The effect with the size of its relation, where the target told it, and how long the work will take."""
    known = state.table(parsed(effect.relation))
    if known is None or known.bytes is None or effect.new:
        return effect
    work = work_of(statement, effect)
    milliseconds = round(1000 * DEFAULT_SPEEDS.seconds(work, known.bytes))
    told = {"rows": known.rows, "bytes": known.bytes, "work": str(work), "work_ms": milliseconds}
    return effect.model_copy(update=told)


def _step(gathered: _Gathered) -> Step:
    segment, texts, locks = gathered.segment, tuple(gathered.texts), in_one_order(gathered.locks)
    # A file that runs outside a transaction has each statement in one of its own where PostgreSQL lets it: the same
    # effect, and its entry in the ledger commits with it.
    must_stand_alone = segment.kind is SegmentKind.LONE and segment.statements[0].alone is not None
    if must_stand_alone and gathered.observation is not None:
        return LoneStep(kind="lone", statement=texts[0], observation=gathered.observation, locks=locks)
    modes = tuple(Mode(name=name, value=value) for name, value in segment.modes)
    return TransactionStep(kind="transaction", statements=texts, locks=locks, modes=modes)


def _observation(statement: Statement, state: SchemaState) -> Observation:
    match statement.actions:
        case (act.CreateIndex(name=str(), table=table) as index,) if index.qualified is not None:
            schema = state.qualified(table).schema or state.search_path
            name = str(index.qualified.within(schema))
            return IndexBuilt(kind="index_built", index=name, table=str(state.qualified(table)))
        case (act.Drop(kind=ObjectKind.INDEX, name=name),):
            return IndexGone(kind="index_gone", index=str(state.qualified(name)))
        case (act.DetachPartition(parent=parent, partition=partition),):
            full = str(state.qualified(partition))
            return PartitionDetached(kind="partition_detached", parent=str(state.qualified(parent)), partition=full)
        case (act.Vacuum() | act.Reindex() | act.Cluster() | act.AlterSystem() | act.Analyze(),):
            return Repeatable(kind="repeatable")
        case _:
            return Unobservable(kind="unobservable")
