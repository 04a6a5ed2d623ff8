"""A row says of four thousand questions which of them hold a word; what each holds stands beside it, once."""

import zlib
from collections import defaultdict
from itertools import groupby

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

A_SHELF, WEIGHTS = 4096, (1, 13, 169)
RELATIONS = "('partner', 'family', 'friend', 'work', 'self')"


def upgrade() -> None:
    """What was found before is found by the same words after."""
    bind = op.get_bind()
    entries = _read(bind, "SELECT question_id, code, published_on, relation, topics, is_answered FROM question_entries")
    marks = {each["question_id"]: _marks(each) for each in entries}
    words, vocabularies = _by_shelf(bind, marks)
    op.drop_table("question_words")
    op.drop_table("question_entries")
    _tables()
    for each in entries:
        del each["relation"], each["topics"], each["is_answered"]
    _insert(bind, "question_entries", entries)
    _insert(bind, "question_vocabularies", vocabularies)
    _insert(bind, "question_words", words)


def downgrade() -> None:
    """A row for each word of each question again."""
    bind = op.get_bind()
    entries = _read(bind, "SELECT question_id, code, published_on FROM question_entries")
    found = {
        each["question_id"]: [
            (word, weight)
            for weight, line in zip(WEIGHTS, each["words"].split("\n"), strict=False)
            for word in line.split(" ")
            if word
        ]
        for each in _read(bind, "SELECT question_id, words FROM question_vocabularies")
    }
    for table in ("question_words", "question_vocabularies", "question_entries"):
        op.drop_table(table)
    _tables_before()
    _insert(bind, "question_entries", [each | _unmarked(found.get(each["question_id"], [])) for each in entries])
    for question_id, words in found.items():
        plain = [(word, weight) for word, weight in words if not word.startswith("#")]
        rows = [{"word": word, "question_id": question_id, "weight": weight} for word, weight in plain]
        _insert(bind, "question_words", rows)


def _plain():
    return "C" if op.get_bind().dialect.name == "postgresql" else None


def _read(bind, asked: str) -> list[dict]:
    return [dict(each) for each in bind.execute(sa.text(asked)).mappings()]


def _insert(bind, table: str, rows: list[dict]) -> None:
    if rows:
        columns = [sa.column(each) for each in rows[0]]
        bind.execute(sa.insert(sa.table(table, *columns)), rows)


# ---------------------------------------------------------------- what is stored


def _by_shelf(bind, marks: dict[int, list[str]]) -> tuple[list[dict], list[dict]]:
    asked = sa.text("SELECT question_id, word, weight FROM question_words ORDER BY question_id, word")
    words, vocabularies = [], []
    for shelf, rows in groupby(bind.execute(asked), lambda row: row[0] // A_SHELF):
        bits: dict[str, int] = defaultdict(int)
        for question_id, own in groupby(rows, lambda row: row[0]):
            lines: dict[int, list[str]] = {weight: [] for weight in WEIGHTS}
            for word, weight in [*((row[1], row[2]) for row in own), *((each, 1) for each in marks[question_id])]:
                bits[word] |= 1 << (A_SHELF * WEIGHTS.index(weight) + question_id % A_SHELF)
                lines[weight].append(word)
            together = "\n".join(" ".join(sorted(lines[weight])) for weight in WEIGHTS)
            vocabularies.append({"question_id": question_id, "words": together})
        words += [{"word": word, "shelf": shelf, "bits": _packed(bits[word])} for word in sorted(bits)]
    return words, vocabularies


def _packed(bits: int) -> bytes:
    return zlib.compress(bits.to_bytes(A_SHELF * len(WEIGHTS) // 8, "little"), 1)


def _marks(entry: dict) -> list[str]:
    topics = [f"#topic:{at}" for at in range(63) if entry["topics"] >> at & 1]
    about = [f"#about:{entry['relation']}"] if entry["relation"] else []
    return [*topics, *about, *(["#answered"] if entry["is_answered"] else [])]


def _unmarked(words: list[tuple[str, int]]) -> dict:
    marks = [word for word, _ in words if word.startswith("#")]
    about = [each.removeprefix("#about:") for each in marks if each.startswith("#about:")]
    topics = sum(1 << int(each.removeprefix("#topic:")) for each in marks if each.startswith("#topic:"))
    return {"relation": about[0] if about else None, "topics": topics, "is_answered": "#answered" in marks, "stamp": ""}


# ---------------------------------------------------------------- tables


def _tables() -> None:
    op.create_table(
        "question_entries",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22, collation=_plain()), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        _question("question_entries"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_entries")),
    )
    op.create_index("ix_question_entries_listed", "question_entries", ["published_on", "code", "question_id"])
    op.create_table(
        "question_vocabularies",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _question("question_vocabularies"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_vocabularies")),
    )
    op.create_table(
        "question_words",
        sa.Column("word", sa.String(length=32, collation=_plain()), nullable=False),
        sa.Column("shelf", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("word", "shelf", name=op.f("pk_question_words")),
        sqlite_with_rowid=False,
    )


def _tables_before() -> None:
    op.create_table(
        "question_entries",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=22, collation=_plain()), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("relation", sa.String(length=8), nullable=True),
        sa.Column("topics", sa.BigInteger(), nullable=False),
        sa.Column("is_answered", sa.Boolean(), nullable=False),
        sa.Column("stamp", sa.String(length=22), nullable=False),
        sa.CheckConstraint(f"relation IN {RELATIONS}", name=op.f("ck_question_entries_relation_known")),
        _question("question_entries"),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_question_entries")),
    )
    op.create_index("ix_question_entries_listed", "question_entries", ["published_on", "code"])
    op.create_table(
        "question_words",
        sa.Column("word", sa.String(length=32, collation=_plain()), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        _question("question_words"),
        sa.PrimaryKeyConstraint("word", "question_id", name=op.f("pk_question_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_question_words_question", "question_words", ["question_id", "word"])


def _question(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_question_id")
    return sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name=name, ondelete="CASCADE")
