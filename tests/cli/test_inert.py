from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

import cli_samples as samples
from migsafe.cli.findings import finding_lines
from migsafe.cli.inert import inert, inert_json, uncommanding
from migsafe.cli.lines import line
from migsafe.cli.report.markdown import plan_markdown
from migsafe.cli.review import review_lines
from migsafe.cli.screen import Screen

if TYPE_CHECKING:
    from migsafe.schemas.plan import Plan

ACTIVE = ("\x1b", "\x07", "\u202e", "\r")


def hostile_plan() -> Plan:
    migration = samples.migration(samples.HOSTILE, summary=samples.HOSTILE)
    return samples.plan(migration, project=samples.HOSTILE, environment=samples.HOSTILE)


def test_plain_text_of_all_languages_stays_as_it_is() -> None:
    assert inert("Größe 数据 émoji 🛑") == "Größe 数据 émoji 🛑"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb", "a\\nb"),
        ("a\u202eb", "a\\u202eb"),
        ("a\x85b", "a\\x85b"),
        ("a\udc80b", "a\\udc80b"),
    ],
)
def test_controls_are_shown_and_not_done(hostile: str, shown: str) -> None:
    assert inert(hostile) == shown


@pytest.mark.parametrize("command", ["::error::x", "  ::set-output name=a::b", "##[error]x", "a ##[group]b"])
def test_no_line_is_a_command_of_a_ci_runner(command: str) -> None:
    said = uncommanding(command)
    assert not said.lstrip().startswith("::")
    assert "##[" not in said


def test_a_command_made_of_two_spans_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    Screen().show([line(":", ":error::x")])
    assert not capsys.readouterr().out.startswith("::")


def test_json_keeps_the_value_and_hides_nothing() -> None:
    value = {"name": samples.HOSTILE + "\u0085\U000e0001"}
    text = inert_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not any(active in text for active in (*ACTIVE, "\u0085", "\U000e0001", "##["))


def test_a_review_with_hostile_names_is_inert(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = hostile_plan()
    Screen().show(review_lines(hostile, width=80))
    printed = capsys.readouterr().out
    assert not any(active in printed for active in ACTIVE)
    assert not any(one.lstrip().startswith("::") or "##[" in one for one in printed.splitlines())


def test_a_finding_with_hostile_texts_is_inert(capsys: pytest.CaptureFixture[str]) -> None:
    texts = dict.fromkeys(("detail", "harm", "remedy", "path", "excerpt", "object"), samples.HOSTILE)
    Screen().show(finding_lines(samples.finding(**texts)))
    printed = capsys.readouterr().out
    assert not any(active in printed for active in ACTIVE)
    assert not any(one.lstrip().startswith("::") or "##[" in one for one in printed.splitlines())


def test_markdown_with_hostile_names_is_text() -> None:
    hostile = hostile_plan()
    printed = plan_markdown(hostile)
    assert not any(active in printed for active in ACTIVE)
    outside = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", printed)
    assert "<img" not in outside.replace("\\<img", "")
    assert "[x](" not in outside.replace("\\[x\\]\\(", "")
    assert "@everyone" not in outside
