"""Whether the target came out as it was rehearsed; asked when all is applied."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.executor.catalog import read_catalog
from migsafe.executor.connect import connect
from migsafe.executor.survey.shape import ABSENT, same_spelling
from migsafe.schemas.catalog.fingerprint import object_fingerprints
from migsafe.schemas.problem import Drift

if TYPE_CHECKING:
    from migsafe.schemas.plan import Plan

_SHOWN = 5
_ATTACHED = re.compile(r"(policy|trigger|rule) ")
"""Made on a table of the platform: told apart from the table, which is not read."""
_FIRST_NAME = re.compile(r'(?:"((?:[^"]|"")*)"|([a-z_][a-z0-9_$]*))\.')


def require_as_rehearsed(plan: Plan, url: str, schemas: tuple[str, ...]) -> None:
    """Compare every object that the plan changed with the shadow's. Raises Drift naming those that differ.

    `schemas` are those that the migrations manage. Nothing is asked where the rehearsal ran on another major version,
    which may spell the same definition otherwise, or with other owners.
    """
    evidence = plan.evidence
    if evidence is None or not (evidence.shadow.same_major and evidence.shadow.same_owners):
        return
    wanted = {one.object: one.fingerprint for one in evidence.expected}
    found = _shapes(plan, url, schemas, _schemas_of(wanted, schemas))
    astray = [name for name, shape in wanted.items() if found.get(name, ABSENT) != shape]
    if not astray:
        return
    more = f" and {len(astray) - _SHOWN} more" if len(astray) > _SHOWN else ""
    words = [f"{name} {_fate(wanted[name], found.get(name, ABSENT))}" for name in astray[:_SHOWN]]
    raise Drift(
        "the plan was applied, and the target came out otherwise than rehearsed",
        why=f"{'; '.join(words)}{more}",
        remedy="look at what differs: migsafe status, and a trigger or another session that changes what is made",
    )


def _shapes(plan: Plan, url: str, schemas: tuple[str, ...], reached: tuple[str, ...]) -> dict[str, str]:
    """By name. A policy on a table stands for itself while the table's schema is not read, so both ways are needed."""
    with (
        connect(url, application="compare", connect_timeout_ms=plan.limits.timeouts.connect) as connection,
        connection.transaction(force_rollback=True),
        same_spelling(connection),
    ):
        catalogs = [read_catalog(connection, each) for each in dict.fromkeys((schemas, reached))]
    return {one.object: one.fingerprint for catalog in catalogs for one in object_fingerprints(catalog)}


def _schemas_of(names: dict[str, str], schemas: tuple[str, ...]) -> tuple[str, ...]:
    """The managed schemas, and those that the names of objects begin with."""
    found = dict.fromkeys(schemas)
    for name in names:
        if name.startswith("schema "):
            found[_unquoted(name.removeprefix("schema "))] = None
        elif _ATTACHED.match(name) is None and (match := _FIRST_NAME.search(name)) is not None:
            found[match[1].replace('""', '"') if match[1] is not None else match[2]] = None
    return tuple(found)


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name


def _fate(expected: str, found: str) -> str:
    if found == ABSENT:
        return "is not there"
    return "is still there" if expected == ABSENT else "has another shape"
