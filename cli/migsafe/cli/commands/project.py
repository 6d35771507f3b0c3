"""Commands on the files of a project: init, new, validate, schema, explain, show."""

from pathlib import Path
from typing import Annotated

import typer

from migsafe.cli.choices import Format
from migsafe.cli.options import Options, command
from migsafe.cli.screen import Screen
from migsafe.schemas.problem import ExitCode, Usage

FormatOption = Annotated[Format, typer.Option("--format", help="How to print the result.")]

WriteRollbacks = Annotated[
    bool, typer.Option("--write-rollbacks", help="Write generated rollbacks where none is declared, for review.")
]


@command
def init(
    options: Options,
    screen: Screen,
    folder: Annotated[
        str | None, typer.Argument(metavar="[FOLDER]", help="Folder of the migrations; looked for without it.")
    ] = None,
) -> ExitCode:
    """Write a migsafe.yaml for an existing folder of migrations."""
    from migsafe.cli.flows.starting import init as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, folder)


@command
def new(
    options: Options,
    screen: Screen,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it does: add_orders_note.")],
) -> ExitCode:
    """Make the files of a new migration and its rollback."""
    from migsafe.cli.flows.starting import new as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, name)


@command
def validate(
    options: Options,
    screen: Screen,
    output_format: FormatOption = Format.TEXT,
    rehearse: Annotated[  # noqa: FBT002 - typer reads the signature, nobody calls it
        bool, typer.Option("--rehearse", help="Run all from nothing on a scratch server, undo each, run it again, too.")
    ] = False,
    write_rollbacks: WriteRollbacks = False,  # noqa: FBT002 - typer reads the signature, nobody calls it
) -> ExitCode:
    """Check all migrations without a server, as CI does."""
    from migsafe.cli.flows.validating import Trial  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.validating import validate as flow  # noqa: PLC0415 - start-up

    if write_rollbacks and not rehearse:
        raise Usage(
            "--write-rollbacks needs --rehearse",
            why="rollbacks are generated from what the migrations are seen to do on a server",
            remedy="migsafe validate --rehearse --write-rollbacks",
        )
    trial = Trial.WITH_ROLLBACKS_WRITTEN if write_rollbacks else Trial.ON_A_SERVER if rehearse else Trial.NONE
    return flow(options, screen, output_format, trial)


@command
def show(
    options: Options,
    screen: Screen,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plan file, or the label of an applied migration.")],
    output_format: FormatOption = Format.TEXT,
) -> ExitCode:
    """Print the review of a plan file again, or the text of an applied migration."""
    from migsafe.cli.flows.showing import show as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, file, output_format)


@command
def explain(
    options: Options,
    screen: Screen,
    rule: Annotated[str | None, typer.Argument(metavar="[RULE]", help="A rule; without it, the list of all.")] = None,
) -> ExitCode:
    """Tell what a rule looks for, why, and what to do instead."""
    from migsafe.cli.flows.explaining import explain as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, rule)


@command
def schema(
    options: Options,
    screen: Screen,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="manifest, plan, report or backup.")] = None,
    write: Annotated[Path | None, typer.Option("--write", metavar="DIR", help="Write all into this folder.")] = None,
) -> ExitCode:
    """Print the JSON Schema of a document."""
    from migsafe.cli.flows.schemas import schema as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, name, write)
