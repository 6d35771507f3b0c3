from __future__ import annotations

from typing import TYPE_CHECKING

import cli_samples as samples
from migsafe.cli.findings import all_findings, difference, finding_lines
from migsafe.cli.report.markdown import LIMIT, MARKER, plan_markdown, shortened
from migsafe.cli.review import review_lines
from migsafe.cli.wording import quiet_words
from migsafe.schemas.effect import Loss
from migsafe.schemas.finding import Dimension, Waiver
from migsafe.schemas.locks import Lock
from migsafe.schemas.plan import Verdict
from migsafe.schemas.risk import Point, Risk
from migsafe.schemas.severity import Level, Severity
from migsafe.schemas.step import statements_of

if TYPE_CHECKING:
    from migsafe.cli.lines import Line

REVIEW = """\
Plan 01234567 for shop, database app on PostgreSQL 17.10, environment staging
  applies 1 migration in 1 step, risk 62 of 100 (high)
  verdict: may be applied

Folder and history differ
  foreign  2024
      recorded by supabase

1. 20250217_drop_fax.sql  risk 62 of 100 (high)
   step 1: one transaction, 1 statement
     drop column users.fax
       loses a column with its data; ACCESS EXCLUSIVE on public.users, blocks reads and writes
   undo: cannot be undone: the values of users.fax are gone

   warning[drop-column]: the column public.users.fax is dropped with all its values
     --> supabase/migrations/20250217_drop_fax.sql:3:1
      3 | ALTER TABLE users DROP COLUMN fax;
        | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     harm: Its values are gone for good.
     help: Stop using the column in one release, drop it in a later one.
     more: migsafe explain drop-column; to accept it: statement abababababab

Backup  taken first into backups/ (plain), read back in full: the manifest asks for one before each
        apply
Risk    risk 62 of 100 (high)
        50  data loss     drop-column: public.users.fax
Expires 2099-01-08T00:00:00+00:00
Next    migsafe apply plan.json
"""

MARKDOWN = """\
<!-- migsafe -->
### migsafe plan for shop in staging: ✅ may be applied

| | |
|---|---|
| target | database `app` on PostgreSQL 17.10 |
| risk | **62** of 100 (high) |
| does | up: 1 migration |
| backup | taken first into backups/ \\(plain\\), read back in full: the manifest asks for one before each apply |
| plan | `0123456789abcdef0123456789abcdef`, until 2099\\-01\\-08T00:00:00\\+00:00 |

**Folder and history differ**

- foreign `2024`: recorded by supabase

#### `20250217_drop_fax.sql` · risk 62 of 100 (high)

| step | what | lock and harm |
|---|---|---|
| 1 | _one transaction, 1 statement_ |  |
| | `drop column users.fax` | loses a column with its data; ACCESS EXCLUSIVE on public.users, blocks reads and writes |

Undo: cannot be undone: the values of users.fax are gone

⚠️ **warning: drop\\-column** the column public.users.fax is dropped with all its values \
(`supabase/migrations/20250217_drop_fax.sql:3`)

> `ALTER TABLE users DROP COLUMN fax;`

Its values are gone for good. **Instead:** Stop using the column in one release, drop it in a later one.

<details><summary>Where the risk comes from</summary>

| points | harm | fact |
|---|---|---|
| 50 | data loss | drop\\-column: public.users.fax |

</details>
"""


def printed(lines: list[Line]) -> str:
    return "".join("".join(span.text for span in line).rstrip() + "\n" for line in lines)


def test_the_review_tells_locks_harm_help_undo_backup_risk_and_the_next_command() -> None:
    plan = samples.plan(samples.migration())
    assert printed(list(review_lines(plan, width=100, next_step="migsafe apply plan.json"))) == REVIEW


def test_a_refused_plan_names_its_reasons() -> None:
    verdict = Verdict(allowed=False, reasons=("the risk is 62 (high), and the manifest allows 25",))
    text = printed(list(review_lines(samples.plan(samples.migration(), verdict=verdict), width=100)))
    assert "verdict: refused\n    - the risk is 62 (high), and the manifest allows 25" in text


def test_a_waived_finding_is_one_line_with_its_owner_and_reason() -> None:
    waived = samples.finding(waiver=Waiver(owner="ann", reason="unused since May", expires="2026-09-01"))
    assert printed(list(finding_lines(waived))) == "drop-column: waived by ann until 2026-09-01: unused since May\n"


