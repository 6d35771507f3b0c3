"""YAML in which every scalar is text and every node knows its place; what YAML can be abused for is refused."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import yaml

from migsafe.schemas.problem import Place, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # PyYAML built without libyaml: the same events, slower
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]

DEEPEST = 50
"""Levels of nesting. A manifest needs seven."""
MOST_NODES = 50_000
_EXCERPT = 200
_LINE_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # as YAML 1.1 and libyaml count lines
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
# A password that was pasted into the manifest must not reach a CI log with the excerpt of its line.
_SECRETS = re.compile(r"(?<=://)[^\s@]*(?=@)|(?<=password: )\S+|(?<=secret: )\S+|(?<=token: )\S+", re.IGNORECASE)

Key: TypeAlias = str | int
Path: TypeAlias = tuple[Key, ...]
"""Where a node is: keys of mappings and indexes of lists, from the root."""


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in the file, both numbers from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar. `written` is what the file says, `value` what it stands for; None for a plain null."""

    mark: Mark
    written: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    mark: Mark
    nodes: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys with their nodes, and where each key stands."""

    mark: Mark
    nodes: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)


Node: TypeAlias = Text | Items | Mapping


@dataclass(frozen=True, slots=True)
class YamlFile:
    """The text of a YAML file and how messages call it."""

    path: str
    text: str

    def refusal(self, mark: Mark, what: str, *, why: str = "", remedy: str = "") -> Refusal:
        """A refusal at a place of this file, with the line as excerpt."""
        lines = _LINE_ENDS.split(self.text)
        excerpt = lines[mark.line - 1][:_EXCERPT] if mark.line <= len(lines) else ""
        place = Place(self.path, mark.line, mark.column, without_secrets(excerpt))
        return Refusal(what, why=why, remedy=remedy, place=place)


def without_secrets(text: str) -> str:
    """The text with the credentials of URLs and the values of keys such as `password` masked."""
    return _SECRETS.sub("***", text)


def texts(node: Node, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Every scalar below `node` with its path."""
    match node:
        case Text():
            yield path, node
        case Items(nodes=nodes):
            for index, inner in enumerate(nodes):
                yield from texts(inner, (*path, index))
        case Mapping(nodes=fields):
            for key, inner in fields.items():
                yield from texts(inner, (*path, key))


def value(node: Node) -> object:
    """The node as plain Python: text, None, lists and dicts."""
    match node:
        case Text(value=text):
            return text
        case Items(nodes=nodes):
            return [value(inner) for inner in nodes]
        case Mapping(nodes=fields):
            return {key: value(inner) for key, inner in fields.items()}


def compose(file: YamlFile) -> Node | None:
    """The one document of the file, or None where there is none.

    Raises Refusal for several documents, tags, anchors, aliases, merge keys, duplicate keys, keys that are no text,
    more than DEEPEST levels or MOST_NODES nodes, and for what is no YAML. Reads events as they come, so hostile
    nesting is refused before anything is built of it.
    """
    composer = _Composer(file)
    try:
        for event in yaml.parse(file.text, Loader=_Loader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, error) from error
    except yaml.reader.ReaderError as error:
        before = file.text.encode()[: error.position].decode(errors="replace")
        mark = Mark(before.count("\n") + 1, len(before) - before.rfind("\n"))
        remedy = "remove the character, no editor shows it"
        raise file.refusal(mark, "the file is not YAML", why=error.reason, remedy=remedy) from error
    return composer.root


def _not_yaml(file: YamlFile, error: yaml.MarkedYAMLError) -> Refusal:
    mark = error.problem_mark or error.context_mark
    place = Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)
    why = ", ".join(part for part in (error.context, error.problem) if part)
    remedy = "indent with spaces, each level by the same number, and quote text that contains ': ' or '#'"
    return file.refusal(place, "the file is not YAML", why=why, remedy=remedy)


class _Composer:
    """Builds nodes from the parser's events, with a stack of its own instead of Python's."""

    def __init__(self, file: YamlFile) -> None:
        self.root: Node | None = None
        self._file = file
        self._open: list[Items | Mapping] = []
        self._keys: list[tuple[str, Mark] | None] = []
        self._count = 0

    def take(self, event: yaml.Event) -> None:
        """Refuses the event, or adds what it stands for."""
        start = event.start_mark
        mark = Mark(start.line + 1, start.column + 1) if start else Mark(1, 1)
        match event:
            case yaml.DocumentStartEvent() if self.root is not None:
                remedy = "keep one, and remove the line `---`"
                raise self._file.refusal(mark, "the file holds several documents", why="one more begins", remedy=remedy)
            case yaml.AliasEvent(anchor=name):
                why = "text that stands for other text is not reviewed, and a few aliases can stand for gigabytes"
                what = f"the alias *{name} is not allowed"
                raise self._file.refusal(mark, what, why=why, remedy="write out what it stands for")
            case yaml.ScalarEvent(value=text, style=style):
                self._check(event, mark)
                self._add(Text(mark, text, None if not style and text in _NULLS else text))
            case yaml.SequenceStartEvent():
                self._check(event, mark)
                self._enter(Items(mark))
            case yaml.MappingStartEvent():
                self._check(event, mark)
                self._enter(Mapping(mark))
            case yaml.CollectionEndEvent():
                self._open.pop()
                self._keys.pop()
            case _:  # the ends and starts of stream and document carry nothing
                pass

    def _check(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark) -> None:
        self._count += 1
        if self._count > MOST_NODES:
            why = f"it has more than {MOST_NODES} values"
            raise self._file.refusal(mark, "the file is too long", why=why, remedy="remove what is unused")
        if event.anchor is not None:
            what = f"the anchor &{event.anchor} is not allowed"
            why = "anchors serve aliases, and those are not allowed"
            raise self._file.refusal(mark, what, why=why, remedy=f"remove &{event.anchor}")
        if event.tag is not None:
            why = "every value is plain text, a list or a mapping; nothing is constructed"
            raise self._file.refusal(mark, f"the tag {event.tag} is not allowed", why=why, remedy="remove the tag")

    def _enter(self, node: Items | Mapping) -> None:
        if len(self._open) >= DEEPEST:
            what, why = "the file is nested too deeply", f"it has more than {DEEPEST} levels"
            raise self._file.refusal(node.mark, what, why=why, remedy="correct the brackets or the indentation")
        self._add(node)
        self._open.append(node)
        self._keys.append(None)

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Items):
            parent.nodes.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = self._key(parent, node)
            return
        parent.nodes[key[0]] = node
        parent.keys[key[0]] = key[1]
        self._keys[-1] = None

    def _key(self, parent: Mapping, node: Node) -> tuple[str, Mark]:
        if not isinstance(node, Text):
            raise self._file.refusal(
                node.mark, "a key must be text", why="a list or mapping stands as a key", remedy="write `name: value`"
            )
        if node.written == "<<":
            raise self._file.refusal(
                node.mark,
                "the merge key << is not allowed",
                why="it hides what the file says",
                remedy="write out the keys it would merge",
            )
        first = parent.keys.get(node.written)
        if first is not None:
            raise self._file.refusal(
                node.mark,
                f"the key `{without_secrets(node.written[:100])}` stands twice",
                why=f"it stands in line {first.line} and again in line {node.mark.line}, and only one can hold",
                remedy="remove one of them",
            )
        return node.written, node.mark
