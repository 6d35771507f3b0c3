"""What differs between the grants on one object, role by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migsafe.schemas.catalog.change import Change, What

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migsafe.schemas.catalog import Grant, ObjectIdentity


@dataclass(frozen=True, slots=True)
class Owners:
    """Who owned the object and who owns it: he has all rights where no grant names him. None for a column."""

    old: object
    new: object


def changes_of_grants(
    of: ObjectIdentity, within: ObjectIdentity, old: tuple[Grant, ...], new: tuple[Grant, ...], owners: Owners
) -> Iterator[Change]:
    """One change for each role whose rights differ, but for what a change of the owner brings along."""
    if owners.old != owners.new:
        old, new = _of_others(old, owners), _of_others(new, owners)
    for role in sorted({grant.grantee for grant in (*old, *new)}):
        before = tuple(grant for grant in old if grant.grantee == role)
        after = tuple(grant for grant in new if grant.grantee == role)
        if before == after:
            continue
        was, now = _privileges(before), _privileges(after)
        yield Change(
            what=What.CHANGED,
            object=of,
            within=within,
            field="grants",
            role=role,
            old=was,
            new=now,
            sentence=_of_owner(of, role, now, after) if role == owners.new else _of_role(of, role, before, after),
        )


def _of_others(grants: tuple[Grant, ...], owners: Owners) -> tuple[Grant, ...]:
    """The grants to other roles, those of the old owner as if the new one had given them: the server makes them his."""
    return tuple(
        grant.model_copy(update={"grantor": owners.new}) if grant.grantor == owners.old else grant
        for grant in grants
        if grant.grantee not in {owners.old, owners.new}
    )


def _privileges(grants: tuple[Grant, ...]) -> tuple[str, ...]:
    return tuple(sorted({privilege for grant in grants for privilege in grant.privileges}))


def _of_owner(of: ObjectIdentity, role: str, now: tuple[str, ...], after: tuple[Grant, ...]) -> str:
    if not after:
        return f"owner {role} has all rights on {of} again"
    return f"owner {role} has only {', '.join(now)} on {of}" if now else f"owner {role} has no right on {of}"


def _of_role(of: ObjectIdentity, role: str, before: tuple[Grant, ...], after: tuple[Grant, ...]) -> str:
    was, now = _privileges(before), _privileges(after)
    said = []
    if gained := [privilege for privilege in now if privilege not in was]:
        said.append(f"{', '.join(gained)} on {of} granted to {role}")
    if lost := [privilege for privilege in was if privilege not in now]:
        said.append(f"grant of {', '.join(lost)} on {of} to {role} revoked")
    return "; ".join(said) or _of_same(of, role, before, after)


def _of_same(of: ObjectIdentity, role: str, before: tuple[Grant, ...], after: tuple[Grant, ...]) -> str:
    """The privileges are the same: the grant option or who gave them differs."""
    was, now = ({privilege for grant in grants for privilege in grant.grantable} for grants in (before, after))
    if was != now:
        passing = f"may pass on {', '.join(sorted(now))}" if now else "may pass on nothing"
        return f"{role} {passing} of its rights on {of}; before it was {', '.join(sorted(was)) or 'nothing'}"
    givers = (", ".join(sorted({grant.grantor for grant in grants})) for grants in (before, after))
    return f"rights of {role} on {of} were given by {' and are given by '.join(givers)} now"