def test_findings_stand_gravest_first_and_without_those_switched_off() -> None:
    found = [samples.finding(rule=str(one), severity=one) for one in Severity]
    text = printed(list(all_findings(found)))
    assert [word for word in text.split() if "[" in word] == ["error[error]:", "warning[warning]:", "notice[notice]:"]


def test_only_what_cannot_be_broken_is_wider_than_a_narrow_terminal() -> None:
    """Places and commands are there to be copied; a long line of SQL is cut where it leaves the screen."""
    text = printed(list(review_lines(samples.plan(samples.migration()), width=42)))
    whole = ("-->", "more:", "risk 62", "Plan ", "applies", "Expires", "1. ")
    prose = [line for line in text.splitlines() if not line.lstrip().startswith(whole)]
    assert len(prose) > 10
    assert [line for line in prose if len(line) > 42] == []
    assert "3 | ALTER TABLE users DROP COLUMN..." in text


def test_the_middle_of_a_long_line_is_shown_where_the_finding_is() -> None:
    sql = f"SELECT {', '.join(f'column_{number}' for number in range(20))}; DROP TABLE users;"
    found = samples.finding(excerpt=sql, column=sql.index("DROP") + 1)
    shown = printed(list(finding_lines(found, width=60))).splitlines()
    assert shown[3:5] == ["   3 | ...DROP TABLE users;", "     |    ^^^^^^^^^^^^^^^^^"]


RISKY = Risk(
    score=71,
    level=Level.HIGH,
    points=(
        Point(points=50, dimension=Dimension.DATA_LOSS, fact="gone (drop-column, a.sql:3)", rule="drop-column"),
        Point(points=41, dimension=Dimension.AVAILABILITY, fact="ACCESS EXCLUSIVE on t, 5 M rows (a.sql:3)"),
    ),
)


def test_the_risk_of_a_statement_stands_at_it_with_its_reasons() -> None:
    """Findings by their rule, since they are told below; the facts of a lock in words."""
    plain = samples.migration()
    (step,) = plain.steps
    (statement,) = statements_of(step)
    risky = step.model_copy(update={"statements": (statement.model_copy(update={"risk": RISKY}),)})
    plan = samples.plan(plain.model_copy(update={"steps": (risky,)}))
    told = "risk 71 of 100 (high): 50 drop-column, 41 ACCESS EXCLUSIVE on t, 5 M rows"
    assert f"blocks reads and writes\n       {told}\n" in printed(list(review_lines(plan, width=100)))
    assert told.replace("(", "\\(").replace(")", "\\)").replace("-", "\\-") in plan_markdown(plan)


def test_nobody_waits_is_not_said_of_rows_that_are_written() -> None:
    plain = samples.migration()
    (step,) = plain.steps
    (statement,) = statements_of(step)
    (effect,) = statement.effects
    writes = effect.model_copy(update={"lock": Lock.ROW_EXCLUSIVE, "loss": Loss.NONE})
    makes = effect.model_copy(update={"new": True, "loss": Loss.NONE})
    texts = tuple(
        statement.model_copy(update={"summary": summary, "effects": (each,)})
        for summary, each in (("update users", writes), ("create table bills", makes))
    )
    assert quiet_words(step.model_copy(update={"statements": texts})) == (
        "update users: only who writes the same rows waits; create table bills: nobody waits"
    )


def test_markdown_is_a_comment_for_a_pull_request() -> None:
    assert plan_markdown(samples.plan(samples.migration())) == MARKDOWN


def test_markdown_never_exceeds_what_a_comment_may_have() -> None:
    many = tuple(samples.migration(f"drop_{number}") for number in range(400))
    text = plan_markdown(samples.plan(*many))
    assert len(text) <= LIMIT
    assert text.startswith(MARKER)
    assert "Shortened" in text


def test_markdown_is_cut_between_parts() -> None:
    assert shortened(["a" * 10, "b" * 500], limit=300).startswith("a" * 10 + "\n_Shortened")


def test_safer_sql_is_shown_as_a_difference_to_the_statement() -> None:
    found = samples.finding(safer="CREATE INDEX CONCURRENTLY i ON orders (n);", excerpt="CREATE INDEX i ON orders (n);")
    shown = printed(list(finding_lines(found)))
    assert "    - CREATE INDEX i ON orders (n);\n    + CREATE INDEX CONCURRENTLY i ON orders (n);\n" in shown


def test_a_statement_that_safer_sql_keeps_is_not_shown_as_removed() -> None:
    found = samples.finding(safer="SET lock_timeout = '1s';\nDROP TABLE t;", excerpt="DROP TABLE t;")
    assert difference(found) == ("+ SET lock_timeout = '1s';", "  DROP TABLE t;")
