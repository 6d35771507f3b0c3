"""What statements are foretold to do, beside what they were measured to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.executor.server.binaries import find_server
from migsafe.planner.carry import walk
from migsafe.planner.parse import parse
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.locks import Lock, strongest

if TYPE_CHECKING:
    from measure import Measured
    from migsafe.planner.parse import Statement
    from migsafe.schemas.effect import Effect

MAJOR = find_server().major
"""Of the server that the tests run on: its grammar lacks what later ones have."""
BY_NAME = {lock.catalog_name: lock for lock in Lock if lock is not Lock.NONE}


def statements(sql: str) -> tuple[Statement, ...]:
    return parse(sql.encode(), "example.sql")


def state_after(sql: str, major: int = MAJOR) -> SchemaState:
    """The state that some statements leave, as tables that are in use."""
    state = SchemaState(complete=frozenset({"public"}), major=major)
    for _ in walk(divide(statements(sql)).segments, state):
        pass
    state.settle()
    return state


def lock_of(measured: Measured) -> Lock:
    return strongest([BY_NAME[mode] for mode in measured.modes])


def disagreements(claimed: tuple[Effect, ...], measured: dict[str, Measured]) -> list[str]:
    """Where claim and measurement differ; strong locks that nobody claimed too."""
    found = []
    for effect in claimed:
        seen = measured[effect.relation]
        # A rewrite builds the indexes anew, which counts as a scan: that says nothing of the old rows.
        rewrite = effect.rewrite or seen.rewrite
        reads = effect.lock is Lock.ACCESS_SHARE  # queries are not foretold: whether they use an index is theirs
        told = (effect.lock, effect.rewrite, effect.scan and not rewrite, effect.index_rebuild)
        scan = effect.scan if reads else seen.scan
        truth = (lock_of(seen), seen.rewrite, scan and not rewrite, seen.index_rebuild and not rewrite)
        if not effect.new and told != truth:
            found.append(f"{effect.relation}: claimed {told}, measured {truth}")
        if "rewriting" in seen.told and not effect.rewrite:
            found.append(f"{effect.relation}: the server said that it rewrites the table")
    named = {effect.relation for effect in claimed}
    others = {name: seen for name, seen in measured.items() if name not in named and not (seen.made or seen.index)}
    quiet = {name: lock_of(seen) for name, seen in others.items()}
    return found + [f"{name}: unclaimed {lock}" for name, lock in quiet.items() if lock.blocks_writes]
