"""This package knows every change to a booking, one file for each verb; rooms call it as `actions.book(…)`."""

from .ask import agree, ask_times, decline_asked, lapse_asked, take_back_asked
from .attend import close_ended, complete, join, mark_client_missed, mark_specialist_missed
from .book import book, keep_preparation, reconfirm
from .broken import agree_broken, report_technical, return_broken
from .buy import Agreed, buy, order_of_form
from .cancel import cancel, cancel_by_specialist, end_returned, release_unconfirmed, undo
from .choose import choose_money, choose_time, return_unchosen
from .closing import close_times
from .contest import answer_contest, contest, decide_contest, grant_again, waive_strike
from .entry import keep_entry
from .exempt import end_exemption, exempt
from .feeds import new_feed, revoke_feed
from .hold import Visitor, expire_holds, forget_old_holds, give_up_hold, give_up_holds, hand_back_holds, hold
from .lengthen import OtherLength, change_length, order_length, take_length
from .more_back import say_no_fit, waive, withdraw
from .move import accept_proposal, decline_proposal, keep_wall_clock, lapse_proposals, move, propose
from .reserve import Details, Wish, confirm, reserve
from .sick_day import cancel_several
from .stopped import call_off, call_off_ahead, close_practice, offer_choice
from .wipe import forget_words

__all__ = [
    "Agreed",
    "Details",
    "OtherLength",
    "Visitor",
    "Wish",
    "accept_proposal",
    "agree",
    "agree_broken",
    "answer_contest",
    "ask_times",
    "book",
    "buy",
    "call_off",
    "call_off_ahead",
    "cancel",
    "cancel_by_specialist",
    "cancel_several",
    "change_length",
    "choose_money",
    "choose_time",
    "close_ended",
    "close_practice",
    "close_times",
    "complete",
    "confirm",
    "contest",
    "decide_contest",
    "decline_asked",
    "decline_proposal",
    "end_exemption",
    "end_returned",
    "exempt",
    "expire_holds",
    "forget_old_holds",
    "forget_words",
    "give_up_hold",
    "give_up_holds",
    "grant_again",
    "hand_back_holds",
    "hold",
    "join",
    "keep_entry",
    "keep_preparation",
    "keep_wall_clock",
    "lapse_asked",
    "lapse_proposals",
    "mark_client_missed",
    "mark_specialist_missed",
    "move",
    "new_feed",
    "offer_choice",
    "order_length",
    "order_of_form",
    "propose",
    "reconfirm",
    "release_unconfirmed",
    "report_technical",
    "reserve",
    "return_broken",
    "return_unchosen",
    "revoke_feed",
    "say_no_fit",
    "take_back_asked",
    "take_length",
    "undo",
    "waive",
    "waive_strike",
    "withdraw",
]
