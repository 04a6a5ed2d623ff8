"""Letters about a decided contest are named by what became of the mark: "upheld" was said of both by turns."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NOW_CALLED = {"bookings/contest_refused": "bookings/mark_stays", "bookings/contest_upheld": "bookings/mark_changed"}


def upgrade() -> None:
    """Letters that wait, and the fact that others left, go by the new names."""
    _call(NOW_CALLED)


def downgrade() -> None:
    """The names from before."""
    _call({now: before for before, now in NOW_CALLED.items()})


def _call(names: dict[str, str]) -> None:
    outbox = sa.table("outbox_mail", sa.column("template", sa.String))
    for name, other in names.items():
        op.execute(outbox.update().where(outbox.c.template == name).values(template=other))
