"""Specialists, their offers, papers and reviews."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("group", sa.String(length=40), nullable=False),
        sa.Column("line", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topics")),
        sa.UniqueConstraint("slug", name=op.f("uq_topics_slug")),
    )
    op.create_table(
        "specialists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("title_applied_for", sa.String(length=80), nullable=False),
        sa.Column("granted_title", sa.String(length=80), nullable=True),
        sa.Column("headline", sa.String(length=90), nullable=False),
        sa.Column("best_at", sa.String(length=300), nullable=False),
        sa.Column("not_right_for", sa.String(length=300), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("first_session", sa.Text(), nullable=False),
        sa.Column("training", sa.String(length=600), nullable=False),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("supervision", sa.String(length=160), nullable=False),
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("approaches", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("formats", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("permitted_places", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("couple_stance", sa.String(length=20), nullable=True),
        sa.Column("photo_key", sa.String(length=80), nullable=True),
        sa.Column("video_url", sa.String(length=300), nullable=False),
        sa.Column("phone_note", sa.String(length=200), nullable=False),
        sa.Column("records_country", sa.String(length=2), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calendar_version", sa.Integer(), nullable=False),
        sa.Column("profile_version", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('coach', 'counsellor', 'psychologist', 'psychotherapist', 'psychiatrist', 'social_worker')",
            name=op.f("ck_specialists_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'in_review', 'changes_requested', 'refused', 'approved', 'published', 'paused', 'expired', 'suspended', 'closed')",
            name=op.f("ck_specialists_state_known"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_specialists_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_specialists")),
        sa.UniqueConstraint("code", name=op.f("uq_specialists_code")),
        sa.UniqueConstraint("slug", name=op.f("uq_specialists_slug")),
        sa.UniqueConstraint("user_id", name=op.f("uq_specialists_user_id")),
    )
    op.create_index("ix_specialists_state_seed", "specialists", ["state"], unique=False)
    op.create_table(
        "credentials",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("body", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("document_key", sa.String(length=80), nullable=True),
        sa.Column("document_name", sa.String(length=120), nullable=False),
        sa.Column("document_type", sa.String(length=4), nullable=False),
        sa.Column("document_bytes", sa.Integer(), nullable=False),
        sa.Column("registry_url", sa.String(length=300), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("checked_by_id", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("warned_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind IN ('identity', 'training', 'licence', 'insurance', 'supervision')",
            name=op.f("ck_credentials_kind_known"),
        ),
        sa.CheckConstraint(
            "state IN ('submitted', 'verified', 'refused', 'expired', 'replaced')",
            name=op.f("ck_credentials_state_known"),
        ),
        sa.ForeignKeyConstraint(["checked_by_id"], ["user.id"], name=op.f("fk_credentials_checked_by_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_credentials_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
        sa.UniqueConstraint("code", name=op.f("uq_credentials_code")),
    )
    op.create_index(op.f("ix_credentials_specialist_id"), "credentials", ["specialist_id"], unique=False)
    op.create_table(
        "offers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("price_amount", sa.Integer(), nullable=False),
        sa.Column("price_currency", sa.String(length=3), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "kind <> 'consult' OR (price_amount = 0 AND minutes = 30)", name=op.f("ck_offers_consult_is_free_half_hour")
        ),
        sa.CheckConstraint("kind IN ('consult', 'individual')", name=op.f("ck_offers_kind_known")),
        sa.CheckConstraint("minutes > 0 AND minutes % 5 = 0", name=op.f("ck_offers_minutes_in_fives")),
        sa.CheckConstraint("price_amount >= 0", name=op.f("ck_offers_price_not_negative")),
        sa.ForeignKeyConstraint(["follows_id"], ["offers.id"], name=op.f("fk_offers_follows_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_offers_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offers")),
        sa.UniqueConstraint("code", name=op.f("uq_offers_code")),
    )
    op.create_index(op.f("ix_offers_specialist_id"), "offers", ["specialist_id"], unique=False)
    op.create_index(
        "uq_offers_current_consult",
        "offers",
        ["specialist_id"],
        unique=True,
        sqlite_where=sa.text("kind = 'consult' AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'consult' AND ended_at IS NULL"),
    )
    op.create_table(
        "profile_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(length=20), nullable=False),
        sa.Column("after", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_profile_moves_by_id")),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_profile_moves_specialist_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_moves")),
    )
    op.create_index(op.f("ix_profile_moves_specialist_id"), "profile_moves", ["specialist_id"], unique=False)
    op.create_table(
        "profile_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused')", name=op.f("ck_profile_revisions_state_known")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_profile_revisions_decided_by_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_profile_revisions_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile_revisions")),
        sa.UniqueConstraint("code", name=op.f("uq_profile_revisions_code")),
    )
    op.create_index(op.f("ix_profile_revisions_specialist_id"), "profile_revisions", ["specialist_id"], unique=False)
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("reviewer_id", sa.Integer(), nullable=True),
        sa.Column("second_reviewer_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("checks", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("to_applicant", sa.String(length=1000), nullable=False),
        sa.Column("refused_topics", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "decision IN ('open', 'approved', 'changes', 'refuse_proposed', 'refused')",
            name=op.f("ck_reviews_decision_known"),
        ),
        sa.ForeignKeyConstraint(["reviewer_id"], ["user.id"], name=op.f("fk_reviews_reviewer_id")),
        sa.ForeignKeyConstraint(["second_reviewer_id"], ["user.id"], name=op.f("fk_reviews_second_reviewer_id")),
        sa.ForeignKeyConstraint(["specialist_id"], ["specialists.id"], name=op.f("fk_reviews_specialist_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("code", name=op.f("uq_reviews_code")),
    )
    op.create_index(op.f("ix_reviews_specialist_id"), "reviews", ["specialist_id"], unique=False)
    op.create_table(
        "saved_specialists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_saved_specialists_specialist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_saved_specialists_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_specialists")),
        sa.UniqueConstraint("user_id", "specialist_id", name=op.f("uq_saved_specialists_user_id_specialist_id")),
    )
    op.create_table(
        "specialist_languages",
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["specialist_id"],
            ["specialists.id"],
            name=op.f("fk_specialist_languages_specialist_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("specialist_id", "language", name=op.f("pk_specialist_languages")),
    )
    op.create_index(op.f("ix_specialist_languages_language"), "specialist_languages", ["language"], unique=False)
    op.create_table(
        "specialist_topics",
        sa.Column("specialist_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["specialist_id"], ["specialists.id"], name=op.f("fk_specialist_topics_specialist_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name=op.f("fk_specialist_topics_topic_id")),
        sa.PrimaryKeyConstraint("specialist_id", "topic_id", name=op.f("pk_specialist_topics")),
    )
    op.create_index(op.f("ix_specialist_topics_topic_id"), "specialist_topics", ["topic_id"], unique=False)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_specialist_topics_topic_id"), table_name="specialist_topics")
    op.drop_table("specialist_topics")
    op.drop_index(op.f("ix_specialist_languages_language"), table_name="specialist_languages")
    op.drop_table("specialist_languages")
    op.drop_table("saved_specialists")
    op.drop_index(op.f("ix_reviews_specialist_id"), table_name="reviews")
    op.drop_table("reviews")
    op.drop_index(op.f("ix_profile_revisions_specialist_id"), table_name="profile_revisions")
    op.drop_table("profile_revisions")
    op.drop_index(op.f("ix_profile_moves_specialist_id"), table_name="profile_moves")
    op.drop_table("profile_moves")
    op.drop_index(
        "uq_offers_current_consult",
        table_name="offers",
        sqlite_where=sa.text("kind = 'consult' AND ended_at IS NULL"),
        postgresql_where=sa.text("kind = 'consult' AND ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_offers_specialist_id"), table_name="offers")
    op.drop_table("offers")
    op.drop_index(op.f("ix_credentials_specialist_id"), table_name="credentials")
    op.drop_table("credentials")
    op.drop_index("ix_specialists_state_seed", table_name="specialists")
    op.drop_table("specialists")
    op.drop_table("topics")
