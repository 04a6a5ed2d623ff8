"""Questions that are asked in public, answers to them, and the words by which they are found."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
STATES = (
    "('draft', 'submitted', 'in_review', 'published', 'answered', 'resolved', 'closed', 'held_safety', 'needs_edit', "
    "'rejected', 'withdrawn', 'archived')"
)
PUBLIC = "('published', 'answered', 'resolved', 'closed')"
WORDS_STATES = "('in_review', 'published', 'needs_edit', 'rejected', 'removed', 'withdrawn')"
ACTORS = "('asker', 'specialist', 'staff', 'clock')"
TABLES = (
    *("questions", "question_topics", "question_moves", "question_search", "question_follow_ups", "answers"),
    *("answer_moves", "answer_agreements", "helpful_votes"),
)


def upgrade() -> None:
    """Nobody has asked anything yet."""
    _questions()
    _topics()
    _moves("question_moves", "question_id", "questions")
    _search()
    _follow_ups()
    _answers()
    _moves("answer_moves", "answer_id", "answers")
    _agreements()
    _votes()


def downgrade() -> None:
    """What was asked and answered goes with its tables."""
    for table in reversed(TABLES):
        op.drop_table(table)


def _words(*names: str) -> list[sa.Column]:
    return [sa.Column(f"{name}_sealed", sa.String(), nullable=True) for name in names]


def _sent() -> list[sa.Column]:
    return [
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("form_mark", sa.String(length=64), nullable=True),
    ]


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=True),
        sa.Column("pseudonym", sa.String(length=60), nullable=False),
        sa.Column("first_name", sa.String(length=60), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        *_words("title", "words"),
        sa.Column("public_title", sa.String(length=120), nullable=True),
        sa.Column("public_words", sa.Text(), nullable=True),
        *_words("masked_title", "masked_words", "reason"),
        sa.Column("relation", sa.String(length=8), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("age_band", sa.String(length=8), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("may_be_indexed", sa.Boolean(), nullable=False),
        sa.Column("may_stay", sa.Boolean(), nullable=False),
        *_sent(),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("resolved_at", INSTANT, nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("silence_told_at", INSTANT, nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"state IN {STATES}", name=op.f("ck_questions_state_known")),
        sa.CheckConstraint(
            "relation IN ('partner', 'family', 'friend', 'work', 'self')", name=op.f("ck_questions_relation_known")
        ),
        sa.CheckConstraint(
            "age_band IN ('under_25', 'under_35', 'under_45', 'under_55', 'under_65', 'older')",
            name=op.f("ck_questions_age_band_known"),
        ),
        sa.CheckConstraint(
            f"(state IN {PUBLIC}) = (public_title IS NOT NULL)", name=op.f("ck_questions_plain_while_public")
        ),
        sa.CheckConstraint(
            "(public_title IS NULL) = (public_words IS NULL)", name=op.f("ck_questions_plain_as_a_whole")
        ),
        sa.CheckConstraint(
            f"state NOT IN {PUBLIC} OR published_on IS NOT NULL", name=op.f("ck_questions_public_since")
        ),
        sa.ForeignKeyConstraint(["asker_id"], ["user.id"], name=op.f("fk_questions_asker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("code", name=op.f("uq_questions_code")),
        sa.UniqueConstraint("asker_id", "form_key", name="uq_questions_sent_once"),
    )
    op.create_index("ix_questions_listed", "questions", ["state", "published_on", "code"])
    op.create_index("ix_questions_asker", "questions", ["asker_id", "asked_at"])


def _topics() -> None:
    op.create_table(
        "question_topics",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 0 AND 2", name=op.f("ck_question_topics_three_at_most")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_topics_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_question_topics_topic_id")),
        sa.PrimaryKeyConstraint("question_id", "topic_id", name=op.f("pk_question_topics")),
    )
    op.create_index(op.f("ix_question_topics_topic_id"), "question_topics", ["topic_id"])


def _moves(table: str, column: str, parent: str) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(column, sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=16), nullable=False),
        sa.Column("after", sa.String(length=16), nullable=False),
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint(f"by IN {ACTORS}", name=op.f(f"ck_{table}_by_known")),
        sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def _search() -> None:
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


def _follow_ups() -> None:
    op.create_table(
        "question_follow_ups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        *_words("words"),
        sa.Column("public_words", sa.Text(), nullable=True),
        *_words("masked_words", "reason"),
        *_sent(),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"state IN {WORDS_STATES}", name=op.f("ck_question_follow_ups_state_known")),
        sa.CheckConstraint(
            "public_words IS NULL OR state = 'published'", name=op.f("ck_question_follow_ups_plain_while_public")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_question_follow_ups_question_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_follow_ups")),
        sa.UniqueConstraint("code", name=op.f("uq_question_follow_ups_code")),
        sa.UniqueConstraint("question_id", name="uq_question_follow_ups_one"),
    )


def _answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        *_words("words"),
        sa.Column("public_words", sa.Text(), nullable=True),
        *_words("masked_words", "reason"),
        sa.Column("is_picked", sa.Boolean(), nullable=False),
        *_sent(),
        sa.Column("written_at", INSTANT, nullable=False),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"state IN {WORDS_STATES}", name=op.f("ck_answers_state_known")),
        sa.CheckConstraint("place BETWEEN 1 AND 2", name=op.f("ck_answers_two_at_most")),
        sa.CheckConstraint("public_words IS NULL OR state = 'published'", name=op.f("ck_answers_plain_while_public")),
        sa.CheckConstraint("NOT is_picked OR state = 'published'", name=op.f("ck_answers_picked_while_public")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["questions.id"], name=op.f("fk_answers_question_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_answers_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
        sa.UniqueConstraint("code", name=op.f("uq_answers_code")),
        sa.UniqueConstraint("specialist_id", "form_key", name="uq_answers_sent_once"),
    )
    stands, picked = sa.text("state <> 'withdrawn'"), sa.text("is_picked")
    op.create_index(
        "uq_answers_place",
        "answers",
        ["question_id", "specialist_id", "place"],
        unique=True,
        sqlite_where=stands,
        postgresql_where=stands,
    )
    op.create_index(
        "uq_answers_picked", "answers", ["question_id"], unique=True, sqlite_where=picked, postgresql_where=picked
    )
    op.create_index("ix_answers_question", "answers", ["question_id", "state"])
    op.create_index("ix_answers_specialist", "answers", ["specialist_id", "state"])


def _agreements() -> None:
    op.create_table(
        "answer_agreements",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_answer_agreements_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_answer_agreements_specialist_id")),
        sa.PrimaryKeyConstraint("answer_id", "specialist_id", name=op.f("pk_answer_agreements")),
    )
    op.create_index(op.f("ix_answer_agreements_specialist_id"), "answer_agreements", ["specialist_id"])


def _votes() -> None:
    op.create_table(
        "helpful_votes",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("browser_key", sa.String(length=64), nullable=True),
        sa.Column("network_key", sa.String(length=64), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["answers.id"], name=op.f("fk_helpful_votes_answer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_helpful_votes_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("answer_id", "user_id", name=op.f("pk_helpful_votes")),
    )
    op.create_index(op.f("ix_helpful_votes_user_id"), "helpful_votes", ["user_id"])
