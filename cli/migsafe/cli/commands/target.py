"""Commands on the target: plan, facts, apply, up, down, purge, status, drift, history, backup, doctor."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from migsafe.cli.choices import Against, Format, StepWas
from migsafe.cli.commands.project import FormatOption, WriteRollbacks
from migsafe.cli.options import Consent, Options, command
from migsafe.cli.screen import Screen
from migsafe.schemas.problem import ExitCode, Usage

NoRehearsal = Annotated[bool, typer.Option("--no-rehearsal", help="Do not try the plan on a scratch database first.")]
Steps = Annotated[int, typer.Option("--steps", metavar="N", min=1, help="How many migrations to undo.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a plan is made from."""

    facts: Annotated[
        Path | None, typer.Option("--facts", metavar="FILE", help="Use saved facts and no connection.")
    ] = None
    no_rehearsal: NoRehearsal = False
    write_rollbacks: WriteRollbacks = False


@command
def plan(
    options: Options,
    screen: Screen,
    making: Making,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the plan here.")] = None,
    output_format: FormatOption = Format.TEXT,
    detailed_exitcode: Annotated[  # noqa: FBT002 - typer reads the signature, nobody calls it
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 when changes are pending.")
    ] = False,
) -> ExitCode:
    """Review what would be done, with locks, dangers and risk."""
    from migsafe.cli.flows.planning import Sheet  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.planning import plan as flow  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.rehearsing import Rehearsing  # noqa: PLC0415 - start-up

    rehearsing = Rehearsing.SKIPPED if making.no_rehearsal else Rehearsing.AS_DECLARED
    sheet = Sheet(output, making.facts, rehearsing, making.write_rollbacks)
    code = flow(options, screen, sheet, output_format)
    return ExitCode.DONE if code is ExitCode.CHANGES and not detailed_exitcode else code


@command
def facts(
    options: Options,
    screen: Screen,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write them here.")] = None,
) -> ExitCode:
    """Take the facts of the target that a plan needs, without rows or secrets."""
    from migsafe.cli.flows.facts import facts as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, output)


@command
def apply(
    options: Options,
    consent: Consent,
    screen: Screen,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The plan file.")],
    step_was: Annotated[
        StepWas | None, typer.Option("--step-was", help="What is true of a step that broke off and left no trace.")
    ] = None,
) -> ExitCode:
    """Take a verified backup, then do exactly what a plan file says."""
    from migsafe.cli.flows.applying import apply_file as flow  # noqa: PLC0415 - start-up
    from migsafe.executor.steps.lone import Answer  # noqa: PLC0415 - start-up

    return flow(options, consent, screen, file, None if step_was is None else Answer(step_was.value))


@command
def up(
    options: Options,
    consent: Consent,
    screen: Screen,
    to: Annotated[str | None, typer.Option("--to", metavar="LABEL", help="Stop after this migration.")] = None,
    no_rehearsal: NoRehearsal = False,  # noqa: FBT002 - typer reads the signature, nobody calls it
) -> ExitCode:
    """Plan and apply what is pending, with one confirmation."""
    from migsafe.cli.flows.rehearsing import Rehearsing  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.upward import Ascent  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.upward import up as flow  # noqa: PLC0415 - start-up

    ascent = Ascent(to, Rehearsing.SKIPPED if no_rehearsal else Rehearsing.AS_DECLARED)
    return flow(options, consent, screen, ascent)


@command
def down(
    options: Options,
    consent: Consent,
    screen: Screen,
    to: Annotated[str | None, typer.Option("--to", metavar="LABEL", help="Undo all after this migration.")] = None,
    steps: Steps = 1,
    from_file: Annotated[  # noqa: FBT002 - typer reads the signature, nobody calls it
        bool, typer.Option("--from-file", help="Use the rollback scripts as they are now, not as recorded.")
    ] = False,
) -> ExitCode:
    """Undo the last migration, as its rollback was recorded."""
    from migsafe.cli.flows.downward import Reach  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.downward import down as flow  # noqa: PLC0415 - start-up

    return flow(options, consent, screen, Reach(to=to, steps=steps, from_file=from_file))


@command
def purge(
    options: Options,
    consent: Consent,
    screen: Screen,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Tables or columns (TABLE.COLUMN); without: all.")
    ] = None,
    older_than: Annotated[
        str | None, typer.Option("--older-than", metavar="AGE", help="Only what is kept longer: 30d, 12h.")
    ] = None,
) -> ExitCode:
    """Drop for good what is in quarantine; --dry-run lists it."""
    from migsafe.cli.flows.purging import Choice  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.purging import purge as flow  # noqa: PLC0415 - start-up

    return flow(options, consent, screen, Choice(tuple(names or ()), older_than))


@command
def status(
    options: Options,
    screen: Screen,
    verify: Annotated[  # noqa: FBT002 - typer reads the signature, nobody calls it
        bool, typer.Option("--verify", help="Compare the catalog with what the last run left, too.")
    ] = False,
) -> ExitCode:
    """Tell what is applied, pending or unfinished."""
    from migsafe.cli.flows.telling import Verify  # noqa: PLC0415 - start-up
    from migsafe.cli.flows.telling import status as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, Verify.CATALOG if verify else Verify.NO)


@command
def drift(
    options: Options,
    screen: Screen,
    accept: Annotated[  # noqa: FBT002 - typer reads the signature, nobody calls it
        bool, typer.Option("--accept", help="Record what is there now as what should be.")
    ] = False,
    against: Annotated[
        Against, typer.Option("--against", help="What the last run recorded, or a replay of the applied migrations.")
    ] = Against.RECORD,
) -> ExitCode:
    """Tell what differs from what the last run left."""
    if against is Against.REPLAY:
        if accept:
            raise Usage("--accept and --against do not go together", remedy="migsafe drift --accept")
        from migsafe.cli.flows.replaying import drift_from_replay  # noqa: PLC0415 - start-up

        return drift_from_replay(options, screen)
    from migsafe.cli.flows import drifting  # noqa: PLC0415 - start-up

    return drifting.accept(options, screen) if accept else drifting.drift(options, screen)


@command
def history(options: Options, screen: Screen) -> ExitCode:
    """List the runs that the ledger records."""
    from migsafe.cli.flows.telling import history as flow  # noqa: PLC0415 - start-up

    return flow(options, screen)


@command
def doctor(options: Options, screen: Screen) -> ExitCode:
    """Look for what is wrong with server, rights and disk."""
    from migsafe.cli.flows.telling import doctor as flow  # noqa: PLC0415 - start-up

    return flow(options, screen)


@command
def backup(options: Options, screen: Screen) -> ExitCode:
    """Take a verified backup now (or: list, verify)."""
    from migsafe.cli.flows.keeping import take as flow  # noqa: PLC0415 - start-up

    return flow(options, screen)


@command
def backup_list(options: Options, screen: Screen) -> ExitCode:
    """List the backups and whether each counts."""
    from migsafe.cli.flows.keeping import listed as flow  # noqa: PLC0415 - start-up

    return flow(options, screen)


@command
def backup_verify(
    options: Options,
    screen: Screen,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="A backup; without it, all of them.")] = None,
) -> ExitCode:
    """Read backups in full and compare them with their records."""
    from migsafe.cli.flows.keeping import verify as flow  # noqa: PLC0415 - start-up

    return flow(options, screen, file)
