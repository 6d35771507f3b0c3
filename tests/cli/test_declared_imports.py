"""Everything that the code imports is declared: an undeclared package works here and fails on a fresh machine."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("schemas", "planner", "executor", "cli")
BROUGHT_BY = {"pydantic_core": "pydantic"}
"""Packages that come with a declared one, of exactly the version that it needs."""


def imported() -> set[str]:
    """Top-level packages that any module imports, at its head or inside a function."""
    found = set()
    for path in (path for part in PARTS for path in (ROOT / part / "migsafe").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names) - {"migsafe"}


def declared() -> set[str]:
    """Normalised names of the distributions that an installation brings."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {normalised(re.split(r"[\[<>=!~; ]", one)[0]) for one in project["dependencies"]}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_comes_with_the_installation() -> None:
    owners = packages_distributions()
    missing = {
        package
        for package in imported()
        if not {normalised(owner) for owner in owners.get(BROUGHT_BY.get(package, package), [package])} & declared()
    }
    assert missing == set()
