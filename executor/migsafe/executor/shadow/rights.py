"""What roles may do and how they are set: it belongs to the whole scratch server, and each shadow has its own."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg
    from psycopg.sql import Composed

_LISTS = frozenset({"search_path", "temp_tablespaces", "session_preload_libraries", "local_preload_libraries"})
"""Settings that the catalog holds as SQL already."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Of all roles that are not put aside, by name."""

    attributes: tuple[tuple[str, str], ...]
    """Role, and what CREATE ROLE says of it."""
    settings: tuple[tuple[str, str], ...]
    """Role and `name=value`, for all databases."""
    members: tuple[tuple[str, str, str, str | None], ...]
    """Role, member, options of the grant, and its grantor where the server tells grants apart by it (16 and later)."""

    def told(self) -> dict[str, object]:
        """As a note keeps it."""
        return {"attributes": self.attributes, "settings": self.settings, "members": self.members}


def rights_of(told: dict[str, list[list[str]]]) -> Rights:
    """What a note kept."""
    return Rights(
        tuple((role, text) for role, text in told["attributes"]),
        tuple((role, text) for role, text in told["settings"]),
        tuple((role, member, options, grantor) for role, member, options, grantor in told["members"]),
    )


def present_rights(connection: psycopg.Connection) -> Rights:
    """What stands now; to be asked as superuser."""
    text = files(__package__).joinpath("rights.sql").read_bytes()
    return rights_of(dict(connection.execute(text).fetchall()))


def restore(connection: psycopg.Connection, wanted: Rights) -> None:
    """Make of the roles what they were. What a rehearsed migration did to them was for its own shadow only."""
    now = present_rights(connection)
    if now == wanted:
        return
    with connection.transaction():
        for statement in (*_attributes(now, wanted), *_settings(now, wanted), *_members(now, wanted)):
            connection.execute(statement)


def setting(option: str, value: str) -> Composed:
    """`SET option TO value`, where the value is as the catalog has it."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    spelled = sql.SQL(value) if option in _LISTS else sql.Literal(value)
    return sql.SQL("SET {} TO {}").format(sql.Identifier(*option.split(".")), spelled)


def _attributes(now: Rights, wanted: Rights) -> list[Composed]:
    from psycopg import sql  # noqa: PLC0415 - slow to import

    there = dict(now.attributes)
    return [
        sql.SQL("ALTER ROLE {} " + text).format(sql.Identifier(role))
        for role, text in wanted.attributes
        if there.get(role, text) != text
    ]


def _settings(now: Rights, wanted: Rights) -> list[Composed]:
    from psycopg import sql  # noqa: PLC0415 - slow to import

    if now.settings == wanted.settings:
        return []
    reset = [
        sql.SQL("ALTER ROLE {} RESET ALL").format(sql.Identifier(role)) for role in {role for role, _ in now.settings}
    ]
    pairs = [(role, *text.partition("=")[::2]) for role, text in wanted.settings]
    again = [
        sql.SQL("ALTER ROLE {} ").format(sql.Identifier(role)) + setting(name, value) for role, name, value in pairs
    ]
    return [*reset, *again]


def _members(now: Rights, wanted: Rights) -> list[Composed]:
    """Who is a member of what. Those with ADMIN come first, since others may have been granted by them."""
    from psycopg import sql  # noqa: PLC0415 - slow to import

    def by(grantor: str | None) -> Composed:
        return sql.SQL(" GRANTED BY {}").format(sql.Identifier(grantor)) if grantor else sql.Composed([])

    gone, new = set(now.members) - set(wanted.members), set(wanted.members) - set(now.members)
    revoke, grant = sql.SQL("REVOKE {} FROM {}"), sql.SQL("GRANT {} TO {} ")
    away = [
        revoke.format(sql.Identifier(role), sql.Identifier(member)) + by(grantor) + sql.SQL(" CASCADE")
        for role, member, _, grantor in sorted(gone, key=str)
    ]
    back = [
        grant.format(sql.Identifier(role), sql.Identifier(member)) + sql.SQL(options) + by(grantor)
        for role, member, options, grantor in sorted(new, key=lambda one: ("ADMIN true" not in one[2], str(one)))
    ]
    return [*away, *back]
