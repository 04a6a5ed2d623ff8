"""A person has one clock: the zone of a practice is that of its account, and an account says how hours are written."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

USER = sa.table("user", sa.column("id", sa.Integer), sa.column("zone", sa.String))
SPECIALIST = sa.table("specialists", sa.column("id", sa.Integer), sa.column("user_id", sa.Integer))
SCHEDULE = sa.table("schedules", sa.column("specialist_id", sa.Integer), sa.column("zone", sa.String))


def upgrade() -> None:
    """Hours count: where the two zones of a practice differ, its account takes the one of the hours."""
    of_hours = (
        sa.select(SCHEDULE.c.zone)
        .join_from(SCHEDULE, SPECIALIST, SPECIALIST.c.id == SCHEDULE.c.specialist_id)
        .where(SPECIALIST.c.user_id == USER.c.id)
        .scalar_subquery()
    )
    practices = sa.select(SPECIALIST.c.user_id).join_from(
        SPECIALIST, SCHEDULE, SPECIALIST.c.id == SCHEDULE.c.specialist_id
    )
    op.execute(sa.update(USER).where(USER.c.id.in_(practices)).values(zone=of_hours))
    with op.batch_alter_table("schedules") as batch:
        batch.drop_column("zone")
    with op.batch_alter_table("user") as batch:
        batch.add_column(sa.Column("is_twelve", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Each schedule gets its zone back."""
    with op.batch_alter_table("user") as batch:
        batch.drop_column("is_twelve")
    with op.batch_alter_table("schedules") as batch:
        batch.add_column(sa.Column("zone", sa.String(length=64), nullable=False, server_default="UTC"))
    of_account = (
        sa.select(USER.c.zone)
        .join_from(USER, SPECIALIST, SPECIALIST.c.user_id == USER.c.id)
        .where(SPECIALIST.c.id == SCHEDULE.c.specialist_id)
        .scalar_subquery()
    )
    op.execute(sa.update(SCHEDULE).values(zone=sa.func.coalesce(of_account, "UTC")))
    with op.batch_alter_table("schedules") as batch:
        batch.alter_column("zone", server_default=None)
