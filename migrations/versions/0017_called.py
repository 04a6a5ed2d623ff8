"""What clients call a specialist, guessed from the name where nobody said so yet."""

import sqlalchemy as sa
from alembic import op

from practice.values.text import called

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

SPECIALIST = sa.table(
    "specialists", sa.column("id", sa.Integer), sa.column("name", sa.String), sa.column("called", sa.String)
)


def upgrade() -> None:
    """Everybody is called something: the first name that is no title."""
    with op.batch_alter_table("specialists") as batch:
        batch.add_column(sa.Column("called", sa.String(length=60), nullable=False, server_default=""))
    connection = op.get_bind()
    guesses = [
        {"of": row.id, "guess": called(row.name)[:60]}
        for row in connection.execute(sa.select(SPECIALIST.c.id, SPECIALIST.c.name))
    ]
    if guesses:
        fill = sa.update(SPECIALIST).where(SPECIALIST.c.id == sa.bindparam("of"))
        connection.execute(fill.values(called=sa.bindparam("guess")), guesses)
    with op.batch_alter_table("specialists") as batch:
        batch.alter_column("called", server_default=None)


def downgrade() -> None:
    """Letters go by the first word of a name again."""
    with op.batch_alter_table("specialists") as batch:
        batch.drop_column("called")
