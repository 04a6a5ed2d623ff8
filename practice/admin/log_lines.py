"""This file knows what the log says in words about what staff look at."""

from practice.store.log_lines import log_lines

log_lines(
    {
        "account.opened_by_staff": "Looked an account up",
        "booking.opened_by_staff": "Looked a booking up",
        "contest.opened_by_staff": "Opened what somebody wrote about a missed call",
        "mail.sent_again": "Put a letter in line again",
        "order.opened_by_staff": "Looked an order up",
        "paper.opened": "Opened a document",
    }
)
