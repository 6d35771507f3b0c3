"""The lock table: what each kind of change does to its relation, as data.

Source: measured by `pg_locks`, `relfilenode` and `pg_stat_xact_user_tables` on 13 to 18 (`make test-matrix`; see
docs/measured.md); each row is measured anew by the test suite on the server that it runs on. What differs between
majors is decided where the row is used, by `SchemaState.major`.
"""

from __future__ import annotations

from dataclasses import dataclass

from migsafe.schemas.effect import Loss
from migsafe.schemas.locks import Lock

SETUP = """
CREATE TABLE r (id int PRIMARY KEY);
CREATE TABLE t (id int NOT NULL, n int, label varchar(10), r_id int CONSTRAINT t_r_id_fkey REFERENCES r);
CREATE INDEX t_n_idx ON t (n);
CREATE UNIQUE INDEX t_id_idx ON t (id);
INSERT INTO r VALUES (1);
INSERT INTO t VALUES (1, 1, 'a', 1);
"""
"""The tables of the examples: `t` is changed, `r` is the other relation."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One row: what is done to the relation, and to the other relation that the statement reaches."""

    lock: Lock
    example: str
    rewrite: bool = False
    scan: bool = False
    loss: Loss = Loss.NONE
    other: Lock = Lock.NONE
    """The lock on the referenced table, the parent, or the partition."""
    other_scan: bool = False
    before: str = ""
    """SQL that the example needs beside SETUP."""
    index_rebuild: bool = False
    """Indexes are built anew although the table is not."""
    makes: bool = False
    """The relation is made by the statement."""
    since: int = 13
    """The first major that has it."""


