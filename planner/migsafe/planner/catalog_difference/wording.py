"""Changes of a catalog in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.schemas.catalog import CatalogKind, Column, Constraint, DomainConstraint, Index, Policy, Table

if TYPE_CHECKING:
    from migsafe.schemas.catalog import ObjectIdentity
    from migsafe.schemas.catalog.change import Value
    from migsafe.schemas.document import Document

_SHORT = 200
"""A value of more characters is not put into a sentence: the change has it as data."""

_ADDED = {CatalogKind.COLUMN, CatalogKind.CONSTRAINT}

# What is said where a flag became true, and where it became false.
_FLAGS: dict[str, tuple[str, str]] = {
    "valid": ("became valid", "became invalid"),
    "ready": ("is kept by writes now", "is no longer kept by writes"),
    "not_null": ("is NOT NULL now", "allows NULL now"),
    "row_security": ("has row level security enabled now", "has row level security disabled now"),
    "force_row_security": ("holds its owner to row level security now", "spares its owner row level security now"),
    "security_definer": ("is SECURITY DEFINER now", "is SECURITY INVOKER now"),
    "strict": ("is STRICT now", "is called on NULL input now"),
    "leakproof": ("is LEAKPROOF now", "is no longer LEAKPROOF"),
    "permissive": ("is PERMISSIVE now", "is RESTRICTIVE now"),
    "populated": ("is populated now", "is no longer populated"),
    "clustered": ("is what CLUSTER goes by now", "is no longer what CLUSTER goes by"),
    "replica_identity": ("is the replica identity now", "is no longer the replica identity"),
    "inherited": ("comes from a parent now", "no longer comes from a parent"),
    "cycle": ("cycles now", "no longer cycles"),
    "of_identity": ("belongs to an identity column now", "no longer belongs to an identity column"),
    "all_tables": ("is for all tables now", "is no longer for all tables"),
    "via_root": ("publishes through partition roots now", "no longer publishes through partition roots"),
}

_WORDS = {
    "using": "USING",
    "with_check": "WITH CHECK",
    "owned_by": "owning column",
    "of_type": "type of the table",
    "parents": "parent",
    "server_options": "options",
    "schema_name": "schema",
    "expression": "generation expression",
    "labels": "label",
    "settings": "setting",
    "options": "option",
    "roles": "role",
    "schemas": "schema",
    "tables": "table",
    "operations": "operation",
    "tags": "tag",
}


def created(of: ObjectIdentity, thing: Document) -> str:
    """The sentence for a new object, with what matters of it."""
    verb = "added" if of.kind in _ADDED else "created"
    match thing:
        case Column():
            return f"{of} {verb}, {_column(thing)}"
        case Constraint() | DomainConstraint() | Index():
            return f"{of} {verb}: {thing.definition}"
        case Policy():
            return f"{of} {verb}: {_policy(thing)}"
        case Table(columns=columns):
            return f"{of} {verb}, {len(columns)} column{'' if len(columns) == 1 else 's'}"
        case _:
            return f"{of} {verb}"


def dropped(of: ObjectIdentity) -> str:
    """The sentence for an object that is gone."""
    return f"{of} dropped"


def reordered(of: ObjectIdentity, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    """The sentence for columns that stand in another order."""
    return f"column order of {of.name} differs: {', '.join(old)} became {', '.join(new)}"


def changed(of: ObjectIdentity, field: str, old: Value, new: Value) -> str:
    """The sentence for a field with another value."""
    words = _WORDS.get(field, field.replace("_", " "))
    if field == "comment":
        old, new = (text if text is None else f"'{text}'" for text in (old, new))
    match old, new:
        case (_, bool()) if field in _FLAGS:
            return f"{of} {_FLAGS[field][0 if new else 1]}"
        case (tuple(), tuple()):
            return f"{of}: {_members(words, old, new)}"
        case (None, _):
            return f"{of}: {words} set" + (f" to {_shown(new)}" if _fits(new) else "")
        case (_, None):
            return f"{of}: {words}" + (f" {_shown(old)}" if _fits(old) else "") + " removed"
        case _ if _fits(old) and _fits(new):
            return f"{of}: {words} changed from {_shown(old)} to {_shown(new)}"
        case _:
            return f"{of}: {words} changed"


def _members(words: str, old: tuple[str, ...], new: tuple[str, ...]) -> str:
    said = [f"{words} {each} added" for each in new if each not in old]
    said += [f"{words} {each} removed" for each in old if each not in new]
    if not said or [each for each in old if each in new] != [each for each in new if each in old]:
        said.append(f"order of {words}s changed from {', '.join(old)} to {', '.join(new)}")
    return "; ".join(said)


def _column(column: Column) -> str:
    said = [column.type, "NOT NULL" if column.not_null else "nullable"]
    if column.default is not None:
        said.append(f"default {column.default}")
    if column.identity is not None:
        said.append(f"generated {column.identity.value} as identity")
    if column.generated is not None:
        said.append(f"generated {column.generated.value} as {column.expression}")
    return ", ".join(said)


def _policy(policy: Policy) -> str:
    said = [f"{'permissive' if policy.permissive else 'restrictive'} for {policy.command} to {', '.join(policy.roles)}"]
    if policy.using is not None:
        said.append(f"USING {policy.using}")
    if policy.with_check is not None:
        said.append(f"WITH CHECK {policy.with_check}")
    return ", ".join(said)


def _fits(value: Value) -> bool:
    text = _shown(value)
    return len(text) <= _SHORT and "\n" not in text


def _shown(value: Value) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)
