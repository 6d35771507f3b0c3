"""The command line: every command by name, in the order in which a newcomer meets them."""

from collections.abc import Callable
from typing import Annotated

import typer

from migsafe.cli.commands import project, target
from migsafe.cli.options import Consent, Options, command
from migsafe.schemas.problem import MEANINGS, ExitCode, Usage


def _version(asked: bool) -> None:  # noqa: FBT001 - the shape of typer's callbacks
    if asked:
        from importlib.metadata import version  # noqa: PLC0415 - start-up

        typer.echo(f"migsafe {version('migsafe')}")
        raise typer.Exit


@command
def _root(
    options: Options,  # noqa: ARG001 - read here so that they may stand before the command
    consent: Consent,  # noqa: ARG001 - as above
    version: Annotated[  # noqa: ARG001, FBT002 - its callback does the work
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> ExitCode:
    """Plan and apply PostgreSQL and Supabase migrations so that nobody is locked out and nothing is lost."""
    raise Usage("no command was given", remedy="see what there is: migsafe --help")


_COMMANDS = {
    "init": project.init,
    "new": project.new,
    "validate": project.validate,
    "plan": target.plan,
    "facts": target.facts,
    "show": project.show,
    "apply": target.apply,
    "up": target.up,
    "down": target.down,
    "purge": target.purge,
    "status": target.status,
    "drift": target.drift,
    "history": target.history,
    "doctor": target.doctor,
    "explain": project.explain,
    "schema": project.schema,
}

# `\b` keeps the lines of a paragraph apart in help pages.
_EXIT_CODES = "Exit codes:\n\n\b\n" + "\n".join(f"{code.value:>4}  {meaning}" for code, meaning in MEANINGS.items())


def _group(function: Callable[..., ExitCode], name: str, epilog: str | None = None) -> typer.Typer:
    """A group of commands that does something by itself. No rich in help pages: it would double the start-up time."""
    return typer.Typer(
        name=name,
        callback=function,
        invoke_without_command=True,
        epilog=epilog,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )


def build() -> typer.Typer:
    """The whole command line as a typer application."""
    app = _group(_root, "migsafe", _EXIT_CODES)
    for name, function in _COMMANDS.items():
        app.command(name)(function)
    backups = _group(target.backup, "backup")
    backups.command("list")(target.backup_list)
    backups.command("verify")(target.backup_verify)
    app.add_typer(backups)
    return app
