"""Which findings an exemption sets aside: of the manifest, or of a comment in the SQL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.planner.allowances import FOR_EVER, allowances
from migsafe.planner.rules.rule import ExemptionUse
from migsafe.schemas.finding import Waiver
from migsafe.schemas.policies import Exemption

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Judged


@dataclass(slots=True)
class Exemptions:
    """All exemptions, and which of them were of use."""

    declared: Sequence[Exemption]
    """Those of the manifest."""
    today: dt.date
    written: dict[str, list[tuple[Statement, Exemption]]] = field(default_factory=dict)
    """Those in the SQL with the statement that they stand at, by its hash."""
    used: set[int] = field(default_factory=set)
    """Those that fit a finding, by `id`: two may be equal."""

    def read(self, statement: Statement) -> None:
        """Take note of the exemptions that stand at a statement."""
        if said := [each for each in allowances(statement) if isinstance(each, Exemption)]:
            self.written.setdefault(statement.sha256, []).extend((statement, each) for each in said)

    def waiver(self, rule: str, statement: str, line: int, migration: Judged) -> Waiver | None:
        """Why a finding does not count, if it does not; it is on `line`, in the statement of this SHA-256.

        An expired exemption was of use, and sets nothing aside.
        """
        written = self.written.get(statement, ())
        at_it = [each for at, each in written if at.path == migration.path and _holds(at, line)]
        named = [each for each in self.declared if _fits(each, statement, migration)]
        for exemption in (*at_it, *named):
            if exemption.rule == rule:
                self.used.add(id(exemption))
                if exemption.expires >= self.today:
                    expires = exemption.expires.isoformat() if exemption.expires != FOR_EVER else ""
                    return Waiver(owner=exemption.owner, reason=exemption.reason, expires=expires)
        return None

    def uses(self, migrations: Iterable[Judged], rules: Iterable[str]) -> Iterator[tuple[Exemption, ExemptionUse]]:
        """What became of each; a comment that names no rule is told of elsewhere."""
        names = set(rules)
        judged = tuple(migrations)
        for exemption in self.declared:
            seen = any(_names(exemption, migration) for migration in judged)
            yield exemption, self._use(exemption, judged=seen)
        for said in self.written.values():
            for _, exemption in said:
                if exemption.rule in names:
                    yield exemption, self._use(exemption, judged=True)

    def _use(self, exemption: Exemption, *, judged: bool) -> ExemptionUse:
        return ExemptionUse(id(exemption) in self.used, judged, exemption.expires < self.today)


def _holds(statement: Statement, line: int) -> bool:
    """Whether the line is one of the statement's: its twin elsewhere in the file is another."""
    return statement.line <= line <= statement.line + statement.sql.count("\n")


def _names(exemption: Exemption, migration: Judged) -> bool:
    """Whether the exemption names the migration: by its file, with or without `.sql`, with or without its folder."""
    known = {migration.file, migration.path, migration.path.rpartition("/")[2]}
    return exemption.migration in known | {name.removesuffix(".sql") for name in known}


def _fits(exemption: Exemption, statement: str, migration: Judged) -> bool:
    return statement.startswith(exemption.statement) and _names(exemption, migration)
