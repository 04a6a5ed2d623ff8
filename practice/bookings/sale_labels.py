"""This file knows how the money of a session is put into words: what it costs, what comes back and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from practice.accounts import consents
from practice.http.clocks import clock_time, local, zone_name
from practice.http.formats import amount, money
from practice.specialists.cancel_rules import CancelRule, preset_of
from practice.values import clock, counts
from practice.values.money import Money

from . import limits, sold, withdrawing
from .lengths import Length
from .models import WITHDREW, Booking
from .money_back import Sold, Split, Why, promises, steps
from .sold import ForSale
from .states import BookingState
from .who_may import Possible

DATE = "EEEE d MMMM, HH:mm"

# Why so much came back, said to the client.
WHY = {
    Why.NEVER_STOOD: "It was never booked.",
    Why.UNDONE: "It was taken back within minutes of booking.",
    Why.IN_TIME: "It was cancelled in good time.",
    Why.LATE: "It was cancelled after the free deadline, so a part is kept, as agreed.",
    Why.TOO_LATE: "It was cancelled too shortly before the start for anything to come back, as agreed.",
    Why.GRACE: (
        f"One late cancellation in {counts.number(limits.GRACE_MONTHS)} months comes back whole, whatever the reason. "
        "This is that one."
    ),
    Why.STOPPED: "Its practice took no appointments at that time, so all of it comes back.",
    Why.WITHDRAWN: (
        f"Within {counts.in_days(limits.WITHDRAWAL)} of a payment, all of it comes back for a session that has not "
        "taken place."
    ),
    Why.STANDS: "It was made shorter, and what had been paid beyond its new price came back.",
    Why.CANCELLED_BY_SPECIALIST: "Your specialist cancelled it.",
    Why.CANCELLED_BY_PLATFORM: "The time went back to others.",
    Why.CLIENT_MISSED: "It was marked that you were not there: as agreed, that is like cancelling at the last moment.",
    Why.SPECIALIST_MISSED: "Your specialist was not there.",
    Why.TECHNICAL: "The call did not work.",
    Why.NO_FIT: "It did not fit, and then a first session costs nothing.",
    Why.WAIVED: "Your specialist lets you have more back than was agreed.",
    Why.RETURNED: "It had come back before it ended, and stays with you.",
    Why.DECIDED: "Our staff looked at it and decided so.",
}
# The same before anything is cancelled, where that is said otherwise.
WHY_NOW = WHY | {
    Why.UNDONE: "You booked it only minutes ago, so all of it comes back.",
    Why.IN_TIME: "You are in good time.",
    Why.LATE: "The free deadline is over, so a part is kept, as agreed.",
    Why.TOO_LATE: "It starts too soon for anything to come back, as agreed.",
    Why.STOPPED: (
        "This practice takes no appointments at the moment. As long as that is so, all of it comes back, whenever you "
        "cancel."
    ),
}
# What letters know of what has no price.
NO_DEADLINES: dict[str, Any] = {
    "until_list_at": [],
    "backs": [],
    "withdrawn_until_at": None,
    "bought_at": None,
    "agreement_version": "",
}
# What letters say of money that has come back, or will.
NOTHING_BACK = ("comes_back", "came", "by_hand", "waits", "at_once", "why")
SHARES = {0: "nothing", 25: "a quarter", 50: "half", 75: "three quarters"}


def date(instant: datetime) -> str:
    """ "Monday 16 March, 17:00, Dublin time"."""
    return f"{local(instant, pattern=DATE)}, {zone_name(instant)}"


def when_and_with(booking: Booking) -> str:
    """ "Tuesday 17 March, 17:00 to 17:50, Dublin time, with Tomás"."""
    until = f"{clock_time(booking.ends_at)}, {zone_name(booking.starts_at)}"
    return f"{local(booking.starts_at, pattern=DATE)} to {until}, with {booking.specialist.called}"


def of_length(length: Length | None, booking: Booking) -> str:
    """What another time, or another length, costs whoever has paid for theirs; empty for what is free."""
    price = booking.price
    if price is None:
        return ""
    if length is None or length.price == price:
        return f"Nothing to pay. Your {amount(sold.left_and_returned(booking)[0])} moves with it."
    instead = f"{amount(length.price)} instead of {amount(price)}"
    if length.more.is_free:
        back = "nothing more comes back" if length.back.is_free else f"{amount(length.back)} comes back to your card"
        return (
            f"{instead}: {back}{', since something had come back before.' if length.counts_before else ' by itself.'}"
        )
    return f"{instead}. You pay the difference, {amount(length.more)}, on the next pages."


def stands(booking: Booking) -> str:
    """That what was bought before is as it is, where it is; else empty."""
    return f"Your session stands as it is: {when_and_with(booking)}." if booking.is_confirmed else ""


def policy(found: Sold, now: datetime) -> tuple[str, str]:
    """What is promised about one session in a sentence or two: until when it is free, and what comes back after that;
    once that is over, what comes back now."""
    (free_until, _), *later = steps(found)
    if free_until < now:
        holds = [brings for until, brings in later if now <= until]
        return (
            f"The free deadline was {date(free_until)}.",
            f"Cancelled now, {_part(holds[0])} comes back." if holds else "",
        )
    begins = [free_until, *(until for until, _ in later)]
    back = [_comes(begins[at], brings, found.starts_at, at) for at, (_, brings) in enumerate(later)]
    return f"Free to cancel until {date(free_until)}.", f"After that {', and '.join(back)}." if back else ""


def when_cancelled(booking: Booking, possible: Possible) -> str:
    """What a cancellation brings now, and until when, for its client who cannot move it."""
    if booking.price is not None:
        return " ".join(policy(sold.to_cancel(booking), clock.now())).rstrip()
    says, late = booking.terms.says, counts.in_hours(booking.terms.late)
    if possible.cancel_counts:
        return says.late_on_its_page.format(late=late, name=booking.specialist.called)
    return says.in_time_when_fixed.format(until=date(possible.counts_from))


def _comes(begins: datetime, brings: Split, starts_at: datetime, at: int) -> str:
    return f"in the last {counts.in_hours(starts_at - begins)} {_part(brings)}" if at else f"{_part(brings)} comes back"


def _part(brings: Split) -> str:
    """So many per cent in words, as `cancel_rules.for_client` says them; the amount, where a payment comes back whole
    beside what a rule says."""
    if brings.why == Why.WITHDRAWN and brings.share < 100:
        return amount(brings.back)
    return SHARES.get(brings.share, f"{brings.share}%")


def preset(rule: CancelRule) -> str:
    """What the rule is called: "Standard"; empty for what is no preset any more."""
    found = preset_of(rule)
    return found.capitalize() if found else ""


def promised(found: Sold, now: datetime) -> list[dict[str, Any]]:
    """Each deadline with what a cancellation until then brings, for pages before and after the sale."""
    return [
        {
            "until": until,
            "back": amount(brings.due),
            "is_nothing": brings.due.is_free,
            "of": amount(brings.due + brings.kept),
        }
        for until, brings in promises(found, now)
    ]


def deadlines_of(booking: Booking) -> dict[str, Any]:
    """The same for letters: the instants and what comes back until each, until when the law lets them withdraw, and
    what was agreed to when; nothing of what is free, or does not stand."""
    if booking.price is None or not booking.is_confirmed:
        return NO_DEADLINES
    found = sold.to_cancel(booking)
    said = promised(found, clock.now())
    return {
        "until_list_at": [each["until"].isoformat() for each in said],
        "backs": ["nothing" if each["is_nothing"] else each["back"] for each in said],
        "withdrawn_until_at": found.withdrawn_until.isoformat() if found.withdrawn_until else None,
        "bought_at": sold.bought_at(booking).isoformat(),
        "agreement_version": consents.version_of(booking.terms.consent),
    }


ANOTHER_VERSION = "This has changed while your page was open. Please look once more; nothing was charged."


def sale_changed(sale: ForSale) -> str:
    """What is said to somebody whose page showed another price or rule."""
    return (
        f"This has changed while your page was open: it costs {money(sale.price)} now, and can be cancelled free of "
        f"charge until {counts.in_hours(sale.rule.free_for)} before. Please look once more; nothing was charged."
    )


def why(booking: Booking) -> str:
    """Why so much came back as did, for the client, and why a part is kept beside it; empty where nothing decided it
    yet."""
    if booking.returned_why == Why.RETURNED and booking.state == BookingState.RELEASED:
        return "It was called off, because a payment for it was given back."
    said = WHY.get(Why(booking.returned_why), "") if booking.returned_why else ""
    if booking.returned_why == Why.WITHDRAWN and not (kept := sold.left_and_returned(booking)[0]).is_free:
        said += (
            f" {amount(kept)} is kept: the days of what you paid before were over, so your booking’s rule holds there."
        )
    return said


def brings_to(booking: Booking, now: datetime) -> dict[str, Any] | None:
    """What a cancellation would bring now, by the calculator that the action asks; None for what is free."""
    if booking.price is None:
        return None
    _, found = sold.cancelled(booking, now)
    free, after = policy(sold.to_cancel(booking), now)
    # What is forgiven or taken back is kept in no part, so no part is named.
    says_after = found.why not in (Why.GRACE, Why.UNDONE)
    before, by_hand = found.back - found.due, sold.owed_by_hand(booking)
    return {
        "back": amount(found.due),
        "of": amount(found.due + found.kept),
        "before": _if_any(before - min(before, by_hand)),
        "by_hand_said": _did_not_arrive(by_hand),
        "waits": _if_any(found.waits),
        "at_once": _if_any(found.due - found.waits),
        "in_short": _in_short(found),
        "kept": amount(found.kept),
        "keeps": not found.kept.is_free,
        "returns": not found.due.is_free,
        "why": WHY_NOW.get(found.why, ""),
        "policy": f"{free} {after}".rstrip() if says_after else free,
        "minor": found.back.amount,
    }


def withdrawing_brings(booking: Booking, now: datetime) -> dict[str, Any] | None:
    """The same of a notice of withdrawal; None where nobody can send one."""
    found = withdrawing.now_brings(booking, now)
    if found is None:
        return None
    _, brings = found
    return {
        "back": amount(brings.due),
        "of": amount(brings.due + brings.kept),
        "keeps": _if_any(brings.kept),
        "waits": _if_any(brings.waits),
        "at_once": _if_any(brings.due - brings.waits),
        "in_short": _in_short(brings),
        "minor": brings.back.amount,
    }


def _in_short(found: Split) -> str:
    """For a button: "€72.00 back now, €38.00 once the bank has decided"."""
    if found.waits.is_free:
        return f"{amount(found.due)} back now"
    if found.due == found.waits:
        return f"{amount(found.due)} back, once the bank has decided"
    return f"{amount(found.due - found.waits)} back now, {amount(found.waits)} once the bank has decided"


def came_of(found: Split, to: str) -> str:
    """What is said after a press that gave something back `to` somewhere: what goes now, and what waits."""
    decided = "once the bank of the card has decided"
    if found.waits.is_free:
        return f"{amount(found.due)} goes back to {to}."
    if found.due == found.waits:
        return f"{amount(found.due)} goes back to {to} {decided}. Until then nothing is sent."
    return f"{amount(found.due - found.waits)} goes back to {to} now, and {amount(found.waits)} {decided}."


def _if_any(some: Money) -> str:
    """An amount, or "" for none."""
    return "" if some.is_free else amount(some)


def money_of(booking: Booking) -> dict[str, Any] | None:
    """What was paid for a booking, what has come back of it, and why; None for what is free."""
    if booking.price is None:
        return None
    kept, returned = sold.left_and_returned(booking)
    came, by_hand = sold.came_back(booking), sold.owed_by_hand(booking)
    paid, due, waits = kept + returned, returned - came - by_hand, sold.held_by_bank(booking)
    return {
        # All that was paid for it: beyond its price now, where it has been made shorter since.
        "price": amount(booking.price if paid.is_free else paid),
        "came": _if_any(came),
        "came_said": "" if came.is_free else _came(booking, came, paid),
        "due": _if_any(due),
        "at_once": _if_any(due - waits),
        "by_hand": _if_any(by_hand),
        "by_hand_said": _did_not_arrive(by_hand),
        "waits": _if_any(waits),
        "kept": amount(kept),
        "keeps": not kept.is_free,
        "returned": amount(returned),
        "returns": not returned.is_free,
        "returned_minor": returned.amount,
        "why": why(booking),
        "chooses": sold.chooses_until(booking) is not None,
        "unchosen": _unchosen(booking),
    }


def _came(booking: Booking, came: Money, paid: Money) -> str:
    part, by_bank = "all" if came == paid else amount(came), sold.came_by_bank(booking)
    ours = part if by_bank.is_free else amount(came - by_bank)
    of_bank = part if by_bank == came else amount(by_bank)
    said = (
        []
        if by_bank.is_free
        else [f"The bank of your card decided about this payment, and gave you {of_bank} of it back."]
    )
    if by_bank < came:
        said.append(f"{ours[0].upper()}{ours[1:]} of it was sent back; your bank usually shows it after some days.")
    return " ".join(said)


def _did_not_arrive(some: Money) -> str:
    if some.is_free:
        return ""
    return (
        f"The bank of your card did not take {amount(some)} back. It is not lost: a person of ours writes to you and "
        "pays it another way."
    )


def to_choose(booking: Booking, possible: Possible) -> dict[str, Any] | None:
    """That its client is asked what becomes of their money, and until when; None where nothing is left to choose."""
    until = sold.chooses_until(booking)
    if until is None or booking.price is None:
        return None
    paid, has_times = amount(booking.price), bool(possible.choose_time)
    what = f"choose what becomes of your {paid}" if has_times else f"your {paid} comes back"
    return {
        "code": booking.code,
        "has_times": has_times,
        "title": f"{booking.specialist.called} cancelled: {what}",
        "when": when_and_with(booking),
        "until": until,
    }


def no_notice(booking: Booking, now: datetime) -> str:
    """Why its client can send no notice of withdrawal now, and when they sent one; an instant by their clock."""
    sent = next((move.at for move in booking.moves if move.reason == WITHDREW), None)
    if sent is not None:
        return f"Your notice arrived here on {date(sent)}."
    if booking.returned_why == Why.WITHDRAWN:
        return "You have withdrawn from it already."
    if booking.price is None or not booking.can_withdraw:
        return "There is no right by law to withdraw from it."
    if booking.state not in sold.CAME_TO:
        return "It does not take place any more, so there is nothing left to withdraw from."
    if sold.left_and_returned(booking)[0].is_free:
        return "All that you paid for it has gone back already."
    until = sold.withdrawn_until(booking, booking.lengthened_at or sold.bought_at(booking))
    if until is not None and until < now:
        return f"The days in which you could withdraw ended on {date(until)}."
    if now < booking.ends_at:
        return "It has begun. Until then you could withdraw from it."
    return "It has taken place, within the days in which you could withdraw, as you had asked."


def _unchosen(booking: Booking) -> str:
    """Why its client, who was to choose, has no choice any more; else empty."""
    if booking.choice_until is None or sold.chooses_until(booking) is not None:
        return ""
    if sold.is_asked_back(booking):
        return "Your bank was asked about this money, so another time cannot be chosen for it."
    return "So there is nothing left to choose: whatever is not back yet comes back by itself."


def facts_of(booking: Booking) -> dict[str, Any]:
    """The same for letters, and what is `left` of what was paid; what is free has a price of "" in them."""
    if booking.price is None:
        return {"price": "", "left": "", "returns": False} | dict.fromkeys(NOTHING_BACK, "")
    left = amount(sold.left_and_returned(booking)[0])
    if booking.is_live:
        return {"price": amount(booking.price), "left": left, "returns": False} | dict.fromkeys(NOTHING_BACK, "")
    found = money_of(booking)
    assert found is not None, "it has a price"
    said = {name: found[name] for name in ("price", "returns", *NOTHING_BACK[1:])}
    return said | {"left": left, "comes_back": found["returned"]}


def asked_whether(booking: Booking, possible: Possible, viewer_id: int) -> str:
    """What one side reads while the other has said that a paid call did not work, or is asked; else empty."""
    if booking.price is None or not sold.awaits_word(booking):
        return ""
    asks, is_client = possible.agree_broken, viewer_id == booking.client_id
    other = booking.specialist.called if is_client else "your client"
    left = amount(sold.left_and_returned(booking)[0])
    back = f"all of {left} {'comes back to you' if is_client else 'goes back to them'}"
    until = date((booking.ended_at or clock.now()) + limits.CONTEST_WINDOW)
    said = (
        f"{other[0].upper()}{other[1:]} told us that the call did not work."
        if asks
        else f"You told us that the call did not work, and we have asked {other}."
    )
    return f"{said} If nobody says otherwise until {until}, {back}."
