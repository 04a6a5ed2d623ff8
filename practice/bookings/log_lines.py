"""This file knows what the log says in words about appointments."""

from practice.store.log_lines import log_kinds, log_lines

log_lines(
    {
        "booking.asked": "Asked for another time",
        "booking.asked_declined": "Agreed to none of the times asked for",
        "booking.cancelled_by_client": "Cancelled as the client",
        "booking.cancelled_by_specialist": "Cancelled for the specialist",
        "booking.chose_again": "Chose another time after the specialist had cancelled",
        "booking.client_missed": "Marked that the client was not there",
        "booking.clock_conflict": "Could not keep the agreed time after a change of clocks: please look",
        "booking.completed": "Marked that the call took place",
        "booking.confirmed": "Booked an appointment",
        "booking.granted_again": "Gave a pair another free consultation",
        "booking.had_money_back": "What was paid came back after the specialist had cancelled",
        "booking.late_released": "Cancelled as the client, late",
        "booking.money_returned": "Called off, because all that was paid for it has gone back",
        "booking.moved": "Moved an appointment",
        "booking.no_fit": "Said that a first session did not fit",
        "booking.proposed": "Offered other times",
        "booking.read": "Opened what the client wrote",
        "booking.released": "Gave a time back that was not re-confirmed",
        "booking.specialist_missed": "Marked that the specialist was not there",
        "booking.broken_agreed": "Agreed that the call did not work",
        "booking.tech_failure": "Marked that the call did not work",
        "booking.undone": "Took a booking back",
        "booking.waived": "Gave back more than was agreed",
        "booking.withdrawal": "Withdrew from a session, as the law lets them",
        "contest.answered": "Answered what was said about a missed call",
        "contest.opened": "Said that a missed call was otherwise",
        "contest.other_side": "Decided: the other side was not there",
        "contest.technical": "Decided: the call did not work",
        "contest.took_place": "Decided: the call took place",
        "contest.upheld": "Decided: it stays as it was marked",
        "feed.opened": "Opened a calendar address",
        "feed.revoked": "Closed a calendar address",
        "strike.noted": "Noted a strike",
        "strike.waived": "Took a strike back",
    }
)
log_kinds(
    {
        "booking": "Appointments",
        "contest": "Reports of missed calls",
        "feed": "Calendar addresses",
        "strike": "Strikes",
    }
)
