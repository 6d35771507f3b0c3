"""PostgreSQL's own parser, called through ctypes; the only module that knows the shared library."""

from __future__ import annotations

import ctypes
import gc
import importlib.util
import json
import platform
import re
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, cast

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from migsafe.planner.tree import Json, Node

_LIBRARIES = {"Darwin": "libpg_query.dylib", "Windows": "pg_query.dll"}

# Measured with libpg_query 18: a chain like `1+1+1...` makes its JSON printer recurse, 129 bytes of C stack for each
# two bytes of text, and the printer does not look at the stack's end. 128 bytes for each byte of text is twice what
# the densest chain takes. Texts up to _INLINE bytes need 2 MiB at most and run on the caller's stack.
_STACK_PER_BYTE = 128
_INLINE = 16 * 1024
# Nested brackets of the JSON; an expression of n terms has about 2n. No server with the default max_stack_depth (2 MB)
# comes near this, and a chain as long as LARGEST_PARSE would take minutes to read.
_DEEPEST = 100_000
LARGEST_PARSE = 4 * 1024 * 1024
"""Bytes of text that one `parse` may have: its stack is then 512 MiB of address space, of which little is touched."""


class _Error(ctypes.Structure):
    _fields_ = (
        ("message", ctypes.c_char_p),
        ("function", ctypes.c_char_p),
        ("file", ctypes.c_char_p),
        ("line", ctypes.c_int),
        ("cursor", ctypes.c_int),
        ("context", ctypes.c_char_p),
    )


class _ParseResult(ctypes.Structure):
    _fields_ = (("tree", ctypes.c_char_p), ("stderr", ctypes.c_char_p), ("error", ctypes.POINTER(_Error)))


class _PlpgsqlResult(ctypes.Structure):
    _fields_ = (("tree", ctypes.c_char_p), ("error", ctypes.POINTER(_Error)))


class _Span(ctypes.Structure):
    _fields_ = (("start", ctypes.c_int), ("length", ctypes.c_int))


class _SplitResult(ctypes.Structure):
    _fields_ = (
        ("spans", ctypes.POINTER(ctypes.POINTER(_Span))),
        ("count", ctypes.c_int),
        ("stderr", ctypes.c_char_p),
        ("error", ctypes.POINTER(_Error)),
    )


@dataclass(frozen=True, slots=True)
class SyntaxProblem(Exception):  # noqa: N818 - a Problem follows from it once the file is known
    """The grammar refuses the text: PostgreSQL's own words, and where, in characters from 1 (0: unknown)."""

    message: str
    cursor: int


@cache
def _library() -> ctypes.CDLL:
    """The library that the `postgast` wheel carries; its Python package is not imported (100 ms for protobuf)."""
    spec = importlib.util.find_spec("postgast")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    name = _LIBRARIES.get(platform.system(), "libpg_query.so")
    found = [path for folder in folders if (path := Path(folder) / name).is_file()]
    if not found:
        raise Problem(
            "PostgreSQL's parser is not installed",
            why=f"the package postgast brings {name}, which was not found",
            remedy="pip install --force-reinstall postgast",
        )
    return _declared(ctypes.CDLL(str(found[0])))


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    """The library, told what its functions take and give (pg_query.h)."""
    library.pg_query_parse.restype = _ParseResult
    library.pg_query_parse.argtypes = (ctypes.c_char_p,)
    library.pg_query_parse_plpgsql.restype = _PlpgsqlResult
    library.pg_query_parse_plpgsql.argtypes = (ctypes.c_char_p,)
    library.pg_query_split_with_parser.restype = _SplitResult
    library.pg_query_split_with_parser.argtypes = (ctypes.c_char_p,)
    library.pg_query_free_parse_result.restype = None
    library.pg_query_free_parse_result.argtypes = (_ParseResult,)
    library.pg_query_free_plpgsql_parse_result.restype = None
    library.pg_query_free_plpgsql_parse_result.argtypes = (_PlpgsqlResult,)
    library.pg_query_free_split_result.restype = None
    library.pg_query_free_split_result.argtypes = (_SplitResult,)
    return library


def parse(text: bytes) -> tuple[Node, ...]:
    """The raw statements (`stmt`, `stmt_location`, `stmt_len` in bytes) of UTF-8 text of at most LARGEST_PARSE bytes.

    Raises SyntaxProblem. The tree is libpg_query's JSON of PostgreSQL 18's raw parse tree; fields that are false, 0 or
    empty are absent from it.
    """
    if len(text) > LARGEST_PARSE:
        raise ValueError(f"a text of {len(text)} bytes must be split first")
    tree = _on_stack_for(len(text), lambda: _parse_to_json(text))
    statements = _decoded(tree)["stmts"]
    return tuple(cast("list[Node]", statements))


