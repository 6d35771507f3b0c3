"""The ground that all documents stand on: frozen, strict, described."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Document(BaseModel):
    """A value that is written to or read from a file: immutable, no unknown keys, docstrings as descriptions."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_default=False,
        ser_json_inf_nan="strings",
    )
