"""This file knows every change to an account, each one whole or not at all."""

from .devices import Seen, add_device, end_device, end_other_devices, note_hours, note_seen, sweep_devices
from .endings import end_what_was_left, sign_out_elsewhere
from .erasing import ask_for_erasure, erase_again, erase_due, forget_certificates, keep_account, note_copy
from .join import (
    NewAccount,
    accept_invite,
    agree_by_booking,
    begin_anew,
    confirm,
    invite_staff,
    record_consent,
    remove_unconfirmed,
    sign_up,
)
from .locking import agree_to_lock, lock_as_operator, propose_lock, unlock, withdraw_lock
from .lost import ask_for_way_back, send_ways_back, take_way_back
from .mailbox import ask_for_new_email, note_bounce, take_back, take_new_email, undo_new_email
from .password import ask_for_reset, change_password, note_failure, refresh_hash, reset_password
from .profile import Discretion, give_role, save_clock, save_discretion, save_invites, save_place, save_you, save_zone
from .two_step import keep_on, new_codes, pass_code, pass_recovery_code, turn_off, turn_on

__all__ = [
    "Discretion",
    "NewAccount",
    "Seen",
    "accept_invite",
    "add_device",
    "agree_by_booking",
    "agree_to_lock",
    "ask_for_erasure",
    "ask_for_new_email",
    "ask_for_reset",
    "ask_for_way_back",
    "begin_anew",
    "change_password",
    "confirm",
    "end_device",
    "end_other_devices",
    "end_what_was_left",
    "erase_again",
    "erase_due",
    "forget_certificates",
    "give_role",
    "invite_staff",
    "keep_account",
    "keep_on",
    "lock_as_operator",
    "new_codes",
    "note_bounce",
    "note_copy",
    "note_failure",
    "note_hours",
    "note_seen",
    "pass_code",
    "pass_recovery_code",
    "propose_lock",
    "record_consent",
    "refresh_hash",
    "remove_unconfirmed",
    "reset_password",
    "save_clock",
    "save_discretion",
    "save_invites",
    "save_place",
    "save_you",
    "save_zone",
    "send_ways_back",
    "sign_out_elsewhere",
    "sign_up",
    "sweep_devices",
    "take_back",
    "take_new_email",
    "take_way_back",
    "turn_off",
    "turn_on",
    "undo_new_email",
    "unlock",
    "withdraw_lock",
]
