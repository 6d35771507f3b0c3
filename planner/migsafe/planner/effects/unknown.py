"""What of a statement cannot be foretold, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migsafe.planner import actions as act
from migsafe.planner.actions.objects import ObjectKind
from migsafe.planner.bodies import inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.planner.actions import Action
    from migsafe.planner.parse import Statement
    from migsafe.planner.schema_state import SchemaState


def unknown_effects(statement: Statement, state: SchemaState) -> tuple[str, ...]:
    """Why locks and losses of the statement may go beyond what `effects` tells, each reason a clause; often none.

    `state` is what stands before it. What the statement runs inside (code blocks, called functions) is covered as
    far as its text tells; of what that runs in turn, `bodies.unfolded` gives the statements to be asked about.
    """
    told = [reason for action in statement.actions for reason in _reasons(action, state)]
    return tuple(dict.fromkeys((*inside(statement, state).unknown, *told)))


def _reasons(action: Action, state: SchemaState) -> Iterator[str]:  # noqa: C901, PLR0912 - one short case for each action
    match action:
        case act.DropOwned(roles=roles):
            yield f"DROP OWNED drops everything of {', '.join(roles)}, also what the catalog does not list here"
        case act.ReassignOwned(roles=roles):
            yield f"REASSIGN OWNED locks everything of {', '.join(roles)}, also what the catalog does not list here"
        case act.UpdateExtension(name=name):
            yield f"what the update scripts of the extension {name} do is not known"
        case act.CreateExtension(name=name):
            yield f"what the script of the extension {name} does is not known"
        case act.AlterExtensionMember(name=name):
            yield f"which locks the extension {name} takes on its member is not foretold"
        case act.ImportForeignSchema(server=server):
            yield f"which foreign tables the server {server} offers is not known"
        case act.MoveTablespace(origin=origin):
            yield f"which relations stand in the tablespace {origin} is not known"
        case act.Cluster(table=None):
            yield "which tables were clustered before is not known"
        case act.CreateEventTrigger(function=function):
            yield f"{function}() runs at every DDL from now on"
        case act.SetConstraints():
            yield "rows that wait for their check are checked now"
        case act.AlterSubscription(change="refresh") | act.CreateSubscription():
            yield "which tables the publisher sends is not known"
        case act.Drop(cascade=True) | act.DropColumn(cascade=True) | act.DropConstraint(cascade=True):
            yield from _cascade(action, state)
        case _:
            yield from _unnamed(action, state)


def _cascade(action: act.Drop | act.DropColumn | act.DropConstraint, state: SchemaState) -> Iterator[str]:
    """Without the catalog nobody knows what depends on a thing; with it, some kinds of dependents are not in it."""
    if isinstance(action, act.Drop) and action.kind is ObjectKind.EXTENSION:
        yield f"CASCADE drops columns, indexes and functions that need the extension {action.name}"
    elif not state.complete:
        yield "what CASCADE drops is known only as far as the migrations tell"


def _unnamed(action: Action, state: SchemaState) -> Iterator[str]:
    """Statements that name an index or a type, of which the state does not know who uses it."""
    match action:
        case act.Drop(kind=ObjectKind.INDEX, name=name) if state.table_of_index(name) is None:
            if not (action.if_exists and state.complete):
                yield f"the table of the index {name} is not known"
        case act.Reindex(kind="index", name=name) if name is not None and state.table_of_index(name) is None:
            yield f"the table of the index {name} is not known"
        case act.Reindex(kind="schema" | "database") | act.Vacuum(tables=()) | act.Analyze(tables=()):
            if not state.complete:
                yield "which tables there are is known only as far as the migrations tell"
        case act.AlterDomain(name=name) if not state.complete:
            yield f"which tables use the domain {name} is known only as far as the migrations tell"
        case act.AlterCompositeType(type=name) if not state.complete:
            yield f"which tables use the type {name} is known only as far as the migrations tell"
        case act.Truncate(cascade=True) if not state.complete:
            yield "which tables refer to those that are emptied is known only as far as the migrations tell"
        case _:
            return
