"""Rules on access where two neighbouring cases differ: what an expert would say, and what they would pass over."""

from __future__ import annotations

import datetime as dt

import pytest

from migsafe.planner.carry import walk
from migsafe.planner.judge import Judged, Surroundings, judge
from migsafe.planner.parse import parse
from migsafe.planner.rules import FAMILIES
from migsafe.planner.rules.context import Context
from migsafe.planner.rules.rule import OnSet, Rule
from migsafe.planner.schema_state import SchemaState
from migsafe.planner.transactions import divide
from migsafe.schemas.platform import Platform
from migsafe.schemas.policies import Policies

NEXT = "-- next migration\n"
ON_SUPABASE = Surroundings(Platform.SUPABASE, frozenset({"public", "graphql_public"}), 17)
PLAIN = Surroundings(Platform.POSTGRES, frozenset(), 17)
ACCESS = {rule.name for rule in FAMILIES["access"]}


def judged(sql: str) -> list[Judged]:
    texts = sql.split(NEXT)
    return [Judged(f"{n}.sql", f"{n}.sql", divide(parse(text.encode(), f"{n}.sql"))) for n, text in enumerate(texts)]


def said(sql: str, around: Surroundings = ON_SUPABASE) -> set[str]:
    """The rules on access that find something in migrations divided by NEXT."""
    findings = judge(judged(sql), SchemaState(), Policies(), around, dt.date(2026, 1, 15)).findings
    return {finding.rule for each in findings for finding in each} & ACCESS


NOTES = "CREATE TABLE notes (id bigint PRIMARY KEY, owner uuid, shared boolean);\n"
GUARDED = NOTES + "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;\n"
OWN = "owner = (SELECT auth.uid())"
READ = f"CREATE POLICY read ON notes FOR SELECT USING ({OWN});\n"
DELETE = "CREATE FUNCTION forget() RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = '' AS 'SELECT 1';\n"

FOUND = {
    "rls-disabled-in-api-schema": NOTES,
    "sensitive-columns-exposed": "CREATE TABLE members (id bigint PRIMARY KEY, api_key text);",
    "policy-exists-rls-disabled": NOTES + READ,
    "policy-initplan": GUARDED + "CREATE POLICY read ON notes FOR SELECT USING (owner = auth.uid());",
    "policy-always-true": GUARDED + READ + "CREATE POLICY w ON notes FOR INSERT TO anon WITH CHECK (true);",
    "security-definer-executable": DELETE + "REVOKE EXECUTE ON FUNCTION forget() FROM PUBLIC;",
    "security-definer-view": GUARDED + READ + "CREATE VIEW v WITH (security_invoker = on) AS SELECT id FROM notes;\n"
    "CREATE OR REPLACE VIEW v AS SELECT id FROM notes;",
    "auth-users-exposed": "CREATE VIEW people AS SELECT u.id, u.email FROM auth.users u;",
    "managed-schema-touched": "CREATE INDEX ON storage.objects (name);",
    "fkey-to-auth-unique": GUARDED + READ + "ALTER TABLE notes ADD phone text REFERENCES auth.users (phone);",
    "extension-in-public": "CREATE EXTENSION vector;",
    "grant-widening": "GRANT service_role TO authenticated;",
    "default-privileges": "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA public "
    "REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;",
    "policy-restrictive-removed": GUARDED
    + READ
    + "CREATE POLICY mfa ON notes AS RESTRICTIVE USING (shared);\n"
    + NEXT
    + "DROP POLICY mfa ON notes;",
    "revoke-breaks": GUARDED + READ + NEXT + "REVOKE SELECT ON notes FROM anon;",
    "policy-narrowed": GUARDED + READ + NEXT + "DROP POLICY read ON notes;",
    "rls-enable-or-force": NOTES + NEXT + "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
}
SILENT = {
    "enabled in a later migration": NOTES + NEXT + READ + "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
    "the caller asked once": GUARDED + READ,
    "writes for the backend only": GUARDED + READ + "CREATE POLICY w ON notes FOR ALL TO service_role USING (true);",
    "true and a restrictive policy": GUARDED
    + f"CREATE POLICY all_ ON notes USING (true);\nCREATE POLICY own ON notes AS RESTRICTIVE USING ({OWN});",
    "a function that asks who calls": "CREATE FUNCTION mine() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
    "SET search_path = '' AS 'SELECT count(*) FROM public.notes WHERE owner = auth.uid()';",
    "a function whose helper asks who calls": "CREATE FUNCTION mine() RETURNS bool LANGUAGE sql SET search_path = '' "
    "AS 'SELECT auth.uid() IS NOT NULL';\n"
    + DELETE.replace("'SELECT 1'", "'DELETE FROM public.notes WHERE public.mine()'"),
    "a trigger function": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' "
    "AS 'BEGIN RETURN NEW; END';",
    "a function that strangers may not call": DELETE + "REVOKE EXECUTE ON FUNCTION forget() FROM PUBLIC, anon;",
    "a function mended later": DELETE.replace("SET search_path = ''", "")
    + "REVOKE EXECUTE ON FUNCTION forget() FROM PUBLIC, anon;\n"
    + NEXT
    + "ALTER FUNCTION forget() SET search_path = '';",
    "a view mended later": GUARDED
    + READ
    + "CREATE VIEW v AS SELECT id FROM notes;\n"
    + NEXT
    + "ALTER VIEW v SET (security_invoker = true);",
    "a closed table": NOTES + "REVOKE ALL ON notes FROM anon, authenticated;",
    "a table dropped later": NOTES + NEXT + "DROP TABLE notes;",
    "a table of another schema": "CREATE SCHEMA internal;\nCREATE TABLE internal.notes (id bigint PRIMARY KEY);",
    "a trigger on auth.users": "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SET search_path = '' "
    "AS 'BEGIN RETURN NEW; END';\n"
    "CREATE TRIGGER made AFTER INSERT ON auth.users FOR EACH ROW EXECUTE FUNCTION f();",
    "policies of the platform's tables": f"CREATE POLICY p ON storage.objects FOR SELECT USING ({OWN});\n"
    f"CREATE POLICY p ON realtime.messages FOR SELECT USING ({OWN});",
    "a bucket": "INSERT INTO storage.buckets (id, name) VALUES ('a', 'a');",
    "a key to auth.users": GUARDED + READ + "ALTER TABLE notes ADD FOREIGN KEY (owner) REFERENCES auth.users;",
    "an extension that is there": "CREATE EXTENSION IF NOT EXISTS pgcrypto;\nCREATE EXTENSION pg_net;",
    "a policy written anew": GUARDED + READ + NEXT + "DROP POLICY read ON notes;\n" + READ,
    "documented grants": "CREATE SCHEMA api;\nGRANT USAGE ON SCHEMA api TO anon, authenticated;\n"
    "GRANT ALL ON ALL TABLES IN SCHEMA api TO anon, authenticated;\n"
    "ALTER DEFAULT PRIVILEGES FOR ROLE postgres IN SCHEMA api GRANT ALL ON TABLES TO anon;",
    "rights set anew": GUARDED + READ + NEXT + "REVOKE ALL ON notes FROM anon;\nGRANT SELECT ON notes TO anon;",
    "a dumped owner": GUARDED + READ + NEXT + "ALTER TABLE notes OWNER TO postgres;",
}


