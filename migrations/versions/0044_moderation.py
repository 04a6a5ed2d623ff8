"""The moderation room: cases, who is part of them, reports, verdicts, sanctions, looks."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = "('open', 'decided', 'appealed', 'upheld', 'reversed', 'withdrawn')"
DECIDED = "('decided', 'appealed', 'upheld', 'reversed')"
DECISIONS = "('publish', 'ask_edit', 'mask', 'reject', 'remove', 'leave', 'sanction')"
REASONS = "('danger', 'harassment', 'private', 'wrong', 'spam', 'other')"
TABLES = ("cases", "parties", "reports", "verdicts", "sanctions", "limits", "looks", "care")


def upgrade() -> None:
    """Nobody has reported anything yet."""
    _cases()
    _parties()
    _reports()
    _verdicts()
    _sanctions()
    _looks()


def downgrade() -> None:
    """What was reported and decided goes with its tables."""
    for table in reversed(TABLES):
        op.drop_table(f"moderation_{table}")


def _of_user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}"))


def _of_case(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["case_id"], ["moderation_cases.id"], name=op.f(f"fk_{table}_case_id"), ondelete="CASCADE"
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _coded(table: str) -> tuple[sa.PrimaryKeyConstraint, sa.UniqueConstraint]:
    return (
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("code", name=op.f(f"uq_{table}_code")),
    )


def _cases() -> None:
    table = "moderation_cases"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("severity", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("claimed_by_id", sa.Integer(), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("read_mark", sa.String(length=64), nullable=True),
        sa.Column("read_sealed", sa.String(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("appealed_at", INSTANT, nullable=True),
        sa.Column("appeal_sealed", sa.String(), nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        _check(table, "severity_known", "severity IN ('s1', 's2', 's3', 's4')"),
        _check(table, "state_known", f"state IN {STATES}"),
        _check(table, "claimed_until_then", "(claimed_by_id IS NULL) = (claimed_until IS NULL)"),
        _check(table, "decided_once", f"(decided_at IS NOT NULL) = (state IN {DECIDED})"),
        _check(table, "appealed_once", "(appealed_at IS NOT NULL) = (state IN ('appealed', 'upheld', 'reversed'))"),
        _check(table, "closed_once", "(closed_at IS NOT NULL) = (state IN ('upheld', 'reversed', 'withdrawn'))"),
        _of_user(table, "author_id"),
        _of_user(table, "claimed_by_id"),
        *_coded(table),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "uq_moderation_cases_open",
        table,
        ["kind", "subject"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_index("ix_moderation_cases_queue", table, ["state", "severity", "opened_at", "id"])
    op.create_index("ix_moderation_cases_subject", table, ["kind", "subject"])
    op.create_index("ix_moderation_cases_author", table, ["author_id"])
    op.create_index("ix_moderation_cases_decided", table, ["decided_at"])


def _parties() -> None:
    table = "moderation_parties"
    op.create_table(
        table,
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(length=9), nullable=False),
        _check(table, "part_known", "part IN ('author', 'reporter', 'concerned')"),
        _of_case(table),
        _of_user(table, "user_id"),
        sa.PrimaryKeyConstraint("case_id", "user_id", name=op.f(f"pk_{table}")),
    )
    op.create_index("ix_moderation_parties_user", table, ["user_id"])


def _reports() -> None:
    table = "moderation_reports"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("words_sealed", sa.String(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        _check(table, "reason_known", f"reason IN {REASONS}"),
        _of_case(table),
        _of_user(table, "reporter_id"),
        *_coded(table),
        sa.UniqueConstraint("case_id", "reporter_id", name=op.f(f"uq_{table}_case_id_reporter_id")),
    )
    op.create_index("ix_moderation_reports_reporter", table, ["reporter_id"])


def _verdicts() -> None:
    table = "moderation_verdicts"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("is_appeal", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("own_sealed", sa.String(), nullable=True),
        sa.Column("masked_sealed", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        _check(table, "decision_known", f"decision IN {DECISIONS}"),
        _of_case(table),
        _of_user(table, "by_id"),
        *_coded(table),
        sa.UniqueConstraint("case_id", "is_appeal", name=op.f(f"uq_{table}_case_id_is_appeal")),
        sa.UniqueConstraint("case_id", "by_id", name=op.f(f"uq_{table}_case_id_by_id")),
    )
    op.create_index("ix_moderation_verdicts_by", table, ["by_id", "made_at"])


def _sanctions() -> None:
    table = "moderation_sanctions"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=8), nullable=False),
        sa.Column("reason_sealed", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("until_at", INSTANT, nullable=True),
        sa.Column("lifted_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        _check(table, "step_known", "step IN ('note', 'warning', 'limit')"),
        _check(table, "limits_end", "(step = 'limit') = (until_at IS NOT NULL)"),
        _of_user(table, "user_id"),
        _of_user(table, "by_id"),
        *_coded(table),
    )
    op.create_index("ix_moderation_sanctions_user", table, ["user_id", "made_at"])
    limits = "moderation_limits"
    op.create_table(
        limits,
        sa.Column("sanction_id", sa.Integer(), nullable=False),
        sa.Column("feature", sa.String(length=8), nullable=False),
        _check(limits, "feature_known", "feature IN ('ask', 'answer', 'message', 'vote')"),
        sa.ForeignKeyConstraint(
            ["sanction_id"], ["moderation_sanctions.id"], name=op.f(f"fk_{limits}_sanction_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sanction_id", "feature", name=op.f(f"pk_{limits}")),
    )


def _looks() -> None:
    table = "moderation_looks"
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("purpose_sealed", sa.String(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        _of_user(table, "user_id"),
        _of_user(table, "by_id"),
        *_coded(table),
    )
    op.create_index("ix_moderation_looks_user", table, ["user_id", "id"])
    op.create_index("ix_moderation_looks_by", table, ["by_id"])
    care = "moderation_care"
    op.create_table(
        care,
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        _of_user(care, "user_id"),
        sa.PrimaryKeyConstraint("user_id", name=op.f(f"pk_{care}")),
    )
