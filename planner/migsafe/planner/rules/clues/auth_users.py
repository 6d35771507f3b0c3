"""Whether a query gives away the accounts of Supabase's users."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner.actions.expressions import calls
from migsafe.schemas.names import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.planner.parse import Statement

USERS = QualifiedName("users", "auth")
"""E-mail addresses, phone numbers, password hashes."""


def shows_users(statement: Statement, sources: Iterable[QualifiedName]) -> bool:
    """Whether the statement's query reads auth.users without asking who the caller is."""
    if USERS not in sources:
        return False
    asked = calls(dict(statement.node))
    return not any(call.function.schema == "auth" and call.function.name in {"uid", "jwt", "email"} for call in asked)
