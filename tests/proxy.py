"""A TCP proxy in front of a server: it counts what passes, and cuts, holds back or slows it at a chosen byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

TO_SERVER: Final = "to the server"
TO_CLIENT: Final = "to the client"


@dataclass
class Proxy:
    """A door at `port` of this machine to the server behind a Unix socket; `passed` are the bytes each way so far."""

    behind: Path
    piece: Callable[[str, bytes, int], bytes | None] = lambda _way, data, _before: data
    """Is given way, bytes and how many passed that way before; what it returns is handed on, None cuts all.

    An OSError cuts this connection alone.
    """
    passed: dict[str, int] = field(default_factory=lambda: {TO_SERVER: 0, TO_CLIENT: 0})
    port: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)
    _open: list[socket.socket] = field(default_factory=list)

    def url(self, database_url: str) -> str:
        """The address of a database through this door."""
        return make_conninfo(
            database_url, host="127.0.0.1", hostaddr="", port=self.port, sslmode="disable", gssencmode="disable"
        )

    def cut(self) -> None:
        """Cut every connection that is open now; new ones are taken."""
        with self._counting:
            ends, self._open = self._open, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self, door: socket.socket) -> None:
        while True:
            try:
                client, _address = door.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self.behind))
            with self._counting:
                self._open += [client, server]
            for source, sink, way in ((client, server, TO_SERVER), (server, client, TO_CLIENT)):
                threading.Thread(target=self._pass_on, args=(source, sink, way), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                with self._counting:
                    before = self.passed[way]
                    self.passed[way] += len(data)
                handed = self.piece(way, data, before)
                if handed is None:
                    self.cut()
                    return
                sink.sendall(handed)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def proxy(behind: Path) -> Iterator[Proxy]:
    """A proxy to the server whose socket is in a folder; all its connections end with the block."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        made = Proxy(behind / ".s.PGSQL.5432", port=door.getsockname()[1])
        threading.Thread(target=made._accept, args=(door,), daemon=True).start()  # noqa: SLF001 - of this module
        yield made
        door.shutdown(socket.SHUT_RDWR)
    made.cut()
