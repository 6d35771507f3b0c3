"""A migration that is rehearsed reaches no network where the system lets us close it, and migsafe says so."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg
import pytest

from migsafe.executor.server.account import server_account
from migsafe.executor.server.cluster import Durability
from migsafe.executor.server.embedded import embedded
from migsafe.executor.server.local import equipped
from migsafe.executor.server.seclusion import can_be_closed
from rehearsing import scratch_folder
from shop_project import ShopProject, shop_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

closable = pytest.mark.skipif(
    not can_be_closed(server_account()), reason="this system starts no process without a network"
)
CALL = "dblink_connect('host=127.0.0.1 port={} dbname=x user=x password=x connect_timeout=5')"


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with scratch_folder() as made:
        yield made


@pytest.fixture
def shop(
    folder: Path, database: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> ShopProject:
    return shop_project(folder, database, monkeypatch, capsys)


class Listener:
    """Listens on loopback, counts who comes, and hangs up at once."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.came = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.came += 1
            caller.close()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


@contextmanager
def listener() -> Iterator[Listener]:
    made = Listener()
    try:
        yield made
    finally:
        made.close()


def test_with_the_network_of_the_machine_dblink_reaches_a_listener(folder: Path) -> None:
    """The control of the next test: the same call, as a role without rights, from a server that is not secluded."""
    with (
        listener() as ear,
        embedded(folder / "open", durability=Durability.THROWAWAY, installation=equipped(folder)) as server,
    ):
        assert not server.network_closed
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute("CREATE EXTENSION dblink; CREATE ROLE nobody_much; SET ROLE nobody_much")
            with pytest.raises(psycopg.errors.SqlclientUnableToEstablishSqlconnection):
                connection.execute(f"SELECT {CALL.format(ear.port)}".encode())
        assert ear.came > 0


@closable
def test_from_the_shadow_dblink_reaches_no_listener(shop: ShopProject) -> None:
    with listener() as ear:
        shop.write("001_call.sql", f"CREATE EXTENSION dblink;\nSELECT {CALL.format(ear.port)};")
        code, said = shop.run("plan")
        assert (code, ear.came) == (3, 0), said
    assert "the rehearsal failed at migrations/001_call.sql:2" in said
    assert "could not establish connection" in said


@closable
def test_from_the_shadow_a_foreign_table_reaches_no_listener(shop: ShopProject) -> None:
    with listener() as ear:
        shop.write(
            "001_call.sql",
            "CREATE EXTENSION postgres_fdw;"
            "CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw"
            f" OPTIONS (host '127.0.0.1', port '{ear.port}', dbname 'x');"
            "CREATE USER MAPPING FOR CURRENT_USER SERVER far OPTIONS (user 'x', password 'x');"
            "CREATE FOREIGN TABLE there (n int) SERVER far;\nSELECT * FROM there;",
        )
        code, said = shop.run("plan")
        assert (code, ear.came) == (3, 0), said
    assert "migrations/001_call.sql:2" in said


@closable
def test_a_plan_and_doctor_say_that_the_network_was_closed(shop: ShopProject) -> None:
    shop.write("001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")
    assert shop.told("plan")["plan"]["evidence"]["shadow"]["network_closed"] is True
    assert "no network" in shop.run("plan")[1]
    assert "rehearsal network: closed for the scratch server" in shop.run("doctor")[1]


def test_a_system_that_refuses_leaves_the_network_open_and_it_is_said(
    shop: ShopProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel's refusal itself, brought about by flags that it does not know."""
    monkeypatch.setattr("migsafe.executor.server.seclusion._CLONE_NEWNET", 0x1)
    shop.write("001_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")
    assert shop.told("plan")["plan"]["evidence"]["shadow"]["network_closed"] is False
    assert "its network open" in shop.run("plan")[1]
    assert "warning rehearsal network" in shop.run("doctor")[1]
