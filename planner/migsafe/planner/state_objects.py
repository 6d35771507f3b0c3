"""What the plan knows of single objects of the schema at one moment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from migsafe.planner.tree import inner, items, texts, word

if TYPE_CHECKING:
    from migsafe.planner.actions.constraints import ConstraintKind
    from migsafe.planner.actions.expressions import Expression
    from migsafe.planner.actions.typename import TypeName
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@dataclass(frozen=True, slots=True)
class ColumnState:
    """A column, as far as statements or the target told of it."""

    type: TypeName | None
    not_null: bool
    default: Expression | None = None
    generated: str = ""
    """`stored`, `virtual`, or empty."""
    identity: str = ""
    """`always`, `by default`, or empty."""
    collation: QualifiedName | None = None


def not_null_columns(condition: Node) -> tuple[str, ...]:
    """The columns that a condition proves to be NOT NULL, as predicate_implied_by sees it: parts joined by AND."""
    joined = inner(condition, "BoolExpr")
    if word(joined, "boolop") == "AND_EXPR":
        return tuple(column for part in items(joined, "args") for column in not_null_columns(part))
    test = inner(condition, "NullTest")
    parts = texts(items(inner(inner(test, "arg"), "ColumnRef"), "fields"))
    return parts[-1:] if word(test, "nulltesttype") == "IS_NOT_NULL" else ()


@dataclass(frozen=True, slots=True)
class ConstraintState:
    """A constraint of a table."""

    kind: ConstraintKind
    columns: tuple[str, ...]
    """Its columns; for CHECK those that the condition names."""
    referenced: QualifiedName | None = None
    valid: bool = True
    proves_not_null: str | None = None
    """The column of a CHECK (column IS NOT NULL)."""
    expression: Expression | None = None
    """The condition of CHECK."""
    referenced_columns: tuple[str, ...] = ()
    on_delete: str = ""
    deferrable: bool = False
    enforced: bool = True
    no_inherit: bool = False

    def proves(self, column: str) -> bool:
        """Whether no row that satisfies it has NULL in the column: a CHECK of `column IS NOT NULL`, joined by AND."""
        if self.expression is None or column not in self.columns:
            return self.proves_not_null == column
        return column in not_null_columns(self.expression.node)


@dataclass(frozen=True, slots=True)
class IndexState:
    """An index, also one that a constraint owns."""

    table: QualifiedName
    columns: tuple[str | None, ...] = ()
    """Its key columns in order; None for an expression. Empty where nothing is known of them."""
    unique: bool = False
    valid: bool = True
    method: str = "btree"
    predicate: Expression | None = None
    """The WHERE of a partial index."""
    constraint: str | None = None
    """The PRIMARY KEY, UNIQUE or EXCLUDE constraint that owns it."""
    created: bool = False
    """The plan made it."""
    needs: frozenset[str] = frozenset()
    """Every column that it needs, also in INCLUDE, in expressions and in its predicate."""
    words: tuple[str, ...] = ()
    """What PostgreSQL calls its columns, of expressions too, where its CREATE INDEX told."""
    collations: bool = False
    """Some key has a collation of its own, so that it does not follow the column's."""


@dataclass(frozen=True, slots=True)
class SequenceState:
    """A sequence."""

    table: QualifiedName | None = None
    """The table that it goes with (OWNED BY, serial, identity)."""
    column: str = ""
    """The column that it goes with."""


@dataclass(frozen=True, slots=True)
class PolicyState:
    """A row level security policy."""

    command: str
    """`all`, `select`, `insert`, `update` or `delete`."""
    permissive: bool
    roles: tuple[str, ...]
    """Empty or `public`: everybody."""
    using: Expression | None = None
    with_check: Expression | None = None