@pytest.mark.parametrize("rule", FOUND)
def test_it_is_found_on_supabase(rule: str) -> None:
    assert rule in said(FOUND[rule])


@pytest.mark.parametrize("case", SILENT)
def test_an_expert_would_pass_over_it(case: str) -> None:
    assert said(SILENT[case]) == set()


def test_plain_postgresql_hears_nothing_of_apis() -> None:
    sql = (
        NOTES + "CREATE VIEW v AS SELECT id FROM notes;\nGRANT SELECT ON notes TO app;\nCOMMENT ON TABLE notes IS 'x';"
    )
    assert said(sql, PLAIN) == set()


EXPOSED = Surroundings(exposed=frozenset({"api", "pgmq_public"}))


def composed(rule: Rule, sql: str) -> list[str]:
    """The SQL that a rule on the whole set offers in place of statements."""
    assert isinstance(rule.check, OnSet)
    given, state = judged(sql), SchemaState()
    for each in given:
        for _ in walk(each.division.segments, state):
            pass
    return [hit.safer for _, hit in rule.check.find(tuple(given), state, Context(state, EXPOSED)) if hit.safer]


def example(rule: Rule) -> str:
    return rule.before + NEXT + rule.unsafe


OFFERING = [rule for rule in FAMILIES["access"] if isinstance(rule.check, OnSet) and composed(rule, example(rule))]


@pytest.mark.parametrize("rule", OFFERING, ids=lambda rule: rule.name)
def test_what_is_offered_instead_is_silent(rule: Rule) -> None:
    (safer,) = composed(rule, example(rule))
    assert rule.name not in said(rule.before + NEXT + safer, EXPOSED)


def test_calls_are_wrapped_in_the_words_of_the_statement() -> None:
    sql = (
        '-- who may read\nCREATE POLICY "Öwn" ON notes\n  FOR SELECT USING (owner = auth . uid() OR '
        "(SELECT auth.role()) = 'x' OR current_setting('app.x', true) = 'y'); -- end"
    )
    (rule,) = [rule for rule in FAMILIES["access"] if rule.name == "policy-initplan"]
    (safer,) = composed(rule, GUARDED + NEXT + sql)
    assert safer == (
        'CREATE POLICY "Öwn" ON notes\n  FOR SELECT USING (owner = (SELECT auth . uid()) OR '
        "(SELECT auth.role()) = 'x' OR (SELECT current_setting('app.x', true)) = 'y');"
    )
