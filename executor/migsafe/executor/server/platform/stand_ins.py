"""Puts our stand-in extensions beside those that a PostgreSQL installation has itself."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TRUSTED_BY_PLATFORMS = (
    "amcheck",
    "autoinc",
    "bloom",
    "dblink",
    "earthdistance",
    "insert_username",
    "intagg",
    "moddatetime",
    "pg_buffercache",
    "pg_prewarm",
    "pg_stat_statements",
    "pg_visibility",
    "pg_walinspect",
    "pgrowlocks",
    "pgstattuple",
    "postgres_fdw",
    "refint",
    "sslinfo",
)
"""Extensions of PostgreSQL that ask for a superuser, but that hosted platforms let the migration role create."""

_USED_BY_OWNER = b"\nGRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO @extowner@;\n"
"""Hosted platforms let whoever created postgres_fdw make servers of it."""


def install_stand_ins(share_extension_dir: Path) -> None:
    """Add the stand-ins to `share_extension_dir`, the `share/extension` of an installation that is ours to change.

    Each is offered under all versions of versions.toml. What the installation has itself stays. The extensions of
    TRUSTED_BY_PLATFORMS become creatable by a database's owner. Files are replaced by renaming, so that one that is
    a link to somebody else's file is not written through.
    """
    stand_ins = files(__package__).joinpath("extensions")
    sources = [source for source in stand_ins.iterdir() if source.name.endswith((".control", ".sql"))]
    present = {path.stem for path in share_extension_dir.glob("*.control")}
    versions = tomllib.loads(stand_ins.joinpath("versions.toml").read_text(encoding="utf-8"))
    # The control file comes last: the server offers an extension as soon as it sees one.
    for source in sorted(sources, key=lambda source: source.name.endswith(".control")):
        name = source.name.removesuffix(".control").split("--")[0]
        if name in present:
            continue
        _put(share_extension_dir / source.name, source.read_bytes())
        if source.name.endswith(".sql"):
            _put_versions(share_extension_dir, source.name, source.read_bytes(), versions.get(name, []))
    for name in TRUSTED_BY_PLATFORMS:
        _trust(share_extension_dir / f"{name}.control")
    script = share_extension_dir / "postgres_fdw--1.0.sql"
    if script.exists() and _USED_BY_OWNER not in (text := script.read_bytes()):
        _put(script, text + _USED_BY_OWNER)


def _put_versions(share_extension_dir: Path, script: str, content: bytes, versions: list[str]) -> None:
    """Offer the script under other version numbers too, each with the way from the one before, which does nothing."""
    name, default = script.removesuffix(".sql").split("--")
    for version, following in pairwise((*versions, default)):
        _put(share_extension_dir / f"{name}--{version}.sql", content)
        update = share_extension_dir / f"{name}--{version}--{following}.sql"
        _put(update, b"-- a stand-in is the same in all versions\n")


def _trust(control: Path) -> None:
    if not control.exists():
        return
    text = control.read_text(encoding="utf-8")
    if "trusted" not in text:
        _put(control, f"{text.rstrip()}\ntrusted = true\n".encode())


def _put(target: Path, content: bytes) -> None:
    draft = target.with_name(f"{target.name}.new")
    draft.write_bytes(content)
    draft.chmod(0o644)
    draft.replace(target)
