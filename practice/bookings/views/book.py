"""This file knows the pages on which a time of an offer is chosen and booked."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from flask import flash, jsonify, redirect, request
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from practice.accounts import intents, rate_limits
from practice.accounts.models import Intent
from practice.bookings import (
    actions,
    begun,
    booking_form,
    forms,
    labels,
    limits,
    picking,
    policy,
    queries,
    slot_picker,
    visitors,
)
from practice.bookings.actions import Details
from practice.bookings.errors import (
    BookedBefore,
    NotEligible,
    NotThisTime,
    OfferChanged,
    SlotTaken,
    SpentForm,
)
from practice.bookings.models import Booking
from practice.bookings.queries import Chosen
from practice.bookings.terms import Refusal
from practice.http.access import public
from practice.http.clocks import local, reader
from practice.http.forms import as_read
from practice.http.pages import BESIDE, link, page
from practice.safety.danger import danger
from practice.specialists import queries as specialists
from practice.specialists.models import Offer
from practice.store import sealed
from practice.values import clock
from practice.values.errors import Conflict

from . import unpaid
from .blueprint import bp

FIELDS = booking_form.FIELDS


# ---------------------------------------------------------------- a time, then the form


# The addresses without a code are from the days when each specialist had one offer: they mean the free consultation.
@bp.post("/specialists/<slug>/book", defaults={"code": ""})
@bp.post("/specialists/<slug>/offers/<code>/book")
@public
@rate_limits.per_address(limits.CHOICES_PER_ADDRESS)
def hold(slug: str, code: str) -> Response | Any:
    """Keep the chosen time while the form is open."""
    starts_at = forms.parse_start(request.form.get("start"))
    if starts_at is None:
        return _choose_first(slug, "Choose a time first.")
    if (too_late := _too_late(slug, code, starts_at)) is not None:
        return too_late
    chosen = queries.chosen_offer(slug, code)
    try:
        held = actions.hold(chosen.offer, starts_at, visitors.visitor())
    except NotThisTime as refusal:
        return taken(chosen.offer, starts_at, refusal)
    except NotEligible as refusal:
        return _not_for_them(slug, refusal)
    return _to_the_form(chosen, starts_at, held)


def _to_the_form(chosen: Chosen, starts_at: datetime, held: Booking | None) -> Response:
    _say_what_changed(chosen)
    begun.keep_time(chosen.offer, starts_at, held)
    return redirect(begun.address(chosen.offer), 303)


@bp.get("/specialists/<slug>/book", defaults={"code": ""})
@bp.get("/specialists/<slug>/offers/<code>/book")
@public
def new(slug: str, code: str) -> Response | Any:
    """The one form between a time and a booking; usable before sign-in."""
    chosen = queries.chosen_offer(slug, code)
    offer = chosen.offer
    if offer.code != code:
        return _lead_on(chosen, code)
    if (unpayable := queries.unpayable(offer)) is not None:
        return _not_for_them(slug, unpayable)
    return _form_for(offer, begun.of(offer))


def _form_for(offer: Offer, intent: Intent | None) -> Response:
    """The form for the time that was asked for or chosen before, or what else there is where that is gone."""
    fields = intents.shown(intent) if intent else {}
    starts_at = forms.parse_start(request.args.get("start") or fields.get("start"))
    if starts_at is None:
        return redirect(begun.times(offer))
    held = own_hold(intent, offer, starts_at)
    try:
        require_free(offer, starts_at, held)
    except SlotTaken as refusal:
        return taken(offer, starts_at, refusal)
    form, blank = _shown(offer, fields, starts_at, held)
    return form_page(offer, starts_at, form, held, blank=blank)


def _lead_on(chosen: Chosen, code: str) -> Response:
    """From an older address to that of the offer as it is now: for good where it named no version."""
    _say_what_changed(chosen)
    query = request.query_string.decode("latin-1")
    return redirect(begun.address(chosen.offer) + (f"?{query}" if query else ""), 302 if code else 301)


def _say_what_changed(chosen: Chosen) -> None:
    if chosen.has_changed:
        flash(labels.changed(chosen, current_user), "warning")


def _picker_of(slug: str, week: str | None = None, day: str | None = None) -> str:
    """Where times are chosen: of what was looked at there, where the picker names it."""
    looked_at = request.values.get("offer") or None
    return link("directory.show", slug=slug, week=week, day=day, offer=looked_at, _anchor="book")


@bp.post("/specialists/<slug>/book/confirm", defaults={"code": ""})
@bp.post("/specialists/<slug>/offers/<code>/book/confirm")
@public
@rate_limits.per_address(limits.CHOICES_PER_ADDRESS)
def create(slug: str, code: str) -> Response | Any:
    """Book it: every rule is asked again, and what was written is kept whatever the answer."""
    chosen = queries.chosen_offer(slug, code)
    offer = chosen.offer
    form = booking_form.of(offer)
    starts_at = forms.parse_start(form.start.data)
    if starts_at is None or chosen.has_changed:
        return _without_a_time(offer, form) if starts_at is None else _not_as_it_was(chosen, form)
    held = own_hold(begun.of(offer), offer, starts_at, form.hold.data)
    if not form.validate_on_submit():
        return form_page(offer, starts_at, form, held, status=422)
    if not form.help_shown.data and danger(form.note.data):
        form.help_shown.data = "yes"
        return form_page(offer, starts_at, form, held, show_help=True)
    return _book(offer, starts_at, form, held)


def _not_as_it_was(chosen: Chosen, form: forms.BookForm) -> Response:
    """Nobody books at a price, or for a length, that their form did not show: it comes back as the offer is now."""
    if _wants_json():
        return _refused(OfferChanged(labels.changed(chosen, current_user)))
    begun.keep(chosen.offer, _fields(form) | {"start": form.start.data}, None)
    _say_what_changed(chosen)
    return redirect(begun.address(chosen.offer), 303)


def _without_a_time(offer: Offer, form: forms.BookForm) -> Response:
    begun.keep(offer, _fields(form), None)
    flash("Choose a time first. What you wrote is kept.", BESIDE)
    return redirect(begun.times(offer))


def _choose_first(slug: str, sentence: str) -> Response:
    """Back to the times, in the week and on the day that were shown; the picker says it itself."""
    flash(sentence, BESIDE)
    week = forms.parse_week(request.form.get("week"))
    return redirect(_picker_of(slug, week.isoformat() if week else None, request.form.get("day") or None))


def _book(offer: Offer, starts_at: datetime, form: forms.BookForm, held: Booking | None) -> Response | Any:
    try:
        if not current_user.is_authenticated:
            return _gate(offer, starts_at, form, held)
        if offer.price.amount:
            return _to_review(offer, form, held)
        booking = actions.book(current_user, offer, starts_at, _details(form), held)
    except BookedBefore as refusal:
        return _booked_before(refusal, starts_at, form)
    except NotThisTime as refusal:
        if not _wants_json():
            begun.keep(offer, _fields(form) | {"start": form.start.data}, None)
        return taken(offer, starts_at, refusal)
    except NotEligible as refusal:
        if _wants_json():
            return _refused(refusal, rule=refusal.refusal)
        begun.keep(offer, _fields(form) | {"start": form.start.data}, held)
        return form_page(offer, starts_at, form, held, status=409, refusal=refusal.refusal)
    except SpentForm as refusal:
        return _refused(refusal) if _wants_json() else _once_more(offer, starts_at, form, refusal)
    begun.end(offer)
    return redirect(link("bookings.confirmed", code=booking.code), 303)


def _to_review(offer: Offer, form: forms.BookForm, held: Booking | None) -> Response:
    """What has a price is looked at once more before it is paid; nothing is booked yet. Raises `NotEligible`."""
    eligibility = queries.eligibility_of(current_user, offer.specialist, offer, location=form.location.data or None)
    if found := policy.refusals(eligibility, clock.now()):
        raise NotEligible(found[0], eligibility.terms)
    begun.keep(offer, _fields(form) | {"start": form.start.data}, held)
    return redirect(link("bookings.review", slug=offer.specialist.slug, code=offer.code), 303)


def _booked_before(refusal: BookedBefore, starts_at: datetime, form: forms.BookForm) -> Response:
    """This form was answered already, with other words: what was booked beside what stands in it now."""
    booking = queries.booking_of_client(current_user, refusal.booking)
    if _wants_json():
        return _refused(refusal, booking=booking.code)
    begun.end(booking.appointment.offer)
    rows = [("Time", local(booking.starts_at), local(starts_at))]
    rows += [(form[n].label.text, as_read(form[n], v), as_read(form[n], form[n].data)) for n, v in form_rows(booking)]
    differ = [row for row in rows if row[1] != row[2]]
    person = labels.person(booking.specialist)
    return page("bookings/booked_before.html", 409, booking=booking, person=person, rows=differ)


def form_rows(booking: Booking) -> list[tuple[str, Any]]:
    """What a booking keeps of its form, by the names of the fields."""
    return [(name, sealed.shown(booking, name)) for name in FIELDS]


def _once_more(offer: Offer, starts_at: datetime, form: forms.BookForm, refusal: SpentForm) -> Response:
    """The same words in a form that can book again, if that is what is meant."""
    form.form_key.data = secrets.token_urlsafe(24)
    flash(f"{refusal.message} Press the button again if you would like it after all.", "warning")
    return form_page(offer, starts_at, form, None, status=409)


def _gate(offer: Offer, starts_at: datetime, form: forms.BookForm, held: Booking | None) -> Response:
    """Sign-in is asked for now, not before; the form comes back as it was. Raises `NotEligible` or `SlotTaken` where an
    account would be made for nothing."""
    if (hopeless := queries.hopeless(current_user, offer)) is not None:
        raise hopeless
    require_free(offer, starts_at, held)
    kept = _fields(form) | {"start": form.start.data}
    kept |= {"consent": form.consent.data} if form.consent else {}
    begun.keep(offer, kept, held)
    return redirect(link("accounts.sign_up"), 303)


# ---------------------------------------------------------------- parts


def _shown(
    offer: Offer, fields: dict[str, Any], starts_at: datetime, held: Booking | None
) -> tuple[forms.BookForm | None, Markup]:
    """The form as it was left, or the blank one as markup."""
    key = fields.get("form_key") or secrets.token_urlsafe(24)
    if booking_form.is_blank(fields):
        return None, booking_form.blank(offer, starts_at, key, held)
    written = {name: fields[name] for name in booking_form.AT_THE_GATE if name in fields}
    if not written and current_user.is_authenticated:
        written = {"call_name": current_user.display_name}
    return booking_form.filled(offer, written, forms.start_value(starts_at), key), Markup()


def _fields(form: forms.BookForm) -> dict[str, Any]:
    """What is kept of a form that books nothing yet; a key that is none of ours is not."""
    key = form.form_key.data
    return {name: form[name].data for name in FIELDS} | ({"form_key": key} if forms.is_form_key(key) else {})


def _details(form: forms.BookForm) -> Details:
    return Details(
        format=form.format.data,
        call_name=(form.call_name.data or "").strip(),
        topics=form.topics.data or [],
        note=(form.note.data or "").strip(),
        phone=(form.phone.data or "").strip() if form.format.data == "phone" else "",
        shares_note=form.shares_note.data,
        with_partner=form.with_partner.data,
        location=form.location.data or "",
        form_key=forms.form_key_of(form),
        browser_key=visitors.browser_key(),
    )


def own_hold(intent: Any, offer: Offer, starts_at: datetime, code: str | None = None) -> Booking | None:
    """The hold that this browser or person took for this time, or that their form names, while it lasts."""
    named = [queries.live_hold(intent.booking_id) if intent is not None else None, queries.live_hold_named(code)]
    candidates = [each for each in named if each] or visitors.own_holds()
    now = clock.now()
    return next(
        (
            each
            for each in candidates
            if each.appointment.offer_id == offer.id
            and each.starts_at == starts_at
            and each.held_until is not None
            and each.held_until > now
        ),
        None,
    )


def require_free(offer: Offer, starts_at: datetime, held: Booking | None) -> None:
    """Raises `SlotTaken` where the time is neither held for this reader nor in their list."""
    if held is None and int(starts_at.timestamp()) not in queries.starts_for(offer, visitors.looker()):
        raise SlotTaken("That time is not free any more.")


def form_page(
    offer: Offer,
    starts_at: datetime,
    form: forms.BookForm | None,
    held: Booking | None,
    *,
    status: int = 200,
    refusal: Refusal | None = None,
    **more: Any,
) -> Response:
    """The form with what stands in the way, said before anyone hits it."""
    specialist = offer.specialist
    eligibility = queries.eligibility_of(current_user, specialist, offer)
    found = [each for each in policy.refusals(eligibility, clock.now()) if each != Refusal.SIGN_IN]
    refusals, is_paid = [refusal] if refusal else found, not offer.price.is_free
    return page(
        "bookings/new.html",
        status,
        offer=offer,
        specialist=specialist,
        person=labels.person(specialist),
        form=form,
        held=held,
        # Nothing waits for who is refused.
        waiting="" if policy.lasting(refusals) else booking_form.waiting(held, eligibility, is_paid=is_paid),
        eligibility=eligibility,
        terms=eligibility.terms,
        refusals=refusals,
        sentences=eligibility.terms.sentences,
        lines=labels.summary(offer, starts_at, specialists.price_for(offer, current_user) if is_paid else None),
        times=begun.times(offer, starts_at),
        others=queries.others_with_times(specialist, current_user, reader()) if refusals else [],
        **more,
    )


def _wants_json() -> bool:
    """A script asks, and keeps what was written by itself."""
    return request.headers.get("Accept") == "application/json"


def _refused(refusal: Conflict, **facts: object) -> Response:
    answer: Response = jsonify(error=refusal.code, message=refusal.message, **facts)
    answer.status_code = 409
    return answer


def _too_late(slug: str, code: str, starts_at: datetime) -> Response | None:
    """The answer if somebody else has that time; in a rush that is most of them, so no account is read for it."""
    nearest = queries.nearest_if_gone(slug, code, starts_at, **visitors.cookies())
    if nearest is None:
        return None
    if _wants_json():
        return _refused(SlotTaken(), nearest=[each.isoformat() for each in nearest])
    return taken(queries.chosen_offer(slug, code).offer, starts_at, SlotTaken())


def _not_for_them(slug: str, refusal: NotEligible) -> Response:
    """Back to the profile, which has ways on, with what stands in the way."""
    if _wants_json():
        return _refused(refusal, rule=refusal.refusal)
    flash(refusal.message, "warning")
    return redirect(_picker_of(slug), 303)


def taken(offer: Offer, starts_at: datetime, refusal: Conflict) -> Response:
    """The time is gone, or theirs already: the nearest ones, and others to talk to."""
    specialist = offer.specialist
    # A time can be refused to somebody and free for others: it is not offered once more.
    free = [start for start in queries.starts_for(offer, visitors.looker()) if start != int(starts_at.timestamp())]
    nearest = picking.nearest(free, starts_at, queries.NEAREST, offer.minutes)
    if _wants_json():
        return _refused(refusal, nearest=[each.isoformat() for each in nearest])
    others = queries.others_with_times(specialist, current_user, reader())
    return page(
        "bookings/taken.html",
        409,
        refusal=refusal,
        offer=offer,
        specialist=specialist,
        person=labels.person(specialist),
        starts_at=starts_at,
        going_on=unpaid.at(offer, starts_at),
        times=begun.times(offer),
        nearest=[slot_picker.time_choice(start) for start in nearest],
        others=[(labels.person(each), slot_picker.time_choice(start)) for each, start in others],
    )
