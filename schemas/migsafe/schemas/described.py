"""JSON Schemas whose properties are described by the docstrings of the attributes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from itertools import pairwise
from typing import TYPE_CHECKING

from pydantic.json_schema import GenerateJsonSchema

from migsafe.schemas.document import Document

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core.core_schema import ModelSchema


class Described(GenerateJsonSchema):
    """To be given as `schema_generator`.

    pydantic can do this by itself (`use_attribute_docstrings`), but then reads the source of every document again at
    each start, which took a fifth of the start of a plan.
    """

    def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
        """The schema of a model, with descriptions."""
        found = super().model_schema(schema)
        told = docstrings(schema["cls"])
        for name, of in found.get("properties", {}).items():
            if name in told:
                of.setdefault("description", told[name])
        return found


def docstrings(document: type) -> dict[str, str]:
    """The docstrings of the attributes of a document, its own and inherited ones, by name."""
    found: dict[str, str] = {}
    for each in reversed(document.__mro__):
        if issubclass(each, Document) and each is not Document:
            found |= _own(each)
    return found


def _own(document: type) -> dict[str, str]:
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(document))).body
    assert isinstance(tree, ast.ClassDef)  # noqa: S101 - the source of a class
    found = {}
    for attribute, said in pairwise(tree.body):
        match attribute, said:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
            case _:
                pass
    return found