def parse_plpgsql(statement: bytes) -> list[Json]:
    """The PL/pgSQL functions of one CREATE FUNCTION or DO statement, as libpg_query's JSON. Raises SyntaxProblem."""

    def call() -> bytes:
        library = _library()
        result = library.pg_query_parse_plpgsql(statement)
        try:
            _raise_if(result.error)
            return bytes(result.tree)
        finally:
            library.pg_query_free_plpgsql_parse_result(result)

    return cast("list[Json]", _loads(_balanced(_on_stack_for(len(statement), call).decode())))


def _balanced(tree: str) -> str:
    """The tree without the brace too many that libpg_query closes after a datum that it has no name for.

    These are the promises of trigger functions (TG_OP and its like); they stand among the datums, before the action.
    """
    datums, action, rest = tree.partition('"action":')
    return _UNNAMED_DATUM.sub("{}", datums) + action + rest if _UNNAMED_DATUM.search(datums) else tree


def split(text: bytes) -> tuple[tuple[int, int], ...]:
    """Start and length in bytes of each statement, by the grammar, without printing a tree. Raises SyntaxProblem."""
    library = _library()
    result = library.pg_query_split_with_parser(text)
    try:
        _raise_if(result.error)
        spans = (result.spans[index].contents for index in range(result.count))
        return tuple((span.start, span.length) for span in spans)
    finally:
        library.pg_query_free_split_result(result)


def _parse_to_json(text: bytes) -> bytes:
    library = _library()
    result = library.pg_query_parse(text)
    try:
        _raise_if(result.error)
        return bytes(result.tree)
    finally:
        library.pg_query_free_parse_result(result)


def _raise_if(error: ctypes._Pointer[_Error]) -> None:
    if error:  # type: ignore[truthy-bool] # a ctypes pointer is false when it is NULL
        fact = error.contents
        raise SyntaxProblem((fact.message or b"").decode(errors="replace"), fact.cursor)


def _on_stack_for(length: int, call: Callable[[], bytes]) -> bytes:
    """What `call` returns or raises, run on a stack that a text of `length` bytes cannot overflow."""
    if length <= _INLINE:
        return call()
    outcome: list[bytes] = []
    problem: list[SyntaxProblem] = []

    def run() -> None:
        try:
            outcome.append(call())
        except SyntaxProblem as refused:
            problem.append(refused)

    before = threading.stack_size(1024 * 1024 + _STACK_PER_BYTE * length // 4096 * 4096)
    try:
        thread = threading.Thread(target=run)
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    if problem:
        raise problem[0]
    return outcome[0]


def _decoded(tree: bytes) -> Node:
    return cast("Node", _loads(tree.decode()))


def _loads(text: str) -> Json:
    """The JSON value, however deep: where json.loads gives up (some hundred levels), the slow decoder goes on.

    Raises SyntaxProblem for more than _DEEPEST levels.
    """
    collecting = gc.isenabled()
    gc.disable()  # a tree has no cycles, and looking for them doubles the time of large files
    try:
        return cast("Json", json.loads(text))
    except RecursionError:
        return _loads_deep(text)
    finally:
        if collecting:
            gc.enable()


_UNNAMED_DATUM = re.compile(r"(?<=[\[,])\{\}\}")

# Keys are names of fields, so they hold no escapes; commas and colons say nothing that the order does not.
_TOKEN = re.compile(r'"(\w+)":|[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\],:"]+')


def _loads_deep(text: str) -> Json:
    """The same value as json.loads gives, built on a list instead of the C stack, whose limit differs by Python."""
    root: list[Json] = []
    open_values: list[dict[str, Json] | list[Json]] = [root]
    parent: dict[str, Json] | list[Json] = root
    key = ""
    for match in _TOKEN.finditer(text):
        if match[1] is not None:
            key = match[1]
            continue
        mark = match[0]
        if mark in ("}", "]"):
            open_values.pop()
            parent = open_values[-1]
            continue
        value = _opened(mark)
        if isinstance(parent, dict):
            parent[key] = value
        else:
            parent.append(value)
        if isinstance(value, dict | list):
            open_values.append(value)
            parent = value
            if len(open_values) > _DEEPEST:
                raise SyntaxProblem("stack depth limit exceeded", 0)
    return root[0]


def _opened(mark: str) -> Json:
    """A new container for a bracket, else the scalar that the mark spells."""
    if mark == "{":
        return {}
    return [] if mark == "[" else cast("Json", json.loads(mark))
