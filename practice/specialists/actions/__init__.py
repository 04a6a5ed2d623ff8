"""This file knows every change to a specialist by its verb: `actions.submit(...)`, `actions.publish(...)`."""

from .answering import note_answering
from .applying import (
    create_application,
    keep_credential,
    keep_profession,
    keep_words,
    submit,
    take_back,
)
from .editing import ask_revision, decide_revision, edit_words, set_photo
from .lowering import give_lower_price, take_lower_price_back
from .offering import end_offer, put_offer, set_consult, set_offer, set_prices
from .publishing import close, drop_credential_file, end_pause, expire, pause, publish, warn_of_expiry
from .reviewing import approve, ask_for_changes, claim, confirm_refusal, propose_refusal, withdraw_refusal
from .saving import forget, save
from .suspending import close_suspended, confirm_suspension, propose_suspension, reinstate, withdraw_suspension
from .topics import seed_topics

__all__ = [
    "approve",
    "ask_for_changes",
    "ask_revision",
    "claim",
    "close",
    "close_suspended",
    "confirm_refusal",
    "confirm_suspension",
    "create_application",
    "decide_revision",
    "drop_credential_file",
    "edit_words",
    "end_offer",
    "end_pause",
    "expire",
    "forget",
    "give_lower_price",
    "keep_credential",
    "keep_profession",
    "keep_words",
    "note_answering",
    "pause",
    "propose_refusal",
    "propose_suspension",
    "publish",
    "put_offer",
    "reinstate",
    "save",
    "seed_topics",
    "set_consult",
    "set_offer",
    "set_photo",
    "set_prices",
    "submit",
    "take_back",
    "take_lower_price_back",
    "warn_of_expiry",
    "withdraw_refusal",
    "withdraw_suspension",
]
