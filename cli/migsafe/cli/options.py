"""Options that several commands share, each declared once, valid before and after the command."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Annotated, TypeVar, cast

import typer

from migsafe.cli.next_command import USUAL_MANIFEST, as_typed
from migsafe.cli.screen import Screen
from migsafe.schemas.problem import ExitCode, Problem, Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What every command understands."""

    manifest: Annotated[Path, typer.Option("--manifest", metavar="FILE", help="The manifest.")] = USUAL_MANIFEST
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="Environment of the manifest.")] = None
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Change nothing that lasts.")] = False
    json: Annotated[bool, typer.Option("--json", help="Print exactly one JSON document to stdout.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell each step.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours (also NO_COLOR, TERM=dumb).")] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What commands that change the target may be told beforehand."""

    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask; needed where nobody can answer.")] = False
    force: Annotated[
        bool, typer.Option("--force", help="Go past policies and warnings; never past errors of integrity.")
    ] = False
    skip_backup: Annotated[
        bool, typer.Option("--skip-backup", help="Take no backup; asks, and is recorded for ever.")
    ] = False
    supersede: Annotated[
        bool, typer.Option("--supersede", help="Give up a run that left a migration half done; what it did stands.")
    ] = False
    accept_no_backup: Annotated[
        bool, typer.Option("--i-accept-no-backup", help="The answer to --skip-backup where nobody can be asked.")
    ] = False


@dataclass(slots=True)
class Run:
    """One run of the program: its screen, and the shared options that were read so far."""

    screen: Screen
    early: dict[type, object] = field(default_factory=dict)


_Returned = TypeVar("_Returned", bound=ExitCode)


def command(function: Callable[..., _Returned]) -> Callable[..., ExitCode]:
    """A function for typer in which each parameter that is a dataclass of options stands for its fields.

    `function` may also take the `Screen`. What was said before the command holds unless it is said again behind it;
    options said before a command that does not have them are a usage error.
    """
    own = inspect.signature(function, eval_str=True).parameters
    expanded = [inner for parameter in own.values() for inner in _expanded(parameter)]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)

    @functools.wraps(function)
    def run(**given: object) -> ExitCode:
        at = cast("typer.Context", given.pop("context"))
        state: Run = at.obj
        arguments = {name: _argument(parameter, given, state) for name, parameter in own.items()}
        if at.invoked_subcommand is not None:
            return ExitCode.DONE
        _require_fitting(at, own, state)
        try:
            return function(**arguments)
        except Problem as problem:
            options = cast("Options", state.early.get(Options, Options()))
            problem.remedy = as_typed(problem.remedy, options.manifest, options.env)
            raise

    run.__signature__ = inspect.Signature([context, *expanded])  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in [context, *expanded]}
    del run.__wrapped__
    return run


def _expanded(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    if parameter.annotation is Screen:
        return []
    if not is_dataclass(parameter.annotation):
        return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    return [
        inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=one.default, annotation=one.type)
        for one in fields(parameter.annotation)
    ]


def _argument(parameter: inspect.Parameter, given: dict[str, object], state: Run) -> object:
    kind = parameter.annotation
    if kind is Screen:
        return state.screen
    if not is_dataclass(kind):
        return given[parameter.name]
    assert isinstance(kind, type)  # noqa: S101 - an annotation is a type, never an instance
    said = {one.name: given[one.name] for one in fields(kind) if given[one.name] != one.default}
    state.early[kind] = replace(state.early.get(kind, kind()), **said)  # type: ignore[type-var]
    return state.early[kind]


def _require_fitting(at: typer.Context, own: Mapping[str, inspect.Parameter], state: Run) -> None:
    known = {parameter.annotation for parameter in own.values()}
    for kind, value in state.early.items():
        if kind in known or value == kind():
            continue
        said = [one.name.replace("_", "-") for one in fields(value) if getattr(value, one.name)]  # type: ignore[arg-type]
        raise Usage(f"`{at.command_path}` has no --{said[0]}", remedy=f"see what it takes: {at.command_path} --help")
