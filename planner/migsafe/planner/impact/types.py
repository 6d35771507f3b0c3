"""Types of expressions as far as an estimate needs them: what can be compared, matched and assigned."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ALIASES = {
    "int": "integer",
    "int4": "integer",
    "int2": "smallint",
    "int8": "bigint",
    "serial": "integer",
    "bigserial": "bigint",
    "float8": "double precision",
    "double": "double precision",
    "float": "double precision",
    "float4": "real",
    "decimal": "numeric",
    "bool": "boolean",
    "varchar": "character varying",
    "char": "character",
    "bpchar": "character",
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "timetz": "time with time zone",
    "time": "time without time zone",
}
_FAMILIES = {
    "number": ("oid", "smallint", "integer", "bigint", "numeric", "real", "double precision"),
    "text": ("text", "character varying", "character", "name", "citext"),
    "moment": ("date", "timestamp with time zone", "timestamp without time zone"),
}
_FAMILY = {name: family for family, names in _FAMILIES.items() for name in names}
_PRECISION = re.compile(r"\(.*?\)")
_FORMS = {
    "number": re.compile(
        r"\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*|\s*nan\s*|\s*[-+]?inf(inity)?\s*", re.IGNORECASE
    ),
    "boolean": re.compile(r"\s*(t|f|true|false|y|n|yes|no|on|off|0|1)\s*", re.IGNORECASE),
    "uuid": re.compile(r"\s*\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?\s*", re.IGNORECASE),
    "moment": re.compile(r".*\d.*|\s*(now|today|tomorrow|yesterday|epoch|-?infinity)\s*", re.IGNORECASE),
}

ANY = ""
"""Name of the type of parameters, NULL and literals, which take the type that is wanted; also of what is not known."""


@dataclass(frozen=True, slots=True)
class Type:
    """A type, or a word that stands for an expression whose type follows from its parts."""

    name: str = ANY
    fields: tuple[tuple[str, str], ...] = ()
    """Of a row, or of JSON that was made of a row: names and types."""
    literal: str | None = None
    """The text of a quoted literal."""

    @property
    def base(self) -> str:
        """Without length or precision."""
        return _PRECISION.sub("", self.name).strip()

    @property
    def family(self) -> str:
        """Types of one family can be compared with one another; ANY where nothing is known."""
        base = self.base
        return ANY if "?" in base else _FAMILY.get(base, base)

    @property
    def known(self) -> bool:
        """Whether it is a type of PostgreSQL, and not ANY or a guess."""
        return self.family != ANY


BOOLEAN = Type("boolean")
BIGINT = Type("bigint")
TEXT = Type("text")
UNKNOWN = Type()


def type_named(name: str) -> Type:
    """The type as PostgreSQL spells it."""
    lower = name.strip().lower() if '"' not in name else name.strip()
    base, paren, rest = lower.partition("(")
    base, array = (base[:-2], "[]") if base.endswith("[]") else (base, "")
    return Type(_ALIASES.get(base.strip(), base.strip()) + paren + rest + array)


def comparable(left: Type, right: Type) -> bool:
    """Whether PostgreSQL has an operator such as `=` for the two, as far as is known."""
    if left.literal is not None or right.literal is not None:
        return _fits(left, right) and _fits(right, left)
    families = {left.family, right.family}
    return len(families) == 1 or ANY in families or families == {"text", "regclass"}


def _fits(literal: Type, wanted: Type) -> bool:
    """Whether the text of a literal has the form of the wanted type; True where it is none."""
    form = _FORMS.get(wanted.family)
    return literal.literal is None or form is None or form.fullmatch(literal.literal) is not None


def assignable(source: Type, target: Type) -> bool:
    """Whether a value of one type can be stored in a column of another: more than can be compared."""
    if source.literal is not None:
        return _fits(source, target)
    return target.family == "text" or {source.base, target.base} == {"json", "jsonb"} or comparable(source, target)


def common(types: list[Type]) -> Type:
    """The type of CASE, COALESCE, UNION and VALUES over these."""
    known = [type_ for type_ in types if type_.name != ANY]
    if not known:
        return TEXT if any(type_.literal is not None for type_ in types) else UNKNOWN
    shaped = next((type_ for type_ in known if type_.fields), None)
    if shaped or len({type_.name for type_ in known}) == 1:
        return shaped or known[0]
    numbers = [type_.base for type_ in known if type_.family == "number"]
    if len(numbers) == len(known):
        return Type(max(numbers, key=_FAMILIES["number"].index))
    return Type(known[0].base)
