"""Sessions are sold: no page and no letter says any more that they cannot be booked or paid for here yet."""

import re

from .source import ROOT

NOT_YET = re.compile(
    r"(?:can(?:’|')t|cannot|can not) be (?:booked|bought|paid)\b[^.]{0,40}\b(?:yet|so far)\b"
    r"|\b(?:not (?:yet )?(?:available|possible) (?:here )?yet|in a later version)\b"
    r"|(?:only|nothing but) (?:the )?free consultations? can be booked",
    re.I,
)


def test_nobody_reads_that_sessions_cannot_be_booked_here_yet():
    texts = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "templates").rglob("*.txt")]
    texts += (ROOT / "practice").rglob("*.py")
    found = {
        str(path.relative_to(ROOT)): said.group()
        for path in texts
        if (said := NOT_YET.search(" ".join(path.read_text(encoding="utf-8").split())))
    }

    assert not found
