"""Pieces of the SQL that keeps things in quarantine and brings them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.names import quoted
from migsafe.schemas.quarantine import QUARANTINE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migsafe.schemas.catalog import Grant

_TAKEN_BACK = "MGSFQ"
"""A SQLSTATE of our own: the drop went through and is undone."""

# Nobody but its owner may have rights on the schema, whatever ALTER DEFAULT PRIVILEGES gives to new ones; somebody
# else's schema of that name would let them drop what is in it.
_SCHEMA = f"""\
    IF pg_catalog.to_regnamespace('{QUARANTINE}') IS NULL THEN
        CREATE SCHEMA {QUARANTINE};
        COMMENT ON SCHEMA {QUARANTINE} IS 'Tables that migrations dropped and that migsafe keeps until migsafe purge.';
    ELSIF NOT (SELECT pg_catalog.pg_has_role(nspowner, 'USAGE') FROM pg_catalog.pg_namespace WHERE nspname = '{QUARANTINE}') THEN
        RAISE insufficient_privilege USING MESSAGE = 'the schema {QUARANTINE} belongs to somebody else';
    END IF;
    FOR grantee IN
        SELECT DISTINCT CASE given.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(given.grantee)) END
        FROM pg_catalog.pg_namespace AS made, pg_catalog.aclexplode(made.nspacl) AS given
        WHERE made.nspname = '{QUARANTINE}' AND given.grantee <> made.nspowner
    LOOP
        EXECUTE 'REVOKE ALL ON SCHEMA {QUARANTINE} FROM ' || grantee || ' CASCADE';
    END LOOP;
"""  # noqa: E501 - lines of SQL that are printed as they are


def block(body: str, declared: str = "") -> str:
    """A DO block around some lines of PL/pgSQL."""
    tag = "$migsafe$"
    number = 0
    while tag in body:
        number += 1
        tag = f"$migsafe{number}$"
    head = f"DECLARE\n{declared}" if declared else ""
    return f"DO {tag}\n{head}BEGIN\n{body}END\n{tag};"


def schema() -> str:
    """Makes the private schema where it is not there, and takes away all rights on it."""
    return block(_SCHEMA, "    grantee text;\n")


def trial(drop: str) -> str:
    """Does a drop and takes it back: it fails wherever the drop fails, with the same message, and changes nothing."""
    return block(
        "    -- Fails where the drop would fail; what it does is taken back.\n"
        f"    {drop}\n"
        f"    RAISE EXCEPTION USING ERRCODE = '{_TAKEN_BACK}';\n"
        f"EXCEPTION WHEN SQLSTATE '{_TAKEN_BACK}' THEN\n"
        "    NULL;\n"
    )


def proof(validate: str, unproven: str) -> str:
    """Looks at old rows, and warns where they do not fit instead of failing: the rows are back either way."""
    return block(
        f"    {validate}\n"
        "EXCEPTION WHEN foreign_key_violation OR check_violation THEN\n"
        f"    RAISE WARNING USING MESSAGE = {literal(unproven)};\n"
    )


def literal(text: str) -> str:
    """A string constant of SQL."""
    escaped = text.replace("'", "''")
    return f"E'{escaped.replace(chr(92), chr(92) * 2)}'" if chr(92) in text else f"'{escaped}'"


def role(name: str) -> str:
    """A role as GRANT names it."""
    return "PUBLIC" if name == "public" else quoted(name)


def revoked(grants: Iterable[Grant], what: str, on: str) -> tuple[str, ...]:
    """REVOKE of all that these roles have; `what` is `ALL` or `ALL (column)`."""
    names = tuple(dict.fromkeys(role(each.grantee) for each in grants))
    return (f"REVOKE {what} ON {on} FROM {', '.join(names)} CASCADE;",) if names else ()


def granted(grants: Iterable[Grant], on: str, column: str = "") -> tuple[str, ...]:
    """GRANT of the same again."""
    of = f" ({quoted(column)})" if column else ""
    found = []
    for each in grants:
        plain = [name for name in each.privileges if name not in each.grantable]
        for names, option in ((plain, ""), (each.grantable, " WITH GRANT OPTION")):
            if names:
                listed = ", ".join(f"{name}{of}" for name in names)
                found.append(f"GRANT {listed} ON {on} TO {role(each.grantee)}{option};")
    return tuple(found)
