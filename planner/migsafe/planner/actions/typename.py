"""The name of a data type as a statement writes it, in PostgreSQL's canonical words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.value import value
from migsafe.planner.tree import constant, flag, items, texts
from migsafe.schemas.names import QualifiedName, quoted

if TYPE_CHECKING:
    from migsafe.planner.tree import Node

# The grammar itself turns `int`, `varchar(9)`, `decimal` ... into catalog names; these it leaves as they are written,
# because they are expanded later (parse_utilcmd.c, transformColumnDefinition).
_SERIALS = {"serial2": "smallserial", "serial4": "serial", "serial8": "bigserial"}
SERIAL_TYPES = {"smallserial": "int2", "serial": "int4", "bigserial": "int8"}
"""The pseudo types that make a sequence, and the type that the column gets."""


@value
class TypeName:
    """A type: `int4`, `varchar` with modifiers (255,), `public.mood`, arrays with `array` set.

    `schema` is None for what the grammar places in pg_catalog and for an unqualified name.
    """

    name: str
    schema: str | None = None
    modifiers: tuple[int | str, ...] = ()
    array: bool = False
    setof: bool = False

    def __str__(self) -> str:
        """The type as SQL, e.g. `varchar(255)[]`."""
        name = quoted(self.name) if self.schema is None else f"{quoted(self.schema)}.{quoted(self.name)}"
        modifiers = f"({','.join(map(str, self.modifiers))})" if self.modifiers else ""
        return f"{'SETOF ' if self.setof else ''}{name}{modifiers}{'[]' if self.array else ''}"

    @property
    def serial(self) -> bool:
        """Whether it is serial, bigserial or smallserial."""
        return self.schema is None and self.name in SERIAL_TYPES

    @property
    def qualified(self) -> QualifiedName:
        """The bare name, to look it up."""
        return QualifiedName(self.name, self.schema)

    def renamed(self, name: QualifiedName) -> TypeName:
        """The type by another name, with the same modifiers."""
        return TypeName(name.name, name.schema, self.modifiers, self.array, self.setof)


def type_name(node: Node) -> TypeName:
    """The type of a TypeName node's content. `%TYPE` references keep their dotted text as the name."""
    names = texts(items(node, "names"))
    if flag(node, "pct_type"):
        return TypeName(".".join(names) + "%TYPE", setof=flag(node, "setof"))
    name, schema = names[-1] if names else "", names[-2] if len(names) > 1 else None
    if schema is None or schema == "pg_catalog":
        name, schema = _SERIALS.get(name, name), None
    return TypeName(
        name,
        schema,
        tuple(_modifier(item) for item in items(node, "typmods")),
        bool(items(node, "arrayBounds")),
        flag(node, "setof"),
    )


def _modifier(node: Node) -> int | str:
    text = constant(node)
    if text is None:
        return ".".join(texts(items(node.get("ColumnRef") or {}, "fields"))) if "ColumnRef" in node else ""  # type: ignore[arg-type]
    return int(text) if text.lstrip("-").isdigit() else text