_AE = Lock.ACCESS_EXCLUSIVE
_SRE = Lock.SHARE_ROW_EXCLUSIVE
_SUE = Lock.SHARE_UPDATE_EXCLUSIVE
_RE = Lock.ROW_EXCLUSIVE
_CHECK = "ALTER TABLE t ADD CONSTRAINT c CHECK (n > 0) NOT VALID;"
_FK = "ALTER TABLE t DROP CONSTRAINT t_r_id_fkey, ADD CONSTRAINT f FOREIGN KEY (r_id) REFERENCES r NOT VALID;"
_TRIGGER = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
"""
_PARTS = "CREATE TABLE p (n int) PARTITION BY LIST (n); CREATE TABLE q (n int);"
_ATTACHED = f"{_PARTS} ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (1);"
_VIEW = "CREATE VIEW v AS SELECT 1 AS one;"
_MATVIEW = "CREATE MATERIALIZED VIEW m AS SELECT 1 AS one; CREATE UNIQUE INDEX ON m (one);"

# Columns
ADD_COLUMN = Fact(_AE, "ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 1")
ADD_COLUMN_REWRITE = Fact(_AE, "ALTER TABLE t ADD COLUMN c uuid DEFAULT gen_random_uuid()", rewrite=True, scan=True)
ADD_COLUMN_NOT_NULL = Fact(_AE, "ALTER TABLE t ADD COLUMN c int NOT NULL", scan=True, before="DELETE FROM t;")
ADD_COLUMN_CHECKED = Fact(_AE, "ALTER TABLE t ADD COLUMN c int CHECK (c > 0)", scan=True)
ADD_COLUMN_UNIQUE = Fact(_AE, "ALTER TABLE t ADD COLUMN c int UNIQUE", scan=True)
ADD_COLUMN_REFERENCES = Fact(_AE, "ALTER TABLE t ADD COLUMN c int REFERENCES r", other=_SRE)
ADD_COLUMN_REFERENCES_DEFAULT = Fact(
    _AE, "ALTER TABLE t ADD COLUMN c int DEFAULT 1 REFERENCES r", scan=True, other=_SRE, other_scan=True
)
# A written DEFAULT NULL counts as a default: the rows are read for the foreign key (parse_utilcmd.c, skipValidation).
ADD_COLUMN_REFERENCES_NULL = Fact(
    _AE, "ALTER TABLE t ADD COLUMN c int DEFAULT NULL REFERENCES r", scan=True, other=_SRE
)
DROP_COLUMN = Fact(_AE, "ALTER TABLE t DROP COLUMN r_id", loss=Loss.COLUMN, other=_AE)
ALTER_TYPE_REWRITE = Fact(_AE, "ALTER TABLE t ALTER COLUMN n TYPE bigint", rewrite=True, scan=True)
ALTER_TYPE = Fact(_AE, "ALTER TABLE t ALTER COLUMN label TYPE text")
SET_NOT_NULL_SCAN = Fact(_AE, "ALTER TABLE t ALTER COLUMN n SET NOT NULL", scan=True)
SET_NOT_NULL = Fact(
    _AE,
    "ALTER TABLE t ALTER COLUMN n SET NOT NULL",
    before="ALTER TABLE t ADD CONSTRAINT c CHECK (n IS NOT NULL)",
)
SET_EXPRESSION = Fact(
    _AE,
    "ALTER TABLE t ALTER COLUMN g SET EXPRESSION AS (n + 2)",
    rewrite=True,
    scan=True,
    before="ALTER TABLE t ADD g int GENERATED ALWAYS AS (n + 1) STORED;",
    since=17,
)
ALTER_COLUMN = Fact(_AE, "ALTER TABLE t ALTER COLUMN n SET DEFAULT 1")
TUNE_COLUMN = Fact(_SUE, "ALTER TABLE t ALTER COLUMN n SET STATISTICS 500")

# Constraints
ADD_CHECK = Fact(_AE, "ALTER TABLE t ADD CHECK (n > 0)", scan=True)
ADD_CHECK_NOT_VALID = Fact(_AE, "ALTER TABLE t ADD CHECK (n > 0) NOT VALID")
ADD_FOREIGN_KEY = Fact(_SRE, "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES r", scan=True, other=_SRE, other_scan=True)
ADD_FOREIGN_KEY_NOT_VALID = Fact(_SRE, "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES r NOT VALID", other=_SRE)
ADD_KEY = Fact(_AE, "ALTER TABLE t ADD UNIQUE (n)", scan=True)
ADD_KEY_USING_INDEX = Fact(_AE, "ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX t_id_idx")
ADD_EXCLUSION = Fact(_AE, "ALTER TABLE t ADD EXCLUDE USING btree (n WITH =)", scan=True)
ADD_PRIMARY_KEY_USING_NULLABLE = Fact(
    _AE,
    "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY USING INDEX u",
    scan=True,
    before="CREATE UNIQUE INDEX u ON t (n);",
)
ENFORCE_FOREIGN_KEY = Fact(
    _AE,
    "ALTER TABLE t ALTER CONSTRAINT f ENFORCED",
    scan=True,
    other=_SRE,
    other_scan=True,
    before="ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES r NOT ENFORCED;",
    since=18,
)
DROP_CONSTRAINT = Fact(_AE, "ALTER TABLE t DROP CONSTRAINT t_r_id_fkey", other=_AE)
VALIDATE_CONSTRAINT = Fact(_SUE, "ALTER TABLE t VALIDATE CONSTRAINT c", scan=True, before=_CHECK)
VALIDATE_VALID = Fact(_SUE, "ALTER TABLE t VALIDATE CONSTRAINT t_r_id_fkey")
VALIDATE_FOREIGN_KEY = Fact(
    _SUE, "ALTER TABLE t VALIDATE CONSTRAINT f", scan=True, other=Lock.ROW_SHARE, other_scan=True, before=_FK
)

# The table as a whole
ALTER_TABLE = Fact(_AE, "ALTER TABLE t RENAME TO u")
ALTER_INDEX = Fact(_SUE, "ALTER INDEX t_n_idx RENAME TO i")
STORAGE_PARAMETERS = Fact(_SUE, "ALTER TABLE t SET (fillfactor = 90)")
REWRITE_TABLE = Fact(_AE, "ALTER TABLE t SET UNLOGGED", rewrite=True, scan=True)
COPY_TABLE = Fact(_AE, "ALTER TABLE t SET TABLESPACE fast", rewrite=True)
COPY_INDEX = Fact(_AE, "ALTER INDEX t_n_idx SET TABLESPACE fast", index_rebuild=True)
INHERIT = Fact(_AE, "ALTER TABLE r INHERIT p", other=_SUE, before="CREATE TABLE p (id int);")
ATTACH_PARTITION = Fact(
    _SUE, "ALTER TABLE p ATTACH PARTITION q FOR VALUES IN (1)", other=_AE, other_scan=True, before=_PARTS
)
DETACH_PARTITION = Fact(_AE, "ALTER TABLE p DETACH PARTITION q", other=_AE, before=_ATTACHED)
DETACH_PARTITION_CONCURRENTLY = Fact(
    _SUE, "ALTER TABLE p DETACH PARTITION q CONCURRENTLY", other=_AE, before=_ATTACHED, since=14
)
TRUNCATE = Fact(_AE, "TRUNCATE t", rewrite=True, loss=Loss.ALL_ROWS)
DROP_TABLE = Fact(_AE, "DROP TABLE t", loss=Loss.TABLE, other=_AE)
DROP_PARTITION = Fact(_AE, "DROP TABLE q", before=_ATTACHED)
DROP_VIEW = Fact(_AE, "DROP VIEW v", before=_VIEW)
REPLACE_VIEW = Fact(_AE, "CREATE OR REPLACE VIEW v AS SELECT 2 AS one", before=_VIEW)
CREATE_TABLE = Fact(_AE, "CREATE TABLE c (id int REFERENCES r)", other=_SRE, makes=True)
CREATE_PARTITION = Fact(_AE, "CREATE TABLE c PARTITION OF p FOR VALUES IN (2)", other=_AE, before=_PARTS, makes=True)
CREATE_CHILD = Fact(_AE, "CREATE TABLE c () INHERITS (r)", other=_SUE, makes=True)
ROW_SECURITY = Fact(_AE, "ALTER TABLE t ENABLE ROW LEVEL SECURITY")
POLICY = Fact(_AE, "CREATE POLICY p ON t USING (true)")

# Triggers and rules
CREATE_TRIGGER = Fact(_SRE, "CREATE TRIGGER h AFTER INSERT ON t EXECUTE FUNCTION f()", before=_TRIGGER)
SWITCH_TRIGGER = Fact(_SRE, "ALTER TABLE t DISABLE TRIGGER g", before=_TRIGGER)
DROP_TRIGGER = Fact(_AE, "DROP TRIGGER g ON t", before=_TRIGGER)
CREATE_RULE = Fact(_AE, "CREATE RULE u AS ON UPDATE TO t DO ALSO NOTHING")

# Indexes and upkeep
CREATE_INDEX = Fact(Lock.SHARE, "CREATE INDEX ON t (label)", scan=True)
CREATE_INDEX_ONLY = Fact(Lock.SHARE, "CREATE INDEX ON ONLY p (n)", before=_PARTS)
CREATE_INDEX_CONCURRENTLY = Fact(_SUE, "CREATE INDEX CONCURRENTLY ON t (label)", scan=True)
DROP_INDEX = Fact(_AE, "DROP INDEX t_n_idx")
DROP_INDEX_CONCURRENTLY = Fact(_SUE, "DROP INDEX CONCURRENTLY t_n_idx")
REINDEX = Fact(Lock.SHARE, "REINDEX TABLE t", scan=True, index_rebuild=True)
REINDEXED = Fact(_AE, "REINDEX INDEX t_n_idx", index_rebuild=True)
REINDEX_CONCURRENTLY = Fact(_SUE, "REINDEX TABLE CONCURRENTLY t", scan=True, index_rebuild=True)
CLUSTER = Fact(_AE, "CLUSTER t USING t_n_idx", rewrite=True, scan=True)
VACUUM_FULL = Fact(_AE, "VACUUM FULL t", rewrite=True, scan=True)
VACUUM = Fact(_SUE, "VACUUM t")
ANALYZE = Fact(_SUE, "ANALYZE t")
DESCRIBE_PART = Fact(Lock.ACCESS_SHARE, "COMMENT ON CONSTRAINT t_r_id_fkey ON t IS 'x'")
DESCRIBE = Fact(_SUE, "COMMENT ON TABLE t IS 'x'")
REFRESH = Fact(_AE, "REFRESH MATERIALIZED VIEW m", rewrite=True, before=_MATVIEW)
REFRESH_CONCURRENTLY = Fact(Lock.EXCLUSIVE, "REFRESH MATERIALIZED VIEW CONCURRENTLY m", scan=True, before=_MATVIEW)
DOMAIN_CHECKED = Fact(
    Lock.SHARE,
    "ALTER DOMAIN d ADD CHECK (VALUE > 0)",
    scan=True,
    before="CREATE DOMAIN d AS int; CREATE TABLE u (v d); INSERT INTO u VALUES (1);",
)
DROP_SEQUENCE = Fact(_AE, "DROP SEQUENCE s", before="CREATE SEQUENCE s;")
RESTART_SEQUENCE = Fact(_AE, "TRUNCATE u RESTART IDENTITY", before="CREATE TABLE u (id serial);")
SEQUENCE_LOGGED = Fact(_AE, "ALTER TABLE u SET UNLOGGED", before="CREATE TABLE u (id serial);", since=15)
ALTER_SEQUENCE = Fact(_SRE, "ALTER SEQUENCE s RESTART", before="CREATE SEQUENCE s;")

# Rows
READ = Fact(Lock.ACCESS_SHARE, "SELECT 1 FROM r WHERE false")
LOCK_ROWS = Fact(Lock.ROW_SHARE, "SELECT 1 FROM t WHERE false FOR UPDATE")
WRITE = Fact(_RE, "INSERT INTO r VALUES (2)")
UPDATE_ALL = Fact(_RE, "UPDATE t SET n = 2", scan=True)
DELETE = Fact(_RE, "DELETE FROM t WHERE n = 1", loss=Loss.SOME_ROWS)
DELETE_ALL = Fact(_RE, "DELETE FROM t", scan=True, loss=Loss.ALL_ROWS)
