"""Under which account a server of ours runs: PostgreSQL refuses to be started by root."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from migsafe.schemas.problem import Problem

if TYPE_CHECKING:
    from pathlib import Path

_CANDIDATES = ("postgres", "nobody")


class Identity(TypedDict):
    """The keywords of subprocess that drop to an account."""

    user: int | None
    group: int | None
    extra_groups: list[int] | None


@dataclass(frozen=True, slots=True)
class Account:
    """An account of this machine. `uid` and `gid` are numbers: the group's name may differ (`nogroup`)."""

    name: str
    uid: int
    gid: int
    dropped: bool
    """Whether processes must be handed over to it, because we are root."""

    @property
    def identity(self) -> Identity:
        """What subprocess needs so that the program runs under this account."""
        if self.dropped:
            return Identity(user=self.uid, group=self.gid, extra_groups=[])
        return Identity(user=None, group=None, extra_groups=None)

    def reaches(self, folder: Path) -> bool:
        """Whether the account may pass through `folder`. Asked of the system, so ACLs and the like count."""
        return not self.dropped or self._succeeds(["/bin/sh", "-c", 'test -x "$1"', "sh", os.fspath(folder)])

    def runs(self, program: Path, *needs: Path) -> bool:
        """Whether the account may run `program`, which knows `--version`, and read the files that it needs."""
        asked = '"$1" --version && shift && for needed; do test -r "$needed" || exit 1; done'
        command = ["/bin/sh", "-c", asked, "sh", os.fspath(program), *map(os.fspath, needs)]
        return not self.dropped or self._succeeds(command)

    def own(self, path: Path) -> None:
        """Make a path of ours the account's own."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)

    def _succeeds(self, command: list[str]) -> bool:
        try:
            answer = subprocess.run(command, cwd="/", capture_output=True, check=False, timeout=10, **self.identity)
        except (OSError, subprocess.TimeoutExpired):
            return False
        return answer.returncode == 0


def server_account() -> Account:
    """The caller's own account, or for root an unprivileged one. Raises Problem when there is none."""
    if (caller := os.geteuid()) != 0:
        return Account(_name_of(caller), caller, os.getegid(), dropped=False)
    for name in _CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, dropped=True)
    raise Problem(
        "no account to run the embedded PostgreSQL under",
        why=f"PostgreSQL refuses to run as root, and this machine has neither {' nor '.join(_CANDIDATES)}",
        remedy="run migsafe as an ordinary user, or add the account: useradd --system nobody",
    )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # initdb wants a passwd entry for whoever runs it: containers started with an arbitrary --user have none.
        raise Problem(
            f"no account has the number {uid}",
            why="PostgreSQL looks up who runs it, and the password file has no entry for this number",
            remedy=f"add an entry for {uid} to /etc/passwd, or run as a user that has one",
        ) from None
