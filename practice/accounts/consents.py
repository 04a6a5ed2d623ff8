"""This file knows which documents a person agrees to here, in which version."""

from __future__ import annotations

TERMS = "terms"
PRIVACY = "privacy"
CONSULT_SCOPE = "consult_scope"
# What a session is bought with; its text stands on the page where it is paid for.
SESSION_AGREEMENT = "session_agreement"
# Its text comes with groups; until then nobody is asked to agree.
GROUP_AGREEMENT = "group_agreement"

# A changed text gets a new version. Each agreement is kept with the version that was read.
VERSIONS = {TERMS: "2026-12", PRIVACY: "2026-12", CONSULT_SCOPE: "2026-11", SESSION_AGREEMENT: "2026-12"}
AT_SIGN_UP = (TERMS, PRIVACY)


def version_of(document: str) -> str:
    """The version in force now; raises `KeyError` for a document that does not exist."""
    return VERSIONS[document]
