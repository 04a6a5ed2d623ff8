"""Names are looked for as they are compared: small plain letters, kept beside each name."""

import sqlalchemy as sa
from alembic import op

from practice.values.text import fold

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

NAMES = {"user": "display_name", "specialists": "name"}


def upgrade() -> None:
    """Add the columns and fill them."""
    for table, name in NAMES.items():
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("name_folded", sa.Text(), nullable=True))
        rows = sa.table(table, sa.column("id"), sa.column(name, sa.String), sa.column("name_folded", sa.Text))
        put = sa.update(rows).where(rows.c.id == sa.bindparam("row")).values(name_folded=sa.bindparam("folded"))
        every = op.get_bind().execute(sa.select(rows.c.id, rows.c[name])).all()
        if every:
            op.get_bind().execute(put, [{"row": row_id, "folded": fold(called)} for row_id, called in every])
        with op.batch_alter_table(table) as batch:
            batch.alter_column("name_folded", existing_type=sa.Text(), nullable=False)


def downgrade() -> None:
    """Take them away again."""
    for table in NAMES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("name_folded")
