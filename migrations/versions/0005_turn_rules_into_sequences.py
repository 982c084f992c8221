"""Turn what each stage planned by rules into sequences; let enrolments count their delays from a moment of their own

A stage's rules become one sequence, each rule a step whose delay counts from the step before it. Rules that were
switched off become a sequence that is switched off. What was planned keeps its times and belongs to an enrolment.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

#: Stages whose sequences a new workspace knows by another key and name than the stage's.
KNOWN = {"new": ("new_enquiry", "New enquiry"), "quote_sent": ("quote_chase", "Quote chase")}
TOUCHED = (
    "follow_up_rules", "follow_ups", "sequences", "sequence_versions", "enrolments", "stages", "message_templates",
)  # fmt: skip
WORKSPACE = "(select nullif(current_setting('app.workspace_id', true), '')::uuid)"
WRITES = "(select current_setting('app.scope', true)) in ('all', 'own', 'visits')"
#: What a lead (l) can show as its next act (f).
PLANNED = (
    "f.workspace_id = l.workspace_id and f.lead_id = l.id and f.state = 'planned'"
    " and f.kind in ('email', 'sms', 'call', 'task')"
)
MAP = "create temporary table rule_map (workspace_id uuid, rule_id uuid, sequence_id uuid, step_key text)"


def upgrade() -> None:
    op.add_column("enrolments", sa.Column("counts_from", sa.DateTime(timezone=True)))
    with _seen_whole("enrolments"):
        op.execute("update enrolments set counts_from = started_at")
    op.alter_column("enrolments", "counts_from", nullable=False)
    op.drop_index("ix_enrolments_stage_change_id", table_name="enrolments")
    op.create_unique_constraint(
        op.f("uq_enrolments_workspace_id_stage_change_id_sequence_id"),
        "enrolments",
        ["workspace_id", "stage_change_id", "sequence_id"],
    )
    op.execute(MAP)
    with _seen_whole(*TOUCHED):
        _clear_leftovers()
        _make_sequences()
        _make_enrolments()
    op.execute("drop table rule_map")
    op.drop_constraint(op.f("uq_follow_ups_workspace_id_stage_change_id_rule_id"), "follow_ups")
    op.drop_constraint(op.f("fk_follow_ups_workspace_id_rule_id"), "follow_ups", type_="foreignkey")
    op.drop_column("follow_ups", "rule_id")
    op.drop_table("follow_up_rules")


def downgrade() -> None:
    _make_rules_table()
    op.add_column("follow_ups", sa.Column("rule_id", sa.Uuid()))
    op.execute(MAP)
    with _seen_whole(*TOUCHED, "leads"):
        _make_rules()
        op.execute(
            "update follow_ups f set rule_id = m.rule_id from rule_map m where m.workspace_id = f.workspace_id"
            " and m.sequence_id = f.sequence_id and m.step_key = f.step_key and f.stage_change_id is not null"
        )
        _call_off()
        op.execute("update follow_ups set enrolment_id = null, sequence_id = null, step_key = null")
        op.execute("delete from enrolments")
        op.execute("delete from sequences where starts = 'stage' and stage_id is not null")
    op.execute("drop table rule_map")
    op.create_foreign_key(
        op.f("fk_follow_ups_workspace_id_rule_id"), "follow_ups", "follow_up_rules",
        ["workspace_id", "rule_id"], ["workspace_id", "id"],
    )  # fmt: skip
    op.create_unique_constraint(
        op.f("uq_follow_ups_workspace_id_stage_change_id_rule_id"),
        "follow_ups",
        ["workspace_id", "stage_change_id", "rule_id"],
    )
    op.drop_constraint(op.f("uq_enrolments_workspace_id_stage_change_id_sequence_id"), "enrolments")
    op.create_index("ix_enrolments_stage_change_id", "enrolments", ["workspace_id", "stage_change_id"], unique=False)
    op.drop_column("enrolments", "counts_from")


def _clear_leftovers() -> None:
    """Of a stage that has rules, remove sequences: a downgrade once left them, and they would plan all of it twice."""
    op.execute(
        "delete from sequences s where s.starts = 'stage' and exists (select 1 from follow_up_rules r"
        " where r.workspace_id = s.workspace_id and r.stage_id = s.stage_id)"
    )


def _make_sequences() -> None:
    rules = _run(
        "select r.*, s.key as stage_key, s.name as stage_name, s.position as stage_position, t.key as template_key"
        " from follow_up_rules r join stages s on s.workspace_id = r.workspace_id and s.id = r.stage_id"
        " left join message_templates t on t.workspace_id = r.workspace_id and t.id = r.template_id"
        " order by r.workspace_id, r.stage_id, r.is_active, r.delay_days * 1440 + r.delay_minutes, r.position, r.id"
    ).all()
    taken = {(row.workspace_id, row.key) for row in _run("select workspace_id, key from sequences")}
    for _, group in groupby(rules, key=lambda rule: (rule.workspace_id, rule.stage_id, rule.is_active)):
        rows = list(group)
        first, sequence_id = rows[0], uuid.uuid4()
        key, name = KNOWN.get(first.stage_key, (first.stage_key, first.stage_name))
        if not first.is_active:
            key, name = f"{key}_off", f"{name} (switched off)"
        if (first.workspace_id, key) in taken:
            key = f"{key}_{first.stage_id.hex[:8]}"
        taken.add((first.workspace_id, key))
        given = {
            "here": first.workspace_id, "id": sequence_id, "key": key, "name": name, "stage": first.stage_id,
            "active": first.is_active, "steps": json.dumps(_steps(rows)), "position": first.stage_position,
        }  # fmt: skip
        _run(
            "insert into sequences (workspace_id, id, key, name, description, starts, stage_id, rule, ends_with_stage,"
            " is_active, version_no, steps, position, created_at, version) values (:here, :id, :key, :name, '',"
            " 'stage', :stage, '{}', true, :active, 1, cast(:steps as jsonb), :position, now(), 1)",
            given,
        )
        _run(
            "insert into sequence_versions (workspace_id, id, sequence_id, version_no, steps, created_at)"
            " values (:here, gen_random_uuid(), :id, 1, cast(:steps as jsonb), now())",
            given,
        )
        for number, rule in enumerate(rows, start=1):
            _note(first.workspace_id, rule.id, sequence_id, f"step_{number}")


def _steps(rules: list[Any]) -> list[dict[str, Any]]:
    """The rules as steps: what was counted from the entry is now counted from the step before."""
    steps, days, minutes = [], 0, 0
    for number, rule in enumerate(rules, start=1):
        more_days, more_minutes = rule.delay_days - days, rule.delay_minutes - minutes
        days, minutes = rule.delay_days, rule.delay_minutes
        step: dict[str, Any] = {"key": f"step_{number}", "kind": rule.kind, "title": rule.title}
        if more_days and not more_minutes:
            step["delay"] = {"amount": more_days, "unit": "days"}
        elif more_days or more_minutes:
            step["delay"] = {"amount": more_days * 1440 + more_minutes, "unit": "minutes"}
        if rule.any_hour:
            step["any_hour"] = True
        if not rule.counts_as_attempt:
            step["counts"] = False
        if rule.template_key:
            step["template_key"] = rule.template_key
        steps.append(step)
    return steps


def _make_enrolments() -> None:
    op.execute(
        "insert into enrolments (workspace_id, id, lead_id, sequence_id, version_no, state, started_how, started_at,"
        " counts_from, stage_change_id, ended_at, why, version)"
        " select workspace_id, gen_random_uuid(), lead_id, sequence_id, 1, state, 'stage', started_at, started_at,"
        " stage_change_id, case when state <> 'active' then coalesce(ended_at, started_at) end,"
        " case state when 'stopped' then 'left_stage' when 'finished' then 'finished' end, 1 from ("
        "  select *, case when is_open and place = 1 then 'active' when is_cut then 'stopped' else 'finished' end"
        "   as state"
        "  from (select f.workspace_id, f.lead_id, f.stage_change_id, m.sequence_id, min(f.created_at) as started_at,"
        "    max(f.finished_at) as ended_at, bool_or(f.state = 'planned') as is_open,"
        "    bool_or(f.state = 'cancelled') as is_cut, row_number() over (partition by f.workspace_id, f.lead_id,"
        "    m.sequence_id, bool_or(f.state = 'planned') order by min(f.created_at) desc, f.stage_change_id) as place"
        "   from follow_ups f join rule_map m on m.workspace_id = f.workspace_id and m.rule_id = f.rule_id"
        "   group by f.workspace_id, f.lead_id, f.stage_change_id, m.sequence_id) found) judged"
    )
    op.execute(
        "update follow_ups f set enrolment_id = e.id, sequence_id = e.sequence_id, step_key = m.step_key"
        " from rule_map m join enrolments e on e.workspace_id = m.workspace_id and e.sequence_id = m.sequence_id"
        " where m.workspace_id = f.workspace_id and m.rule_id = f.rule_id and e.lead_id = f.lead_id"
        " and e.stage_change_id is not distinct from f.stage_change_id"
    )


def _make_rules() -> None:
    """What stages plan, as rules again; branches, and what other sequences plan, have no place there."""
    found = _run(
        "select * from sequences where starts = 'stage' and stage_id is not null order by workspace_id, id"
    ).all()
    for sequence in found:
        days = minutes = 0
        for number, step in enumerate(sequence.steps, start=1):
            delay = step.get("delay") or {"amount": 0, "unit": "days"}
            if delay["unit"] in ("days", "business_days"):
                days += delay["amount"]
            elif delay["unit"] != "until_month":
                minutes += delay["amount"] * (60 if delay["unit"].endswith("hours") else 1)
            if step["kind"] not in ("email", "sms", "call", "task"):
                continue
            rule_id = uuid.uuid4()
            _run(
                "insert into follow_up_rules (workspace_id, id, stage_id, position, kind, title, delay_days,"
                " delay_minutes, any_hour, counts_as_attempt, template_id, is_active) values (:here, :id, :stage,"
                " :position, :kind, :title, :days, :minutes, :any_hour, :counts, (select id from message_templates"
                " where workspace_id = :here and key = :template), :active)",
                {
                    "here": sequence.workspace_id, "id": rule_id, "stage": sequence.stage_id, "position": number,
                    "kind": step["kind"], "title": step["title"], "days": days, "minutes": minutes,
                    "any_hour": step.get("any_hour", False), "counts": step.get("counts", True),
                    "template": step.get("template_key"), "active": sequence.is_active,
                },
            )  # fmt: skip
            _note(sequence.workspace_id, rule_id, sequence.id, step["key"])


def _call_off() -> None:
    """Call off what no rule plans; a lead that shows such an act shows what comes next instead."""
    op.execute(
        "update follow_ups set state = 'cancelled', why = 'left_stage', finished_at = now()"
        " where state = 'planned' and enrolment_id is not null and rule_id is null"
    )
    op.execute(
        "update leads l set (next_act, next_act_at) = (select f.title, f.due_at from follow_ups f"
        f"  where {PLANNED} order by f.due_at, f.id limit 1) where l.next_act_at is not null"
        f" and not exists (select 1 from follow_ups f where {PLANNED} and f.title = l.next_act"
        "  and f.due_at = l.next_act_at)"
    )


def _note(here: uuid.UUID, rule_id: uuid.UUID, sequence_id: uuid.UUID, step_key: str) -> None:
    _run(
        "insert into rule_map values (:here, :rule, :sequence, :step)",
        {"here": here, "rule": rule_id, "sequence": sequence_id, "step": step_key},
    )


def _run(words: str, given: dict[str, Any] | None = None) -> Any:
    return op.get_bind().execute(sa.text(words), given or {})


@contextmanager
def _seen_whole(*tables: str) -> Iterator[None]:
    """Let the tables' owner reach the rows of every workspace meanwhile; the walls stand for everyone else."""
    for table in tables:
        op.execute(f"alter table {table} no force row level security")
    yield
    for table in tables:
        op.execute(f"alter table {table} force row level security")


