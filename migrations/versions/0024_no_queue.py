"""Nothing wakes the workers any more, they look: the queue's tables go, and sweeps of the old name take the new one."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

OURS = ("heartbeat", "forget_old_letters", "note_audit_head")


def upgrade() -> None:
    """Drop the schema that the queue had made for itself (PostgreSQL); rename the worker's own sweeps."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP SCHEMA IF EXISTS wake CASCADE")
    _rename("jobs", "work")


def downgrade() -> None:
    """The older code makes its queue again when it wants it."""
    _rename("work", "jobs")


def _rename(old: str, new: str) -> None:
    """A row under the new name already is the younger one and stays."""
    runs = sa.table("sweep_run", sa.column("name", sa.String()))
    there = set(op.get_bind().scalars(sa.select(runs.c.name)))
    for name in OURS:
        mine = runs.c.name == f"{old}.{name}"
        is_there = f"{new}.{name}" in there
        op.execute(
            sa.delete(runs).where(mine) if is_there else sa.update(runs).where(mine).values(name=f"{new}.{name}")
        )
