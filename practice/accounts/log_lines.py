"""This file knows what the log says in words about accounts."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "account.confirmed": "Confirmed the email address",
        "account.created": "Opened an account",
        "account.copied": "Downloaded a copy of their data",
        "account.erasure_asked": "Asked for the end of their account",
        "account.erasure_taken_back": "Kept their account after all",
        "account.erased": "An account was deleted for good",
        "account.sign_up_repeated": "Signed up with an address that is known",
        "account.email_change_asked": "Asked to change the email address",
        "account.email_change_undone": "Took the change of email address back",
        "account.email_changed": "Changed the email address",
        "account.lock_proposed": "Proposed to lock an account",
        "account.lock_withdrawn": "Took a proposed lock back",
        "account.locked": "Locked an account",
        "account.password_changed": "Changed the password",
        "account.removed": "Deleted an account that was never confirmed",
        "account.recovery_code_used": "Signed in with a recovery code",
        "account.recovery_codes_renewed": "Renewed the recovery codes",
        "account.reset_asked": "Asked to choose a new password",
        "account.role_given": "Gave an account a role",
        "account.sign_in_failed": "Did not get in with what was typed",
        "account.signed_in": "Signed in",
        "account.signed_out": "Signed out on a device",
        "account.signed_out_elsewhere": "Signed out on all other devices",
        "account.two_step_back_asked": "Said that phone and spare codes are lost",
        "account.two_step_kept": "Kept two-step sign-in on",
        "account.two_step_off": "Turned two-step sign-in off",
        "account.two_step_on": "Turned two-step sign-in on",
        "account.unlocked": "Opened a locked account again",
    }
)
log_kinds(
    {
        "account": "Accounts",
    }
)