def _make_rules_table() -> None:
    op.create_table(
        "follow_up_rules",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("delay_days", sa.SmallInteger(), nullable=False),
        sa.Column("delay_minutes", sa.Integer(), nullable=False),
        sa.Column("any_hour", sa.Boolean(), nullable=False),
        sa.Column("counts_as_attempt", sa.Boolean(), nullable=False),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("workspace_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind in ('email', 'sms', 'call', 'task')", name=op.f("ck_follow_up_rules_kind")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "stage_id"],
            ["stages.workspace_id", "stages.id"],
            name=op.f("fk_follow_up_rules_workspace_id_stage_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "template_id"],
            ["message_templates.workspace_id", "message_templates.id"],
            name=op.f("fk_follow_up_rules_workspace_id_template_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_follow_up_rules")),
    )
    op.create_index("ix_follow_up_rules_stage_id", "follow_up_rules", ["workspace_id", "stage_id"], unique=False)
    op.execute("alter table follow_up_rules enable row level security")
    op.execute("alter table follow_up_rules force row level security")
    op.execute(
        f"create policy tenant on follow_up_rules using (workspace_id = {WORKSPACE})"
        f" with check (workspace_id = {WORKSPACE})"
    )
    op.execute(f"create policy inserts on follow_up_rules as restrictive for insert with check ({WRITES})")
    op.execute(f"create policy updates on follow_up_rules as restrictive for update using ({WRITES})")
    op.execute(f"create policy deletes on follow_up_rules as restrictive for delete using ({WRITES})")
    op.execute(
        "create trigger count_change after insert or update or delete on follow_up_rules"
        " for each row execute function count_catalogue_change()"
    )
