"""On the scratch server of every major no migration comes to programs and files of the machine, nor to its network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migsafe.executor.server.account import server_account
from migsafe.executor.server.seclusion import can_be_closed
from rehearsing import rehearsed, scratch_for_tests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.executor.shadow import Scratch

OUT_OF_REACH = ("pg_execute_server_program", "pg_read_server_files", "pg_write_server_files")


@pytest.fixture(scope="module")
def scratch() -> Iterator[Scratch]:
    with scratch_for_tests() as running:
        yield running


def refused(scratch: Scratch, sql: str) -> str:
    """Why the server refused it; empty where it did not."""
    failure = rehearsed(scratch, [], sql).failure
    return failure.why if failure else ""


@pytest.mark.parametrize("role", OUT_OF_REACH)
def test_a_role_that_may_create_roles_cannot_grant_itself_programs_and_files(scratch: Scratch, role: str) -> None:
    """Before PostgreSQL 16 it could, with nothing more than CREATEROLE."""
    assert "SQLSTATE 42501" in refused(scratch, f"GRANT {role} TO CURRENT_USER;")
    assert "SQLSTATE 42501" in refused(scratch, f"CREATE ROLE other IN ROLE {role};")
    assert "SQLSTATE 42501" in refused(scratch, f"CREATE ROLE other; GRANT {role} TO other;")


def test_it_can_still_create_roles_and_grant_what_is_harmless(scratch: Scratch) -> None:
    text = "CREATE ROLE app; CREATE ROLE reader IN ROLE app; GRANT pg_monitor TO reader; GRANT app TO CURRENT_USER;"
    assert refused(scratch, text) == ""


def test_programs_and_files_are_refused(scratch: Scratch) -> None:
    for text in ("COPY (SELECT 1) TO PROGRAM 'true';", "SELECT pg_read_file('/etc/passwd');"):
        assert "SQLSTATE 42501" in refused(scratch, text)


@pytest.mark.skipif(not can_be_closed(server_account()), reason="this system starts no process without a network")
def test_the_network_is_closed_and_statistics_are_counted_nevertheless(scratch: Scratch) -> None:
    """PostgreSQL 13 and 14 send their statistics over loopback: without one they count nothing."""
    assert scratch.server.network_closed
    assert scratch.rows("SHOW track_counts") == [("on",)]
