"""The target that a command works on: the database that the manifest names, or one of our own."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from migsafe.schemas.problem import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    import psycopg

    from migsafe.cli.flows.project import Project
    from migsafe.cli.screen import Screen
    from migsafe.schemas.live import Sampling
    from migsafe.schemas.target import TargetFacts

_LONGEST_NAME = 63


@contextmanager
def target_url(project: Project, screen: Screen) -> Iterator[str]:
    """The URL of the target, for as long as the block.

    It comes from the environment variable that the manifest names, else from the embedded server, which runs
    meanwhile. Raises Refusal where the variable is unset.
    """
    variable = project.manifest.database.url_env
    if variable is not None:
        yield from_environment(variable)
        return
    from migsafe.executor.server.local import local_database  # noqa: PLC0415 - only without a URL

    screen.detail(f"No database.url_env in the manifest: using the embedded PostgreSQL under {project.root}/.migsafe")
    name = project.manifest.project.encode()[:_LONGEST_NAME].decode(errors="ignore")
    with local_database(project.root, project.manifest.platform, name, screen.say) as url:
        yield url


@contextmanager
def connected(project: Project, url: str, purpose: str) -> Iterator[psycopg.Connection]:
    """A connection to the target that shows itself by its purpose. Raises Unanswered where it breaks in the block."""
    from migsafe.executor.answered import answered  # noqa: PLC0415 - start-up
    from migsafe.executor.connect import connect  # noqa: PLC0415 - psycopg is slow to import

    timeout = project.manifest.policies.timeouts.connect
    with answered(), connect(url, application=purpose, connect_timeout_ms=timeout) as connection:
        yield connection


def survey_target(project: Project, url: str, sampling: Sampling | None = None) -> TargetFacts:
    """Everything that planning needs to know of the target, live facts where `sampling` is given; changes nothing."""
    from migsafe.executor.survey import survey  # noqa: PLC0415 - psycopg is slow to import

    if sampling is not None and project.manifest.database.url_env is None:
        # Nobody else works on a server of our own, so that there is no traffic to wait for.
        sampling = sampling.model_copy(update={"interval": 0})
    with connected(project, url, "plan") as connection:
        return survey(connection, project.manifest.database.schemas, sampling)


def from_environment(variable: str) -> str:
    """The URL in an environment variable that the manifest names. Raises Refusal where it is unset."""
    url = os.environ.get(variable, "")
    if not url:
        raise Refusal(
            f"the environment variable {variable} is not set",
            why="the manifest says that it holds the URL of the database (url_env)",
            remedy=f"export {variable}=postgresql://user:password@host:5432/database",
        )
    return url
