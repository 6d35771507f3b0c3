"""The project that a command works on: its manifest as it holds in one environment, and its migrations."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.planner.manifest.read import read_manifest
from migsafe.schemas.problem import Place, Usage

if TYPE_CHECKING:
    from pathlib import Path

    from migsafe.cli.options import Options
    from migsafe.schemas.manifest import Manifest
    from migsafe.schemas.migration import Migration, Stray


@dataclass(frozen=True, slots=True)
class Project:
    """A manifest in one environment."""

    root: Path
    """The folder of the manifest, absolute."""
    manifest: Manifest
    """With the environment's overrides merged in."""
    environment: str | None
    """As chosen with --env."""

    def strays(self) -> tuple[Stray, ...]:
        """The SQL files of the folder that are never run."""
        from migsafe.planner.discover import strays  # noqa: PLC0415 - as below

        return strays(self.root, self.manifest)

    def migrations(self) -> tuple[Migration, ...]:
        """The migrations of the folder, in their order."""
        from migsafe.planner.discover import discover  # noqa: PLC0415 - commands on the target's history do without

        return discover(self.root, self.manifest)


def open_project(options: Options) -> Project:
    """Read the manifest that the options name. Raises Refusal for a bad one, Usage for an unknown environment."""
    manifest = read_manifest(options.manifest, os.environ)
    root = options.manifest.resolve().parent
    if options.env is None:
        return Project(root, manifest, None)
    if options.env not in manifest.environments:
        known = ", ".join(sorted(manifest.environments)) or "none"
        raise Usage(
            f"there is no environment {options.env!r}",
            why=f"the manifest declares: {known}",
            remedy="choose one of them with --env, or declare it under `environments`",
            place=Place(str(options.manifest)),
        )
    return Project(root, manifest.at(options.env), options.env)
