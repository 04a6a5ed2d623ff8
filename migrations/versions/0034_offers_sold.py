"""Offers that are sold: their cancel rule, whether a consultation comes first, and who pays a lower price."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

SOLD = (
    *("specialist_id", "kind", "version", "minutes", "price_amount", "price_currency"),
    *("cancel_rule", "consult_first", "lower_amount"),
)
CHECKS = {
    "session_lasts_20_to_180": "kind <> 'individual' OR minutes BETWEEN 20 AND 180",
    "price_has_a_cancel_rule": "(kind = 'consult') = (cancel_rule IS NULL)",
    "lower_price_is_lower": "lower_amount > 0 AND lower_amount < price_amount",
    "lower_count_not_negative": "lower_count >= 0",
    "lower_places_have_a_price": "lower_count = 0 OR lower_amount IS NOT NULL",
}
STANDARD = "24h:100 4h:50"


def is_sqlite() -> bool:
    """Whether this engine has no function behind a trigger."""
    return op.get_bind().dialect.name == "sqlite"


def guards() -> tuple[str, ...]:
    """What refuses to change what was sold, on this engine."""
    differs = " OR ".join(f"NEW.{each} {'IS NOT' if is_sqlite() else 'IS DISTINCT FROM'} OLD.{each}" for each in SOLD)
    refused = "what was sold of offers never changes"
    if is_sqlite():
        return (
            f"CREATE TRIGGER offers_sold_stays BEFORE UPDATE OF {', '.join(SOLD)} ON offers "
            f"WHEN {differs} BEGIN SELECT RAISE(ABORT, '{refused}'); END",
        )
    return (
        "CREATE FUNCTION offers_sold_stays() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{refused}'; END $$",
        f"CREATE TRIGGER offers_sold_stays BEFORE UPDATE ON offers FOR EACH ROW WHEN ({differs}) "
        "EXECUTE FUNCTION offers_sold_stays()",
    )


def upgrade() -> None:
    """What was offered until now has the usual rule, begins with a consultation, and costs everybody the same."""
    with op.batch_alter_table("offers") as batch:
        batch.add_column(sa.Column("cancel_rule", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("consult_first", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("lower_amount", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("lower_count", sa.Integer(), nullable=False, server_default="0"))
    paid = sa.text("UPDATE offers SET cancel_rule = :rule, consult_first = :yes WHERE kind <> 'consult'")
    op.get_bind().execute(paid, {"rule": STANDARD, "yes": True})
    with op.batch_alter_table("offers") as batch:
        batch.alter_column("consult_first", server_default=None)
        batch.alter_column("lower_count", server_default=None)
        for name, condition in CHECKS.items():
            batch.create_check_constraint(op.f(f"ck_offers_{name}"), condition)
    for statement in guards():
        op.execute(statement)
    _lower_prices()


def _lower_prices() -> None:
    op.create_table(
        "lower_prices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_lower_prices_offer_id")),
        sa.ForeignKeyConstraint(["client_id"], ["user.id"], name=op.f("fk_lower_prices_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lower_prices")),
        sa.UniqueConstraint("offer_id", "client_id", name=op.f("uq_lower_prices_offer_id_client_id")),
        sa.UniqueConstraint("code", name=op.f("uq_lower_prices_code")),
    )
    op.create_index(op.f("ix_lower_prices_client_id"), "lower_prices", ["client_id"], unique=False)


def downgrade() -> None:
    """Everybody pays the same again, and no offer has a rule of its own."""
    op.drop_table("lower_prices")
    op.execute("DROP TRIGGER offers_sold_stays" + ("" if is_sqlite() else " ON offers"))
    if not is_sqlite():
        op.execute("DROP FUNCTION offers_sold_stays()")
    with op.batch_alter_table("offers") as batch:
        for name in CHECKS:
            batch.drop_constraint(op.f(f"ck_offers_{name}"), type_="check")
        for column in ("lower_count", "lower_amount", "consult_first", "cancel_rule"):
            batch.drop_column(column)
