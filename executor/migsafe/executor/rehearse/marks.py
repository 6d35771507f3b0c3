"""Which statement touched what last: for large plans, whose changes are read once, at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migsafe.executor.rehearse.sections import Section
from migsafe.schemas.catalog import RELATION_KINDS, CatalogKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.catalog import Change, ObjectIdentity
    from migsafe.schemas.evidence import MigrationEvidence
    from migsafe.schemas.names import QualifiedName

_SECTIONS = {
    CatalogKind.SCHEMA: Section.EVERYTHING,
    CatalogKind.EXTENSION: Section.EVERYTHING,
    CatalogKind.FUNCTION: Section.ROUTINES,
    CatalogKind.PROCEDURE: Section.ROUTINES,
    CatalogKind.AGGREGATE: Section.ROUTINES,
    CatalogKind.ENUM: Section.TYPES,
    CatalogKind.DOMAIN: Section.TYPES,
    CatalogKind.COMPOSITE: Section.TYPES,
    CatalogKind.RANGE: Section.TYPES,
    CatalogKind.PUBLICATION: Section.PUBLICATIONS,
    CatalogKind.EVENT_TRIGGER: Section.EVENT_TRIGGERS,
    CatalogKind.DEFAULT_PRIVILEGES: Section.DEFAULT_PRIVILEGES,
}


@dataclass(slots=True)
class Marks:
    """The last statement that touched each relation, by its name, and each section of the catalog."""

    last: dict[str, tuple[str, int]] = field(default_factory=dict)
    """File of the migration, and the statement's place in it."""

    def note(self, at: tuple[str, int], names: Iterable[QualifiedName], sections: Iterable[Section]) -> None:
        """Remember what the statement at that place touched."""
        for key in (*map(str, names), *sections):
            self.last[key] = at

    def told(
        self, migrations: tuple[MigrationEvidence, ...], changes: Iterable[Change]
    ) -> tuple[MigrationEvidence, ...]:
        """The evidence with each change at the statement that touched its object last."""
        sentences: dict[tuple[str, int], list[str]] = {}
        for change in changes:
            at = self._of(change.within)
            if at is not None:
                sentences.setdefault(at, []).append(change.sentence)
        return tuple(_with(each, sentences) for each in migrations)

    def _of(self, identity: ObjectIdentity) -> tuple[str, int] | None:
        if identity.kind in RELATION_KINDS and identity.name in self.last:
            return self.last[identity.name]
        if identity.of is not None and identity.of in self.last:
            return self.last[identity.of]
        section = _SECTIONS.get(identity.kind, Section.OTHERS)
        return self.last.get(section, self.last.get(Section.EVERYTHING))


def _with(migration: MigrationEvidence, sentences: dict[tuple[str, int], list[str]]) -> MigrationEvidence:
    statements = tuple(
        each.model_copy(update={"changes": tuple(sentences.get((migration.file, number), each.changes))})
        for number, each in enumerate(migration.statements)
    )
    return migration.model_copy(update={"statements": statements})
