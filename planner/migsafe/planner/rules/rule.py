"""A rule as a value: what it is called, how grave it is, why, what to do instead, and how it looks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.clues.performed import Transaction
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState
    from migsafe.planner.transactions import Note, NoteKind
    from migsafe.schemas.finding import Dimension
    from migsafe.schemas.names import QualifiedName
    from migsafe.schemas.policies import Exemption
    from migsafe.schemas.severity import Severity


OLDEST, NEWEST = 13, 18
"""The major versions of PostgreSQL that rules speak of."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule finds what it looks for."""

    object: QualifiedName | str
    """The object concerned; empty where none is. A table by its name, so that its size can be looked up."""
    detail: str
    """What this statement does to this object, as a clause without a full stop."""
    safer: str = ""
    """SQL that would do the same job safely in place of the statement, to be shown as a difference; `-- next migration`
    on a line of its own parts what must not share a transaction. Empty where none can be written for certain."""


@dataclass(frozen=True, slots=True)
class OnActions:
    """Asked about each action of the given kinds. Kinds keep a statement from being shown to two hundred rules."""

    kinds: tuple[type[Action], ...]
    find: Callable[[Action, Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class OnStatements:
    """Asked about each statement."""

    find: Callable[[Statement, Context], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class OnNotes:
    """Asked about what was noted when a file was divided into transactions."""

    kinds: tuple[NoteKind, ...]
    find: Callable[[Note], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class OnSet:
    """Asked once, about all migrations together, with the state that they leave.

    It names the statement of each hit, or the migration where the hit concerns the whole file.
    """

    find: Callable[[tuple[Judged, ...], SchemaState, Context], Iterable[tuple[Statement | Judged, Hit]]]


@dataclass(frozen=True, slots=True)
class OnTransactions:
    """Asked once, about all transactions in order with their effects; the context has the state before all of them."""

    find: Callable[[tuple[Transaction, ...], Context], Iterable[tuple[Statement, Hit]]]


@dataclass(frozen=True, slots=True)
class OnEvidence:
    """Never asked: others find it out elsewhere than in the SQL, and tell it under the rule's name."""

    source: str
    """Where it comes from, as a whole sentence."""


@dataclass(frozen=True, slots=True)
class OnExemptions:
    """Asked about each exemption of the manifest: whether it set anything aside, and whether it has expired."""

    find: Callable[[Exemption, ExemptionUse], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class ExemptionUse:
    """What became of an exemption."""

    used: bool
    """It fits a finding (expired or not)."""
    judged: bool
    """The migration that it names is among those that were judged."""
    expired: bool


Check: TypeAlias = "OnActions | OnStatements | OnNotes | OnSet | OnTransactions | OnExemptions | OnEvidence"
"""How a rule looks for it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One danger."""

    name: str
    """Kebab case; the file has the same name in snake case."""
    severity: Severity
    """`error` only for what certainly breaks, or destroys without any use: it stops a plan by default."""
    dimension: Dimension
    points: int
    """Risk points, 0-100, for a table of about 1 GB or of unknown size."""
    harm: str
    """Who waits on what, or what is lost: whole sentences."""
    remedy: str
    """What to do instead: whole sentences."""
    before: str
    """SQL of what exists and is in use before the example."""
    unsafe: str
    """SQL in which the rule finds something."""
    safe: str
    """SQL that does the same job and in which no rule finds anything."""
    check: Check
    scaled: bool = False
    """Whether the harm grows with the size of the table."""
    since: int = OLDEST
    """The first major version of PostgreSQL on which it holds."""
    until: int = NEWEST
    """The last major version on which it holds."""
