"""Free text about a person is sealed, wherever it stands: reasons of staff, words for applicants, notes to oneself."""

import secrets

import sqlalchemy as sa
from alembic import op

from practice.store import vault

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# Rows of these had no name of their own until now, and a sealed text is bound to one.
NAMELESS = ("profile_moves", "strikes")
# Table, column, its length, and the kind and the attribute that the text is sealed for.
TEXTS = (
    ("account_lock", "reason", 500, "lock"),
    ("account_lock", "opened_because", 500, "lock"),
    ("bookings", "granted_because", 500, "booking"),
    ("contests", "reason", 500, "contest"),
    ("profile_moves", "reason", 1000, "profile_move"),
    ("profile_revisions", "reason", 1000, "profile_revision"),
    ("reviews", "to_applicant", 1000, "review"),
    ("strikes", "waived_because", 500, "strike"),
    ("suspensions", "reason", 1000, "suspension"),
    ("time_off", "note", 80, "time_off"),
)


def upgrade() -> None:
    """Seal what is there and drop the plain columns."""
    for table in NAMELESS:
        _name_rows(table)
    for table, column, _most, kind in TEXTS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(f"{column}_sealed", sa.String(), nullable=True))
        for row_id, code, words in _texts(table, column):
            _put(table, f"{column}_sealed", row_id, vault.seal(words, f"{kind}:{code}:{column}"))
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)


def downgrade() -> None:
    """Open everything again; without its key that cannot be done, and nothing is changed."""
    for table, column, most, kind in TEXTS:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, sa.String(length=most), nullable=False, server_default=""))
        for row_id, code, token in _texts(table, f"{column}_sealed"):
            _put(table, column, row_id, vault.open_sealed(token, f"{kind}:{code}:{column}"))
        with op.batch_alter_table(table) as batch:
            batch.alter_column(column, server_default=None)
            batch.drop_column(f"{column}_sealed")
    for table in NAMELESS:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_code"), type_="unique")
            batch.drop_column("code")


def _name_rows(table: str) -> None:
    with op.batch_alter_table(table) as batch:
        batch.add_column(sa.Column("code", sa.String(length=22), nullable=True))
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column("code", sa.String))
    for row_id in op.get_bind().scalars(sa.select(rows.c.id)).all():
        _put(table, "code", row_id, secrets.token_urlsafe(17)[:22])
    with op.batch_alter_table(table) as batch:
        batch.alter_column("code", existing_type=sa.String(length=22), nullable=False)
        batch.create_unique_constraint(op.f(f"uq_{table}_code"), ["code"])


def _texts(table: str, column: str) -> list[sa.Row[tuple[int, str, str]]]:
    """(id, code, text) of each row that has one."""
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column("code", sa.String), sa.column(column, sa.String))
    asked = sa.select(rows.c.id, rows.c.code, rows.c[column]).where(rows.c[column] != "")
    return list(op.get_bind().execute(asked))


def _put(table: str, column: str, row_id: int, value: str) -> None:
    rows = sa.table(table, sa.column("id", sa.Integer), sa.column(column, sa.String))
    op.get_bind().execute(sa.update(rows).where(rows.c.id == row_id).values({column: value}))
