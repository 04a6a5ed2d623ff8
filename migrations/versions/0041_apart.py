"""In what a payment was settled, and what the card processor did past us."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

KIND = "ck_money_concerns_kind_known"
KINDS = (
    *("wrong_mode", "wrong_amount", "wrong_currency", "wrong_checkout", "checkout_refused", "paid_twice"),
    *("confirmed_late", "refund_failed", "refund_refused", "refund_outside", "dispute", "debt", "unknown_order"),
    *("unknown_amount", "stuck", "payout_refused"),
)
APART = ("currencies_apart", "reversed_outside", "payout_outside")


def upgrade() -> None:
    """Of what was paid before nobody has asked in what it was settled; it is read with the next look."""
    with op.batch_alter_table("orders") as batch:
        batch.add_column(sa.Column("settled", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("settled_in", sa.String(length=3), nullable=False, server_default=""))
    with op.batch_alter_table("orders") as batch:
        batch.alter_column("settled", server_default=None)
        batch.alter_column("settled_in", server_default=None)
    _kinds(*KINDS, *APART)


def downgrade() -> None:
    """What it was settled in can be read again; what lay before staff about it is forgotten."""
    listed = ", ".join(f"'{kind}'" for kind in APART)
    op.execute(f"DELETE FROM money_concerns WHERE kind IN ({listed})")  # noqa: S608 - our own words
    _kinds(*KINDS)
    with op.batch_alter_table("orders") as batch:
        batch.drop_column("settled_in")
        batch.drop_column("settled")


def _kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("money_concerns") as batch:
        batch.drop_constraint(op.f(KIND), type_="check")
    with op.batch_alter_table("money_concerns") as batch:
        batch.create_check_constraint(op.f(KIND), f"kind IN ({listed})")