@dataclass(frozen=True, slots=True)
class TriggerState:
    """A trigger of a table."""

    function: QualifiedName
    for_each_row: bool
    columns: tuple[str, ...] = ()
    """Columns of UPDATE OF and of WHEN."""
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class FunctionState:
    """A function or procedure; overloads are told apart by their arguments."""

    arguments: tuple[TypeName, ...]
    """Types of the arguments that a call gives."""
    language: str
    body: str | None
    security_definer: bool
    search_path: str | None
    """The one it sets for itself, `""` for an empty one; None if it sets none."""
    volatility: str
    returns: TypeName | None = None
    created: bool = False
    """The plan made it."""
    revoked: frozenset[str] = frozenset()
    """Roles that may not execute it any more; `public` stands for everybody's right."""
    names: tuple[str, ...] = ()
    """Names of the arguments, empty for one without; as many as `arguments`."""
    optional: int = 0
    """How many of the last arguments have a default."""
    defaults: tuple[str | None, ...] = ()
    """The defaults that are constants, as text, for the last arguments; None for others. As many as `optional`."""


@dataclass(frozen=True, slots=True)
class TypeState:
    """A type of the user's."""

    kind: str
    """`enum`, `domain`, `composite` or `range`."""
    values: tuple[str, ...] = ()
    """Labels of an enum, in order."""
    base: TypeName | None = None
    """What a domain stands on."""
    constrained: bool = False
    """A domain with CHECK or NOT NULL."""
    created: bool = False
    """The plan made it."""
    not_null: bool = False
    """A domain with NOT NULL."""
    checks: tuple[str, ...] = ()
    """Names of a domain's CHECKs; of one that was made without a name, the name that PostgreSQL makes up."""
    attributes: tuple[tuple[str, TypeName | None], ...] = ()
    """Names and types of a composite type's fields."""


@dataclass(frozen=True, slots=True)
class PublicationState:
    """A publication for logical replication."""

    all_tables: bool
    tables: frozenset[QualifiedName] = frozenset()
    schemas: frozenset[str] = frozenset()
    """FOR TABLES IN SCHEMA."""


@dataclass(slots=True)
class TableState:
    """A table, view, materialized view or foreign table."""

    kind: str = "table"
    """`table`, `partitioned table`, `view`, `materialized view`, `foreign table`."""
    created: bool = False
    """The plan made it."""
    committed: bool = True
    """The transaction that made it has ended, so that others can see it."""
    filled: bool = False
    """It was made by the plan and then given rows by a query or COPY."""
    moved: bool = False
    """The running transaction gave it its name."""
    told: bool = False
    """Its CREATE or a catalog told all of it, so that a trigger or policy that is not known is not there."""
    temporary: bool = False
    rows: int | None = None
    bytes: int | None = None
    owner: str | None = None
    row_security: bool | None = None
    row_security_forced: bool | None = None
    replica_identity: str = "default"
    """`default`, `nothing`, `full` or `index`."""
    partition_of: QualifiedName | None = None
    partition_bound_default: bool = False
    """It is the DEFAULT partition of its parent."""
    partitioned_by: str | None = None
    """`range`, `list`, `hash`, or None."""
    partition_columns: tuple[str, ...] = ()
    """Columns of the partition key; an expression in it is an empty name."""
    of_type: TypeName | None = None
    """The type of CREATE TABLE ... OF."""
    unlogged: bool = False
    inherits: tuple[QualifiedName, ...] = ()
    sources: tuple[QualifiedName, ...] = ()
    """Relations that a view reads."""
    source_columns: frozenset[str] | None = None
    """Columns that a view's query names, without their table; None where it reads whole rows or nobody knows."""
    security_invoker: bool = False
    """A view that reads as whoever asks it."""
    columns: dict[str, ColumnState] = field(default_factory=dict)
    constraints: dict[str, ConstraintState] = field(default_factory=dict)
    policies: dict[str, PolicyState] = field(default_factory=dict)
    triggers: dict[str, TriggerState] = field(default_factory=dict)
    granted: dict[str, frozenset[str]] = field(default_factory=dict)
    """Privileges in lower case by role (`public` for everybody), as far as statements or the target told."""

    @property
    def live(self) -> bool:
        """Whether sessions may be waiting for it: it was there before, or was filled and then committed."""
        return not self.created or (self.filled and self.committed)

    def copy(self) -> TableState:
        """A table of its own, equal to this one: what it holds never changes, only which of them it holds."""
        made = replace(self)
        for name in ("columns", "constraints", "policies", "triggers", "granted"):
            setattr(made, name, dict(getattr(self, name)))
        return made
