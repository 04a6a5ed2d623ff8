"""Long lists are read from indexes that have them in their order: a specialist's conversations and answers, and what
nobody has answered."""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

ANEW = {
    "ix_threads_specialist": ("threads", ["specialist_id"], ["last_at", "id"]),
    "ix_answers_specialist": ("answers", ["specialist_id", "state"], ["published_on", "id"]),
}


def upgrade() -> None:
    """The rows stay as they are."""
    for name, (table, columns, more) in ANEW.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns + more)
    op.create_index("ix_answers_written", "answers", ["specialist_id", "written_at", "id"])
    op.create_index("ix_questions_since", "questions", ["state", "published_at", "id"])


def downgrade() -> None:
    """They are found and sorted each time again."""
    op.drop_index("ix_questions_since", "questions")
    op.drop_index("ix_answers_written", "answers")
    for name, (table, columns, _more) in ANEW.items():
        op.drop_index(name, table)
        op.create_index(name, table, columns)
