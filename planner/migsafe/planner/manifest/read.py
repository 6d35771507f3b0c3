"""The manifest: from a YAML file to a checked document, or one refusal that names every error with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from migsafe.planner.manifest.checks import contradictions, written_badly
from migsafe.planner.manifest.errors import complaints, refusal
from migsafe.planner.manifest.interpolate import Interpolation
from migsafe.planner.manifest.yaml_text import Items, Mapping, Mark, Node, Text, YamlFile, compose, value
from migsafe.planner.regular_file import read_regular
from migsafe.schemas.manifest import Manifest
from migsafe.schemas.problem import Place, Problem, Refusal

if TYPE_CHECKING:
    import collections.abc
    from pathlib import Path

LARGEST_MANIFEST = 1024 * 1024
"""Bytes."""
_VERSION = "1"


def read_manifest(path: Path, variables: collections.abc.Mapping[str, str]) -> Manifest:
    """The manifest in a file, with `${NAME}` filled in from `variables` (usually the environment).

    Raises Refusal with line, column and excerpt for everything that is not a valid manifest: all errors of its
    fields at once. Raises Problem where the file is missing or cannot be read.
    """
    file = _text(path)
    root = _mapping(file, compose(file))
    _check_version(file, root)
    filled = Interpolation(file, root, variables).filled(root)
    found = written_badly(filled)
    try:
        manifest = Manifest.model_validate({**_fields(filled), "version": int(_VERSION)})
    except ValidationError as error:
        places = {complaint.mark for complaint in found}
        found += [complaint for complaint in complaints(error, filled) if complaint.mark not in places]
        raise refusal(file, found) from error
    found += contradictions(manifest, filled)
    if found:
        raise refusal(file, found)
    return manifest


def _text(path: Path) -> YamlFile:
    shown = str(path)
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:  # a circle of symlinks, a NUL in the name
        raise Problem(
            f"there is no manifest {shown!r} that can be read",
            why=(isinstance(error, OSError) and error.strerror) or str(error),
            remedy="make one with `migsafe init`, or name it with `--manifest FILE`",
            place=Place(shown),
        ) from error
    raw = read_regular(str(real), shown, LARGEST_MANIFEST).removeprefix(b"\xef\xbb\xbf")
    file = YamlFile(shown, raw.decode(errors="replace"))
    for bad, what in (("\N{REPLACEMENT CHARACTER}", "the file is not UTF-8"), ("\0", "the file contains a NUL byte")):
        before, found, _ = file.text.partition(bad)
        if found:
            mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
            raise file.refusal(mark, what, why="a manifest is plain text", remedy="save it as UTF-8 text")
    return file


def _mapping(file: YamlFile, root: Node | None) -> Mapping:
    remedy = "begin with `version: 1` and `project: NAME`, or let `migsafe init` write it"
    match root:
        case Mapping():
            return root
        case None | Text(value=None):
            raise file.refusal(Mark(1, 1), "the manifest is empty", why="it says nothing but comments", remedy=remedy)
        case Items():
            why = "it is a list, and a manifest has keys with values"
        case Text():
            why = "it is a single text, and a manifest has keys with values"
    raise file.refusal(root.mark, "the file is no manifest", why=why, remedy=remedy)


def _check_version(file: YamlFile, root: Mapping) -> None:
    match root.nodes.get("version"):
        case None:
            remedy = "add `version: 1`"
            raise file.refusal(root.mark, "`version` is missing", why="the format could not be told", remedy=remedy)
        case Text(written=written) if written == _VERSION:
            return
        case node:
            why = f"this migsafe reads version {_VERSION}"
            remedy = "write `version: 1`, or use the migsafe that the manifest was written for"
            raise file.refusal(node.mark, "the version of the manifest is unknown", why=why, remedy=remedy)


def _fields(root: Node) -> dict[str, object]:
    fields = value(root)
    if not isinstance(fields, dict):  # a mapping stays one when its texts are filled in
        raise Refusal("the file is no manifest")
    return fields
