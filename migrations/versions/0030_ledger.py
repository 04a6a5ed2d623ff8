"""The ledger: what moved from which pot to which, complete, in one currency, never changed."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

EVENTS = (
    "'charged', 'fee', 'fee_returned', 'earned', 'unearned', 'released', 'transferred', 'reversed', 'set_off', "
    "'payout_sent', 'payout_paid', 'payout_failed', 'payout_returned', 'refunded', 'refund_failed', "
    "'refunded_by_hand', 'dispute_opened', 'dispute_won', 'dispute_lost', 'loss', 'loss_recovered'"
)
POTS = (
    "'client', 'unearned', 'pending', 'available', 'debt', 'commission', 'own', 'advanced', 'losses', "
    "'provider_fees', 'transferred', 'in_payout', 'paid_out', 'provider', 'disputed', 'charged_back'"
)
PAYEES = "'available', 'debt', 'in_payout', 'paid_out', 'pending', 'transferred'"
TABLES = ("ledger_batches", "ledger_postings")
ENTRIES = """CREATE VIEW ledger_entries AS
SELECT batch_id, currency, source AS pot, -amount AS amount, payee, line_code FROM ledger_postings
UNION ALL
SELECT batch_id, currency, target AS pot, amount, payee, line_code FROM ledger_postings"""


def guards(table: str) -> tuple[str, ...]:
    """What refuses to change a row, on this engine."""
    if op.get_bind().dialect.name == "sqlite":
        refused = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        return (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {refused}",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {refused}",
        )
    return (
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    )


def unguards(table: str) -> tuple[str, ...]:
    """What takes that away."""
    if op.get_bind().dialect.name == "sqlite":
        return (f"DROP TRIGGER {table}_no_update", f"DROP TRIGGER {table}_no_delete")
    return (
        f"DROP TRIGGER {table}_no_change ON {table}",
        f"DROP TRIGGER {table}_no_truncate ON {table}",
        f"DROP FUNCTION {table}_refuse()",
    )


def last_posting() -> sa.ForeignKeyConstraint:
    """At the end of a transaction the last posting of each batch is there."""
    return sa.ForeignKeyConstraint(
        ["id", "size"],
        ["ledger_postings.batch_id", "ledger_postings.number"],
        name=op.f("fk_ledger_batches_last_posting"),
        deferrable=True,
        initially="DEFERRED",
    )


def make_batches(*more: sa.ForeignKeyConstraint) -> None:
    """SQLite takes the key into a table that is not there yet with the table, and never later."""
    op.create_table(
        "ledger_batches",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("order_code", sa.String(length=22), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(f"event IN ({EVENTS})", name=op.f("ck_ledger_batches_event_known")),
        sa.CheckConstraint("size >= 1", name=op.f("ck_ledger_batches_moves_something")),
        sa.CheckConstraint("total > 0", name=op.f("ck_ledger_batches_moves_an_amount")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_batches")),
        sa.UniqueConstraint("about", "event", name=op.f("uq_ledger_batches_about_event")),
        sa.UniqueConstraint("id", "currency", "size", name=op.f("uq_ledger_batches_id_currency_size")),
        *more,
    )
    op.create_index(op.f("ix_ledger_batches_at"), "ledger_batches", ["at"], unique=False)
    op.create_index("ix_ledger_batches_order_code", "ledger_batches", ["order_code"], unique=False)


def make_postings() -> None:
    """What a batch moves."""
    op.create_table(
        "ledger_postings",
        sa.Column("batch_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("target", sa.String(length=16), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.String(length=22), nullable=False),
        sa.Column("line_code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"source IN ({POTS})", name=op.f("ck_ledger_postings_source_known")),
        sa.CheckConstraint(f"target IN ({POTS})", name=op.f("ck_ledger_postings_target_known")),
        sa.CheckConstraint("source <> target", name=op.f("ck_ledger_postings_goes_somewhere")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_postings_is_an_amount")),
        sa.CheckConstraint("number BETWEEN 1 AND size", name=op.f("ck_ledger_postings_counted")),
        sa.CheckConstraint(
            f"payee <> '' OR (source NOT IN ({PAYEES}) AND target NOT IN ({PAYEES}))",
            name=op.f("ck_ledger_postings_somebodys"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id", "currency", "size"],
            ["ledger_batches.id", "ledger_batches.currency", "ledger_batches.size"],
            name=op.f("fk_ledger_postings_batch"),
        ),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_ledger_postings")),
    )
    op.create_index(
        "ix_ledger_postings_payee", "ledger_postings", ["payee", "currency", "source", "target", "amount"], unique=False
    )
    op.create_index("ix_ledger_postings_line_code", "ledger_postings", ["line_code"], unique=False)


def upgrade() -> None:
    """Tables, the key between them, what guards them, and the view of both sides of each posting."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    make_batches(*([last_posting()] if is_sqlite else []))
    make_postings()
    if not is_sqlite:
        op.create_foreign_key(
            op.f("fk_ledger_batches_last_posting"),
            "ledger_batches",
            "ledger_postings",
            ["id", "size"],
            ["batch_id", "number"],
            deferrable=True,
            initially="DEFERRED",
        )
    op.execute(ENTRIES)
    for table in TABLES:
        for statement in guards(table):
            op.execute(statement)


def downgrade() -> None:
    """What moved is forgotten."""
    for table in TABLES:
        for statement in unguards(table):
            op.execute(statement)
    op.execute("DROP VIEW ledger_entries")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("fk_ledger_batches_last_posting"), "ledger_batches", type_="foreignkey")
    op.drop_table("ledger_postings")
    op.drop_table("ledger_batches")
