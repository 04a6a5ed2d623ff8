"""The messages room."""

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing is in it yet."""


def downgrade() -> None:
    """What was written goes with its tables."""
