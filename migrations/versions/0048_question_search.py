"""Public questions are found by words of our own cutting; a table that stood empty for it makes room."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

RELATIONS = "('partner', 'family', 'friend', 'work', 'self')"


def upgrade() -> None:
    """Nothing is public yet."""
    op.drop_table("question_search")
    plain = "C" if op.get_bind().dialect.name == "postgresql" else None
    _entries(plain)
    _words(plain)
    op.create_table(
        "question_list",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.String(length=22), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_list")),
    )


def downgrade() -> None:
    """Everything here can be made again from what is public."""
    for table in ("question_list", "question_words", "question_entries"):
        op.drop_table(table)
    _before()


def _entries(plain) -> None:
    op.create_table(
        "question_entries",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22, collation=plain), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=True),
        sa.Column("topics", sa.BigInteger(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"relation IN {RELATIONS}", name=op.f("ck_question_entries_relation_known")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_entries_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_entries")),
    )
    op.create_index("ix_question_entries_listed", "question_entries", ["published_on", "code"])


def _words(plain) -> None:
    op.create_table(
        "question_words",
        sa.Column("word", sa.String(length=32, collation=plain), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_words_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "question_id", name=op.f("pk_question_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_question_words_question", "question_words", ["question_id", "word"])


def _before() -> None:
    op.create_table(
        "question_search",
        sa.Column("word", sa.String(length=64), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_search_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "question_id", name=op.f("pk_question_search")),
    )
    op.create_index("ix_question_search_question", "question_search", ["question_id"])
