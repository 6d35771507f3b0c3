"""Views and materialized views (which are made by CreateTableAs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import Expression, expression, relations
from migsafe.planner.actions.value import value
from migsafe.planner.tree import flag, inner, items, options, relation_at, texts, word

if TYPE_CHECKING:
    from migsafe.planner.tree import Node
    from migsafe.schemas.names import QualifiedName


@value
class CreateView:
    """CREATE [OR REPLACE] VIEW."""

    name: QualifiedName
    or_replace: bool
    temporary: bool
    columns: tuple[str, ...]
    options: tuple[tuple[str, str], ...]
    sources: tuple[QualifiedName, ...]
    """The relations that it reads."""
    query: Expression | None = None

    @property
    def security_invoker(self) -> bool:
        """Whether rights and row level security are those of the caller (PostgreSQL 15)."""
        return dict(self.options).get("security_invoker", "false").lower() in {"true", "on", "yes", "1"}


@value
class RefreshMaterializedView:
    """REFRESH MATERIALIZED VIEW."""

    name: QualifiedName
    concurrently: bool
    with_data: bool


def create_view(node: Node) -> tuple[CreateView]:
    """ViewStmt."""
    return (
        CreateView(
            relation_at(node, "view"),
            flag(node, "replace"),
            word(inner(node, "view"), "relpersistence") == "t",
            texts(items(node, "aliases")),
            tuple(options(node, "options").items()),
            relations(inner(node, "query")),
            expression(node, "query"),
        ),
    )


def refresh(node: Node) -> tuple[RefreshMaterializedView]:
    """RefreshMatViewStmt."""
    name = relation_at(node, "relation")
    return (RefreshMaterializedView(name, flag(node, "concurrent"), not flag(node, "skipData")),)
