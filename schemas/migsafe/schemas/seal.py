"""The plan as a file: canonical JSON, sealed by a digest, read back strictly."""

from __future__ import annotations

import hashlib
import json

from pydantic import ValidationError

from migsafe.schemas.plan import PLAN_FORMAT, Plan
from migsafe.schemas.problem import Stale

LARGEST_PLAN = 512 * 1024 * 1024
"""Bytes that a plan file has at most."""


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(value: object) -> str:
    """The JSON of a value made of JSON types, as RFC 8785 has it for texts, integers and ASCII keys: sorted, no blanks.

    Raises ValueError for NaN and infinities.
    """
    return _CANONICAL.encode(value)


def digest_of(plan: Plan) -> str:
    """SHA-256, hexadecimal, of the canonical JSON of a plan with an empty digest."""
    unsealed = plan.model_dump(mode="json", exclude={"digest"}) | {"digest": ""}
    return hashlib.sha256(canonical(unsealed).encode()).hexdigest()


def sealed(plan: Plan) -> Plan:
    """The same plan with its digest set."""
    return plan.model_copy(update={"digest": digest_of(plan)})


def plan_text(plan: Plan) -> str:
    """The text of plan.json: canonical JSON and a final newline."""
    return canonical(plan.model_dump(mode="json")) + "\n"


def read_plan(raw: bytes) -> Plan:
    """The plan in the bytes of a plan file.

    Raises Stale for what is no plan, was cut or changed, or is of a format that this version does not know.
    """
    data = _parsed(raw)
    _require_known_format(data)
    try:
        plan = Plan.model_validate(data, strict=False)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _damaged(f"{where}: {first['msg']}") from None
    if digest_of(plan) != plan.digest:
        raise _damaged("its content does not match the digest inside")
    return plan


def _parsed(raw: bytes) -> dict[str, object]:
    if len(raw) > LARGEST_PLAN:
        raise _damaged(f"it has {len(raw)} bytes, more than any plan")
    if not raw.strip():
        raise _damaged("it is empty")
    try:
        data = json.loads(raw.decode(), object_pairs_hook=_distinct, parse_constant=_no_constant)
    except RecursionError:
        raise _damaged("it nests too deep") from None
    except ValueError as error:
        raise _damaged(str(error)) from None
    if not isinstance(data, dict):
        raise _damaged("it is no JSON object")
    return data


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a key stands twice"
        raise ValueError(msg)
    return found


def _no_constant(constant: str) -> object:
    msg = f"{constant} is no JSON"
    raise ValueError(msg)


def _require_known_format(data: dict[str, object]) -> None:
    found = data.get("format")
    if not isinstance(found, str) or found.count(".") != 1:
        raise _damaged("it does not say which format it has")
    if not _is_known(found):
        raise Stale(
            f"the plan has format {found}, and this migsafe reads {PLAN_FORMAT}",
            why="it was made by another version of migsafe",
            remedy="make it anew with this one: migsafe plan -o plan.json",
        )


def _is_known(found: str) -> bool:
    """Whether the format is of our major and no newer minor; compared as numbers."""
    major, minor = found.split(".")
    known_major, known_minor = PLAN_FORMAT.split(".")
    return major == known_major and minor.isdecimal() and int(minor) <= int(known_minor)


def _damaged(why: str) -> Stale:
    return Stale("the plan file is not what migsafe wrote", why=why, remedy="make it anew: migsafe plan -o plan.json")
