"""Round trips beside the rehearsal of a plan: which migrations are undone and applied again, and when."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.round_trip import Proof, Sight, not_tried
from migsafe.executor.rehearse.within import Apart, Within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from migsafe.executor.rehearse.round_trip import Course
    from migsafe.executor.shadow import ShadowDatabase
    from migsafe.schemas.plan import PlannedMigration

MOST_TRIED = 50
"""Migrations of one plan that are undone and applied again: the last ones, which `down` undoes first."""

_MANY = not_tried(
    f"of a plan only the last {MOST_TRIED} migrations are undone and applied again;"
    " all are with: migsafe validate --rehearse"
)
_WANTS_ROWS = not_tried("it writes rows that refer to others, of which the shadow has none")
_NO_COPIES = not_tried(
    "a statement of it, or of its rollback, runs outside of transactions; to try that needs copies of the shadow, which"
    " are not made on a server of your own (shadow.url_env)"
)


@dataclass(slots=True)
class Trips:
    """The round trips of a plan while it is rehearsed: each migration's, as soon as it is applied."""

    migrations: Sequence[PlannedMigration]
    within: Within
    tell: Callable[[str], None]
    """Called with what is under way."""
    proofs: dict[str, Proof] = field(default_factory=dict)
    """By file."""
    apart: set[str] = field(default_factory=set)
    """The files that could not be tried in the transaction that is rolled back."""
    _next: int = 0
    _before: Sight | None = None

    def begin(self) -> None:
        """Nothing is applied yet."""
        self._look_if_wanted()

    def applied(self, *, untried: int = 0) -> None:
        """The next migration has been applied, and is committed; `untried` of its statements wanted rows."""
        migration, before = self.migrations[self._next], self._before
        self._next += 1
        if untried and before is not None:
            self.proofs[migration.file] = Proof(migration.file, _WANTS_ROWS, None, None)
            self._look_if_wanted()
            return
        if before is None:
            self.proofs[migration.file] = Proof(migration.file, _MANY, None, None)
            self._look_if_wanted()
            return
        self.tell(f"undone and applied again: {migration.file} ({self._next} of {len(self.migrations)})")
        self._before = after = self.within.look()
        try:
            self.proofs[migration.file] = self.within.tried(migration, before, after)
        except Apart:
            self.apart.add(migration.file)

    def _look_if_wanted(self) -> None:
        if len(self.migrations) - self._next <= MOST_TRIED:
            self._before = self.within.look()


@contextmanager
def trips(
    shadow: ShadowDatabase, migrations: Sequence[PlannedMigration], course: Course, tell: Callable[[str], None]
) -> Iterator[Trips]:
    """Round trips beside a rehearsal on the same shadow, which they leave as it is."""
    with Within(shadow.url, course) as within:
        yield Trips(migrations, within, tell)


def told(found: Trips, rest: Sequence[Proof]) -> tuple[Proof, ...]:
    """All proofs of a plan; `rest` are those of the migrations that were tried apart."""
    proofs = found.proofs | {proof.file: proof for proof in rest}
    missing = {file: Proof(file, _NO_COPIES, None, None) for file in found.apart if file not in proofs}
    return tuple((proofs | missing).values())
