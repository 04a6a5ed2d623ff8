"""The messages room: conversations under a key of their own, what was written in them, files, wishes and blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
SIDES = "('client', 'partner', 'specialist')"
TABLES = ("threads", "correspondents", "messages", "message_attachments", "message_wishes", "message_blocks")


def upgrade() -> None:
    """Nobody has written yet."""
    _threads()
    _correspondents()
    _messages()
    _attachments()
    _wishes()
    _blocks()


def downgrade() -> None:
    """What was written goes with its tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _threads() -> None:
    op.create_table(
        "threads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("is_joint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("opened_by", sa.String(length=10), nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("last_at", INSTANT, nullable=False),
        sa.Column("replied_at", INSTANT, nullable=True),
        sa.Column("waits_since", INSTANT, nullable=True),
        sa.Column("reminded_at", INSTANT, nullable=True),
        sa.Column("offered_others_at", INSTANT, nullable=True),
        sa.Column("closed_at", INSTANT, nullable=True),
        sa.Column("key_sealed", sa.String(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'awaiting_specialist', 'awaiting_client', 'closed', 'blocked')",
            name=op.f("ck_threads_state_known"),
        ),
        sa.CheckConstraint(f"opened_by IN {SIDES}", name=op.f("ck_threads_opened_by_known")),
        sa.CheckConstraint(
            "(waits_since IS NOT NULL) = (state IN ('awaiting_specialist', 'awaiting_client'))",
            name=op.f("ck_threads_waits_for_somebody"),
        ),
        sa.ForeignKeyConstraint(["client_id"], ["user.id"], name=op.f("fk_threads_client_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_threads_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threads")),
        sa.UniqueConstraint(
            "client_id", "specialist_id", "is_joint", name=op.f("uq_threads_client_id_specialist_id_is_joint")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_threads_code")),
    )
    op.create_index("ix_threads_waiting", "threads", ["state", "waits_since", "id"])
    op.create_index("ix_threads_specialist", "threads", ["specialist_id"])


def _correspondents() -> None:
    op.create_table(
        "correspondents",
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("agreed_at", INSTANT, nullable=True),
        sa.Column("left_at", INSTANT, nullable=True),
        sa.Column("read_id", sa.Integer(), nullable=False),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.CheckConstraint(f"side IN {SIDES}", name=op.f("ck_correspondents_side_known")),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_correspondents_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_correspondents_user_id")),
        sa.PrimaryKeyConstraint("thread_id", "user_id", name=op.f("pk_correspondents")),
        sa.UniqueConstraint("thread_id", "side", name=op.f("uq_correspondents_thread_id_side")),
    )
    op.create_index("ix_correspondents_user", "correspondents", ["user_id", "thread_id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("thread_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("body_sealed", sa.String(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=False),
        sa.Column("retracted_at", INSTANT, nullable=True),
        sa.Column("reply_seconds", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"side IN {SIDES}", name=op.f("ck_messages_side_known")),
        sa.CheckConstraint("retracted_at IS NULL OR body_sealed IS NULL", name=op.f("ck_messages_taken_back_is_gone")),
        sa.CheckConstraint("reply_seconds >= 0", name=op.f("ck_messages_answered_after")),
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f("fk_messages_thread_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_messages_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("author_id", "form_key", name=op.f("uq_messages_author_id_form_key")),
        sa.UniqueConstraint("code", name=op.f("uq_messages_code")),
    )
    op.create_index("ix_messages_thread", "messages", ["thread_id", "id"])
    answers = sa.text("reply_seconds IS NOT NULL")
    op.create_index(
        "ix_messages_replies", "messages", ["author_id", "sent_at"], sqlite_where=answers, postgresql_where=answers
    )


def _attachments() -> None:
    op.create_table(
        "message_attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=80), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("kind IN ('pdf', 'png', 'jpg')", name=op.f("ck_message_attachments_kind_known")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_message_attachments_position_from_one")),
        sa.CheckConstraint("size > 0", name=op.f("ck_message_attachments_has_bytes")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_attachments_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachments")),
        sa.UniqueConstraint("message_id", "position", name=op.f("uq_message_attachments_message_id_position")),
        sa.UniqueConstraint("file_key", name=op.f("uq_message_attachments_file_key")),
        sa.UniqueConstraint("code", name=op.f("uq_message_attachments_code")),
    )


def _wishes() -> None:
    op.create_table(
        "message_wishes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("away_sealed", sa.String(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("shows_read", sa.Boolean(), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_message_wishes_quiet_has_both_ends")
        ),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439",
            name=op.f("ck_message_wishes_quiet_within_a_day"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_wishes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_wishes")),
        sa.UniqueConstraint("user_id", name=op.f("uq_message_wishes_user_id")),
        sa.UniqueConstraint("code", name=op.f("uq_message_wishes_code")),
    )


def _blocks() -> None:
    op.create_table(
        "message_blocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.CheckConstraint("by_id <> user_id", name=op.f("ck_message_blocks_of_somebody_else")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_message_blocks_by_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_message_blocks_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_blocks")),
        sa.UniqueConstraint("by_id", "user_id", name=op.f("uq_message_blocks_by_id_user_id")),
    )
    op.create_index("ix_message_blocks_user", "message_blocks", ["user_id"])
