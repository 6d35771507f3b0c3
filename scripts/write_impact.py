# ruff: noqa: INP001, I001 - a script, not a package; its imports need a path first
"""Measures the queries of tests/impact on an embedded server and writes the figures into docs/impact.md."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from impact_cases import measured, page, prepared_schema  # noqa: E402 - found through the line above

from migsafe.executor.server.cluster import Durability  # noqa: E402 - same
from migsafe.executor.server.databases import create_database  # noqa: E402 - same
from migsafe.executor.server.embedded import embedded  # noqa: E402 - same

PAGE = ROOT / "docs" / "impact.md"
_MEASURED = re.compile(r"(<!-- measured.*?-->\n).*(<!-- end -->)", re.DOTALL)


def main() -> None:
    """Write the figures anew."""
    state_dir = Path(tempfile.mkdtemp(prefix="migsafe-docs-"))
    try:
        with embedded(state_dir, durability=Durability.THROWAWAY) as server:
            url = create_database(server, "impact")
            with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
                prepared_schema(connection)
                text = page(list(measured(connection)))
    finally:
        shutil.rmtree(state_dir, ignore_errors=True)
    PAGE.write_text(_MEASURED.sub(lambda found: found[1] + text + found[2], PAGE.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
