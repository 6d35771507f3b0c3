"""Frozen value classes that cost little to define: the vocabulary of actions has more than a hundred of them."""

from __future__ import annotations

from inspect import get_annotations
from typing import TYPE_CHECKING, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, eq_default=True)
def value(cls: type[T]) -> type[T]:
    """The class as `dataclass(frozen=True, slots=True)` makes it: positional and keyword fields, `match`, equality.

    `dataclass` writes seven methods for each class, 0.5 ms; over this vocabulary that is a twentieth of a second at
    each start. Here only `__init__` is written, when the first instance is made; the rest is shared.
    """
    fields = tuple(get_annotations(cls))
    namespace = {key: content for key, content in cls.__dict__.items() if key not in {"__dict__", "__weakref__"}}
    defaults = {field: namespace.pop(field) for field in fields if field in namespace}
    namespace = {
        "__slots__": fields,
        "__match_args__": fields,
        "__setattr__": _frozen,
        "__delattr__": _frozen,
        "__repr__": _repr,
        "__eq__": _equal,
        "__hash__": _hash,
        "__copy__": _itself,
        "__deepcopy__": _itself,
        **namespace,
    }
    made: type[T] = type(cls.__name__, cls.__bases__, namespace)
    setattr(made, "__init__", _first(made, fields, defaults))  # noqa: B010 - mypy forbids assigning to it
    return made


def _first(cls: type, fields: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., None]:
    """An `__init__` that puts the real one in its own place."""

    def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 - it stands in for it
        real = _initialiser(cls, fields, defaults)
        setattr(cls, "__init__", real)  # noqa: B010 - mypy forbids assigning to it
        real(self, *values, **named)

    return __init__


def _initialiser(cls: type, fields: tuple[str, ...], defaults: dict[str, object]) -> Callable[..., None]:
    """`__init__`, which writes through the slots because `__setattr__` refuses."""
    setters = {f"_set_{field}": vars(cls)[field].__set__ for field in fields}
    given = {f"_default_{field}": default for field, default in defaults.items()}
    parameters = [f"{field}=_default_{field}" if field in defaults else field for field in fields]
    body = "".join(f" _set_{field}(self, {field})\n" for field in fields) or " pass\n"
    scope: dict[str, object] = {}
    exec(f"def __init__({', '.join(['self', *parameters])}):\n{body}", setters | given, scope)  # noqa: S102 - field names of our own classes, as dataclass does it
    made: Callable[..., None] = scope["__init__"]  # type: ignore[assignment]
    return made


def _values(self: object) -> tuple[object, ...]:
    return tuple(getattr(self, field) for field in type(self).__match_args__)  # type: ignore[attr-defined]


def _itself(self: T, *_: object) -> T:
    """A copy of what never changes."""
    return self


def _frozen(self: object, *_: object) -> NoReturn:
    raise AttributeError(f"{type(self).__name__} is frozen")


def _repr(self: object) -> str:
    fields: tuple[str, ...] = type(self).__match_args__  # type: ignore[attr-defined]
    return f"{type(self).__name__}({', '.join(f'{field}={getattr(self, field)!r}' for field in fields)})"


def _equal(self: object, other: object) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: object) -> int:
    return hash((type(self), *_values(self)))
