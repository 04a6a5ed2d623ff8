"""The log is counted by time for the metrics, every few seconds."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index(op.f("ix_audit_event_at"), "audit_event", ["at"], unique=False)


def downgrade() -> None:
    """Drop it again."""
    op.drop_index(op.f("ix_audit_event_at"), table_name="audit_event")
