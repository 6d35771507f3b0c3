"""What pydantic and our own checks say of a manifest, told with line, column and what to write instead."""

from __future__ import annotations

import re
import types
import typing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.closest import closest
from migsafe.planner.manifest.yaml_text import Items, Mapping, Mark, Node, Path, Text, YamlFile, without_secrets
from migsafe.schemas.document import Document
from migsafe.schemas.manifest import Manifest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from migsafe.schemas.problem import Refusal

_MOST_TOLD = 20
_LONGEST_TOLD = 100
_CLASS = re.compile(r" or instance of \w+")
_KEY = "[key]"  # what pydantic appends to the place of an error that is about a key


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One thing that is wrong with the manifest, and what to write instead."""

    mark: Mark
    what: str
    why: str
    remedy: str


def refusal(file: YamlFile, complaints: Iterable[Complaint]) -> Refusal:
    """One refusal for all complaints: the first in the file is its place, the others are listed in `why`."""
    first, *others = sorted(set(complaints))
    told = [f"line {other.mark.line}: {other.what} ({other.why}; {other.remedy})" for other in others[:_MOST_TOLD]]
    if len(others) > _MOST_TOLD:
        told.append(f"and {len(others) - _MOST_TOLD} more")
    why = first.why if not told else f"{first.why}. Also " + "; ".join(told)
    return file.refusal(first.mark, first.what, why=why, remedy=first.remedy)


def complaints(error: ValidationError, root: Node, at: Path = ()) -> list[Complaint]:
    """Errors of pydantic as complaints; `at` is where in the file the validated part begins."""
    return [_complaint(detail, root, (*at, *detail["loc"])) for detail in error.errors(include_url=False)]


def _complaint(detail: ErrorDetails, root: Node, path: Path) -> Complaint:
    name = dotted(path)
    match detail["type"]:
        case "extra_forbidden":
            known = _known_keys(path[:-1])
            near = closest(str(path[-1]), known)
            remedy = f"did you mean `{near}`?" if near else "known keys here: " + ", ".join(known)
            return Complaint(key_mark(root, path), f"unknown key `{name}`", "nothing reads it", remedy)
        case "missing":
            return Complaint(key_mark(root, path), f"`{name}` is missing", "it has no default", f"add `{path[-1]}:`")
        case "value_error":
            why = str(detail.get("ctx", {}).get("error", detail["msg"]))
            return Complaint(mark_of(root, path), f"`{name}` does not fit", _as_written(why, root, path), "correct it")
        case _ if path[-1] == _KEY:
            why = f"a name here must match {detail.get('ctx', {}).get('pattern', 'the pattern')}"
            what = f"`{name}` is no good name"
            return Complaint(key_mark(root, path[:-1]), what, why, "use small letters, digits, - and _")
        case _:
            return _wrong_value(detail, root, path)


def _wrong_value(detail: ErrorDetails, root: Node, path: Path) -> Complaint:
    what = f"`{dotted(path)}` cannot be {_shown(_node(root, path))}"
    expected = re.findall(r"'([^']*)'", str(detail.get("ctx", {}).get("expected", "")))
    said = detail["input"] if isinstance(detail["input"], str) else ""
    near = closest(said, expected) if expected else None
    remedy = f"did you mean `{near}`?" if near else "correct the value"
    if detail["input"] is None:
        remedy = "give it a value, or remove the key"
    elif "://" in said:
        remedy = "keep the URL in an environment variable and write that variable's name here"
    why = _in_words(detail["msg"])
    return Complaint(mark_of(root, path), what, _as_written(why, root, path), remedy)


def _in_words(message: str) -> str:
    """A sentence of pydantic without the words that mean something to programmers only."""
    for theirs, ours in (
        ("Input should be", "it should be"),
        ("a valid tuple", "a list"),
        ("a valid dictionary", "keys with values"),
        (", unable to parse string as an integer", ""),
        ("String should", "it should"),
    ):
        message = message.replace(theirs, ours)
    return _CLASS.sub("", message)


def _as_written(message: str, root: Node, path: Path) -> str:
    """The message with what variables held put back to their names: it may be a secret."""
    node = _node(root, path)
    if isinstance(node, Text) and node.value and node.value != node.written:
        message = message.replace(node.value, node.written)
    return without_secrets(message)


def _shown(node: Node) -> str:
    match node:
        case Text(value=None):
            return "empty"
        case Text(written=written):
            return f"'{without_secrets(written[:_LONGEST_TOLD])}'"
        case Items():
            return "a list"
        case Mapping():
            return "keys with values"


def dotted(path: Path) -> str:
    """A path as people write it: `policies.exemptions[0].rule`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path if part != _KEY)
    return without_secrets("".join(parts).removeprefix("."))[:_LONGEST_TOLD]


def _node(root: Node, path: Path) -> Node:
    """The node at a path, or the deepest one on the way to it."""
    node = root
    for part in path:
        match node, part:
            case Mapping(nodes=fields), str() if part in fields:
                node = fields[part]
            case Items(nodes=nodes), int() if part < len(nodes):
                node = nodes[part]
            case _:
                break
    return node


def mark_of(root: Node, path: Path) -> Mark:
    """Where the value at a path stands."""
    return _node(root, path).mark


def key_mark(root: Node, path: Path) -> Mark:
    """Where the key at the end of a path stands; where it is missing, the key of the section that lacks it."""
    for length in range(len(path), 0, -1):
        parent = _node(root, path[: length - 1])
        if isinstance(parent, Mapping) and path[length - 1] in parent.keys:
            return parent.keys[str(path[length - 1])]
        if isinstance(parent, Items):
            return mark_of(root, path[:length])
    return root.mark


def _known_keys(path: Path) -> tuple[str, ...]:
    """The keys that the manifest's schema knows at a path."""
    kind: object = Manifest
    for part in path:
        model = _model(kind)
        if model is None:
            kind = next((inner for inner in reversed(typing.get_args(_bare(kind))) if inner is not Ellipsis), None)
        else:
            field = model.model_fields.get(str(part))
            kind = field.annotation if field else None
    model = _model(kind)
    return tuple(model.model_fields) if model else ()


def _model(kind: object) -> type[Document] | None:
    kind = _bare(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Document) else None


def _bare(kind: object) -> object:
    """The type without `| None`."""
    if typing.get_origin(kind) in (types.UnionType, typing.Union):
        return next(inner for inner in typing.get_args(kind) if inner is not types.NoneType)
    return kind
