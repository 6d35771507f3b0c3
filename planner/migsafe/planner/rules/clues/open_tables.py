"""Tables without row level security in a schema that strangers reach, at the end of a set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.rules.clues.relations_left import tables_left
from migsafe.planner.rules.clues.strangers import rights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.parse import Statement
    from migsafe.planner.rules.context import Context, Judged
    from migsafe.planner.schema_state import SchemaState, TableState
    from migsafe.schemas.names import QualifiedName


def open_tables(
    migrations: tuple[Judged, ...], after: SchemaState, context: Context
) -> Iterator[tuple[QualifiedName, TableState, Statement]]:
    """Those that the set made; with policies (policy-exists-rls-disabled tells of them) they are left out."""
    if after.row_security_unread:
        return
    said = rights(migrations)
    for name, made, statement in tables_left(migrations, after):
        known = after.tables[name]
        foreign = isinstance(made, act.CreateTable) and made.server is not None
        if foreign or known.kind == "materialized view" or known.row_security is not False or known.policies:
            continue
        if context.exposed(name) and not said.closed(name):
            yield name, known, statement


_PRIVATE = re.compile(
    r"(^|_)(password|passwd|pwd|secret|ssn|social_security\w*|credit_card\w*|card_number|cvv|iban|passport\w*|"
    r"api_key|apikey|private_key|access_token|refresh_token|encrypted_\w+|date_of_birth|dob|tax_id|"
    r"national_id|bank_account\w*|two_factor\w*|otp)(_hash|_hashed|_encrypted|_number|_key)?$"
)


def private_columns(table: TableState) -> list[str]:
    """Columns whose names tell of secrets and of what identifies a person."""
    return [column for column in table.columns if _PRIVATE.search(column.lower())]
