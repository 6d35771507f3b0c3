"""Texts from files and servers, made harmless: they can colour, move, reorder or command nothing."""

from __future__ import annotations

import re
import unicodedata

_ACTIVE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that are no visible text: controls (ANSI codes begin with one), bidi marks, surrogates, line
separators, unassigned."""

# GitHub's runner obeys `::command::` at the start of a line and `##[command]` anywhere in one.
_LINE_COMMAND = re.compile(r"\A(\s*):(?=:)")
_ANY_COMMAND = re.compile(r"##(?=\[)")


def inert(text: str) -> str:
    """The text as one line in which every control character stands as its visible escape, as Python writes it."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def uncommanding(line: str) -> str:
    """A line of output that no CI runner takes for a command."""
    return _ANY_COMMAND.sub("# #", _LINE_COMMAND.sub(r"\1: ", line))


def inert_json(text: str) -> str:
    """The same JSON with every invisible character and every `##[` inside its strings escaped."""
    escaped = "".join(_json_escape(character) for character in text) if not text.isascii() else text
    return _ANY_COMMAND.sub(r"#\\u0023", escaped.replace("\x7f", "\\u007f"))


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _ACTIVE:
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _json_escape(character: str) -> str:
    if character in "\n\t" or unicodedata.category(character) not in _ACTIVE:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
