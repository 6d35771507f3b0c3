"""Hostile manifests are refused quickly and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migsafe.planner.manifest.read import LARGEST_MANIFEST, read_manifest
from migsafe.schemas.problem import Problem, Refusal

HEAD = "version: 1\nproject: shop\n"


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "migsafe.yaml"


def test_what_is_no_file_is_refused_without_waiting(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="no manifest"):
        read_manifest(manifest, {})
    os.mkfifo(manifest)
    loop, device, folder = tmp_path / "loop", tmp_path / "zero", tmp_path / "folder"
    loop.symlink_to(loop)
    device.symlink_to("/dev/zero")
    folder.mkdir()
    for path in (manifest, loop, device, folder, tmp_path / "nul\0"):
        with pytest.raises(Problem) as caught:
            read_manifest(path, {})
        assert caught.value.remedy


BOMBS = {
    "flow lists": "[" * 10_000,
    "a megabyte of flow lists": "[" * 1_000_000,
    "flow mappings": "{a: " * 10_000,
    "block lists": "- " * 10_000,
    "block mappings": "\n".join(" " * level + "a:" for level in range(1_400)),
    "keys": "? " * 10_000,
    "aliases": "a: &a [x,x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in pairwise("abcdefghi")),
    "merges": "a: &a {x: y}\nb: {<<: [*a, *a]}\n",
    "many items": "- a\n" * 250_000,
    "many keys": "".join(f"a{number}: b\n" for number in range(80_000)),
    "one long line": "a" * 1_000_000,
    "one long key": "a" * 1_000 + ": 1",
    "quotes": '"' + "\\x41" * 250_000 + '": 1',
    "fifty megabytes": "a: b\n" * 10_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_text_is_refused_before_it_unfolds(manifest: Path, name: str) -> None:
    """It takes a fraction of a second where nothing else is at work; unfolded, minutes and more."""
    manifest.write_text(BOMBS[name])
    begun = time.process_time()
    with pytest.raises(Refusal) as caught:
        read_manifest(manifest, {})
    assert time.process_time() - begun < 10
    assert len(str(caught.value)) < 5_000


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak of this very process")
def test_hostile_text_is_refused_in_200_megabytes(tmp_path: Path) -> None:
    """In a process of its own, whose address space is limited."""
    for number, text in enumerate(BOMBS.values()):
        (tmp_path / f"{number}.yaml").write_text(text)
    script = """
import sys
from pathlib import Path
from migsafe.planner.manifest.read import read_manifest
from migsafe.schemas.problem import Refusal
for path in Path(sys.argv[1]).iterdir():
    try:
        read_manifest(path, {})
    except Refusal:
        print(path)
# Not ru_maxrss: across exec it keeps the peak of the process that was forked, which here is pytest.
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(int(peak.split()[1]) // 1024, file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, check=True)
    assert len(ran.stdout.splitlines()) == len(BOMBS)
    assert int(ran.stderr) < 200


def test_the_limit_of_size_is_exact(manifest: Path) -> None:
    manifest.write_text(HEAD + "#" * (LARGEST_MANIFEST - len(HEAD)))
    assert read_manifest(manifest, {}).project == "shop"
    manifest.write_text(HEAD + "#" * (LARGEST_MANIFEST - len(HEAD) + 1))
    with pytest.raises(Refusal, match="too large"):
        read_manifest(manifest, {})


@given(st.text(alphabet=st.sampled_from("ab:-{}[]&*!|>'\"%@`#,? \n\t<$01~"), max_size=60))
@settings(max_examples=300, deadline=None)
def test_no_text_makes_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.yaml"
    path.write_text(f"version: 1\nproject: p\n{text}")
    try:
        read_manifest(path, {})
    except Refusal as problem:
        assert problem.place  # noqa: PT017 - valid texts are fine too
