"""Receipts, invoices and credit notes: numbered without gaps, never changed; how payees are taxed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
TABLES = ("tax_profiles", "invoice_series", "invoices", "invoice_lines", "buyer_details", "invoice_buyers")
GUARDED = ("invoices", "invoice_lines")


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


def upgrade() -> None:
    """Nothing has been issued yet."""
    _tax_profiles()
    _invoice_series()
    _invoices()
    _invoice_lines()
    _buyer_details()
    _invoice_buyers()
    for table in GUARDED:
        for statement in guards(table):
            op.execute(statement)


def _tax_profiles() -> None:
    """How payees are taxed, version by version."""
    op.create_table(
        "tax_profiles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payee_code", sa.String(length=22), nullable=False),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("legal_name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("tax_number", sa.String(length=40), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("sentence", sa.String(length=200), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint("rate = 0 OR status = 'registered'", name=op.f("ck_tax_profiles_only_registered_charge")),
        sa.CheckConstraint("status IN ('registered', 'exempt', 'small')", name=op.f("ck_tax_profiles_status_known")),
        sa.CheckConstraint("rate >= 0 AND rate <= 5000", name=op.f("ck_tax_profiles_rate")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_profiles")),
        sa.UniqueConstraint("code", name=op.f("uq_tax_profiles_code")),
    )
    op.create_index("ix_tax_profiles_payee", "tax_profiles", ["payee_code", "id"])


def _invoice_series() -> None:
    """The numbers of each issuer, kind and year."""
    op.create_table(
        "invoice_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=3), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receipt', 'invoice', 'credit_note', 'commission', 'commission_credit')",
            name=op.f("ck_invoice_series_kind_known"),
        ),
        sa.CheckConstraint("last >= 0", name=op.f("ck_invoice_series_counts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_series")),
        sa.UniqueConstraint("issuer", "kind", "year", name=op.f("uq_invoice_series_issuer_kind_year")),
    )


def _invoices() -> None:
    """What was issued."""
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("payee_code", sa.String(length=22), nullable=False),
        sa.Column("recipient_code", sa.String(length=22), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("tax", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("facts", JSON, nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.CheckConstraint(
            "(corrects_id IS NOT NULL) = (kind IN ('commission_credit', 'credit_note'))",
            name=op.f("ck_invoices_corrects_something"),
        ),
        sa.CheckConstraint(
            "kind IN ('receipt', 'invoice', 'credit_note', 'commission', 'commission_credit')",
            name=op.f("ck_invoices_kind_known"),
        ),
        sa.CheckConstraint("gross > 0 AND tax >= 0 AND tax < gross", name=op.f("ck_invoices_amounts")),
        sa.CheckConstraint("number > 0", name=op.f("ck_invoices_counted")),
        sa.ForeignKeyConstraint(["batch_id"], ["ledger_batches.id"], name=op.f("fk_invoices_batch_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["invoices.id"], name=op.f("fk_invoices_corrects_id")),
        sa.ForeignKeyConstraint(["series_id"], ["invoice_series.id"], name=op.f("fk_invoices_series_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("cause", name=op.f("uq_invoices_cause")),
        sa.UniqueConstraint("code", name=op.f("uq_invoices_code")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_invoices_series_id_number")),
    )
    op.create_index("ix_invoices_batch", "invoices", ["batch_id", "kind"])
    op.create_index("ix_invoices_corrects", "invoices", ["corrects_id"])
    op.create_index("ix_invoices_payee", "invoices", ["payee_code", "kind", "id"])
    op.create_index("ix_invoices_recipient", "invoices", ["recipient_code", "id"])


def _invoice_lines() -> None:
    """What each says, line by line."""
    op.create_table(
        "invoice_lines",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("line_code", sa.String(length=22), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("gross > 0", name=op.f("ck_invoice_lines_is_an_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_lines_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "at", name=op.f("pk_invoice_lines")),
    )
    op.create_index("ix_invoice_lines_line", "invoice_lines", ["line_code"])


def _buyer_details() -> None:
    """What clients want to have on their invoices."""
    op.create_table(
        "buyer_details",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("details_sealed", sa.String(), nullable=True),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_buyer_details_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_buyer_details")),
        sa.UniqueConstraint("code", name=op.f("uq_buyer_details_code")),
        sa.UniqueConstraint("user_id", name=op.f("uq_buyer_details_user_id")),
    )


def _invoice_buyers() -> None:
    """Who each is made out to."""
    op.create_table(
        "invoice_buyers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("details_sealed", sa.String(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_buyers_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_buyers")),
        sa.UniqueConstraint("code", name=op.f("uq_invoice_buyers_code")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_invoice_buyers_invoice_id")),
    )
    op.create_index("ix_invoice_buyers_made_at", "invoice_buyers", ["made_at"])


def downgrade() -> None:
    """What was issued is forgotten; the ledger keeps what moved."""
    for table in GUARDED:
        for statement in unguards(table):
            op.execute(statement)
    for table in reversed(TABLES):
        op.drop_table(table)
