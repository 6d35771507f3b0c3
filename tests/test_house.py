"""The house itself: namespace package, size of files and functions, one way to name things."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PARTS = ("schemas", "planner", "executor", "cli")

LONG_FILES: dict[str, str] = {}
"""Files over 300 lines, each with the reason."""
LONG_FUNCTIONS = {
    "planner/migsafe/planner/actions/touched.py:_relation": "one short case for each action of a closed union",
}
"""Functions over 30 lines, each with the reason."""


def sources() -> list[Path]:
    return [path for part in PARTS for path in sorted((ROOT / part / "migsafe").rglob("*.py"))]


def functions(path: Path) -> list[tuple[str, int]]:
    """Name and length of each function; a docstring does not count."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            told = node.body[0] if ast.get_docstring(node) is not None else None
            docstring = (told.end_lineno or 0) - told.lineno + 1 if told is not None else 0
            found.append((node.name, (node.end_lineno or 0) - node.lineno + 1 - docstring))
    return found


def test_migsafe_is_a_namespace_that_no_part_owns() -> None:
    assert not [part for part in PARTS if (ROOT / part / "migsafe" / "__init__.py").exists()]


def test_every_part_is_typed() -> None:
    assert all((ROOT / part / "migsafe" / part / "py.typed").exists() for part in PARTS)


def test_files_have_at_most_300_lines() -> None:
    long = {str(path.relative_to(ROOT)) for path in sources() if path.read_text().count("\n") > 300}
    assert long == set(LONG_FILES)


def test_functions_have_at_most_30_lines_and_nine_in_ten_at_most_23() -> None:
    lengths = [(f"{path.relative_to(ROOT)}:{name}", length) for path in sources() for name, length in functions(path)]
    assert {name for name, length in lengths if length > 30} == set(LONG_FUNCTIONS)
    within = sorted(length for _, length in lengths)
    assert within[len(within) * 9 // 10] <= 23


def test_the_tree_names_no_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    endings = (".py", ".md", ".sql", ".toml", ".yaml", ".sh", "Makefile")
    texts = [ROOT / name for name in listed if name.endswith(endings)]
    machine = "/" + "work/"
    assert not [path for path in texts if path.exists() and machine in path.read_text()]
