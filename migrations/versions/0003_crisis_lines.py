"""Who to call, by country."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "crisis_resource",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("hours", sa.String(length=60), nullable=False),
        sa.Column("languages", sa.String(length=120), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("url", sa.String(length=200), nullable=True),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('emergency', 'talk', 'violence', 'young')", name=op.f("ck_crisis_resource_known_purpose")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_resource")),
        sa.UniqueConstraint("code", name=op.f("uq_crisis_resource_code")),
        sa.UniqueConstraint("country", "purpose", "number", name=op.f("uq_crisis_resource_country_purpose_number")),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("crisis_resource")
