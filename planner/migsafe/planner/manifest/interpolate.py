"""`${NAME}` in the manifest: only variables that the manifest lists, never an empty string for an unset one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from migsafe.planner.closest import closest
from migsafe.planner.manifest.yaml_text import Items, Mapping, Node, Text, YamlFile

if TYPE_CHECKING:
    import collections.abc

    from migsafe.schemas.problem import Refusal

_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\})?")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_OURS = "MIGSAFE_"


class Interpolation:
    """Fills in `${NAME}` from `variables`, for names that are listed under `env:` or begin with MIGSAFE_."""

    def __init__(self, file: YamlFile, root: Mapping, variables: collections.abc.Mapping[str, str]) -> None:
        self._file = file
        self._variables = variables
        self._listed = _listed(root)

    def filled(self, node: Node) -> Node:
        """The node with every reference replaced; `$${` becomes `${`. Refuses what is unlisted, unset or no name."""
        match node:
            case Text(mark, written, str(value)):
                return Text(mark, written, _REFERENCE.sub(lambda found: self._value(node, found), value))
            case Text():
                return node
            case Items(mark, nodes):
                return Items(mark, [self.filled(inner) for inner in nodes])
            case Mapping(mark, nodes, keys):
                return Mapping(mark, {key: self.filled(inner) for key, inner in nodes.items()}, keys)

    def _value(self, text: Text, found: re.Match[str]) -> str:
        if found[0] == "$${":
            return "${"
        name = found[1]
        if found[2] is None or not _NAME.match(name):
            what = f"`{found[0][:100]}` names no variable"
            raise self._refusal(text, what, "a name has letters, digits and _", "write ${NAME}, or $${ for a plain ${")
        if not name.startswith(_OURS) and name not in self._listed:
            near = closest(name, self._listed)
            remedy = f"did you mean ${{{near}}}?" if near else f"list it: `env: [{name}]`"
            raise self._refusal(text, f"${{{name}}} may not be used", "it is not listed under `env:`", remedy)
        if name not in self._variables:
            remedy = f"set it: export {name}=..."
            raise self._refusal(text, f"${{{name}}} is not set", "the environment has no such variable", remedy)
        return self._variables[name]

    def _refusal(self, text: Text, what: str, why: str, remedy: str) -> Refusal:
        return self._file.refusal(text.mark, what, why=why, remedy=remedy)


def _listed(root: Mapping) -> frozenset[str]:
    match root.nodes.get("env"):
        case Items(nodes=nodes):
            return frozenset(node.written for node in nodes if isinstance(node, Text))
        case _:
            return frozenset()
