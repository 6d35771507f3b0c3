"""The two hashes of a migration's text: of its bytes, and of what it says whatever the line ends."""

from __future__ import annotations

import hashlib

from migsafe.schemas.migration import SqlFile

_BOM = b"\xef\xbb\xbf"


def normalised(raw: bytes) -> bytes:
    """The text with LF line ends and without a byte order mark; nothing else is touched, blanks can be data."""
    return raw.removeprefix(_BOM).replace(b"\r\n", b"\n")


def sql_file(path: str, raw: bytes) -> SqlFile:
    """The file's bytes with both hashes; `path` is relative to the manifest, with forward slashes."""
    digest = hashlib.sha256(raw).hexdigest()
    text = normalised(raw)
    same = text == raw
    return SqlFile(path, raw, digest, digest if same else hashlib.sha256(text).hexdigest())
