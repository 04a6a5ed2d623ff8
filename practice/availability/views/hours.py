"""This file knows the hours page: it reads availability and bookings, which is why it stands above both."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from practice.availability import actions, hours_page, policy
from practice.availability import queries as availability
from practice.availability.actions import Keep
from practice.availability.forms import ExceptionForm, LimitsForm, TimeOffForm, TravelForm, WhyForm, ZoneForm
from practice.availability.typed_hours import KEYS, TypedWeek, change, following, stored_weeks, typed_weeks, week_labels
from practice.bookings import actions as bookings
from practice.bookings import explain, invites
from practice.http import clocks
from practice.http.access import specialist
from practice.http.clocks import day
from practice.http.pages import link, page
from practice.scheduling.hours import WeeklyRange, local_day, zone_on
from practice.scheduling.zones import wall_to_instant
from practice.specialists.models import Specialist
from practice.specialists.states import OfferKind
from practice.store.versions import Changed, Shown, mark_of
from practice.values import clock
from practice.values.counts import in_weeks
from practice.values.errors import Invalid
from practice.values.text import sought

from .blueprint import bp

TITLES = {
    "all": "Weekly hours",
    "consult": "Hours for free consultations",
    "individual": "Hours for individual sessions",
}


def _own() -> Specialist:
    own: Specialist = current_user.specialist
    return own


def _back(words: str, part: str = "") -> Response:
    flash(words)
    answer: Response = redirect(link("availability.edit") + (f"#{part}" if part else ""), 303)
    return answer


# ---------------------------------------------------------------- weekly hours and limits


@bp.get("")
@specialist
def edit() -> Response:
    """All hours with what people will see, and who is booked outside."""
    return _editor()


@bp.post("")
@specialist
def save() -> Response:
    """Save everything, or do what a small button asks for and keep what is typed."""
    own = _own()
    weeks = typed_weeks(request.form)
    form = LimitsForm.showing(_stored(own))
    if change(weeks, request.form):
        return _editor(weeks=weeks, limits_form=form, is_typed=True)
    ranges = {KEYS[week.key]: week.check() for week in weeks}
    is_sound = _check(weeks, form)
    if not is_sound or request.form.get("do") == "preview":
        hours = hours_page.hours_typed(own, ranges) if is_sound else None
        return _editor(200 if is_sound else 422, weeks=weeks, limits_form=form, hours=hours, is_typed=True)
    form.typed_weeks, said = week_labels(weeks), _what_changes(own, ranges, form)
    if not form.replaces(lambda: _stored(own), lambda shown: actions.save_hours(own, ranges, form.limits, shown=shown)):
        now = stored_weeks(availability.weekly_ranges(own.id))
        return _editor(409, weeks=following(weeks, now, form.followed), limits_form=form, is_typed=True)
    return _back(said)


def _what_changes(own: Specialist, ranges: dict[str, list[WeeklyRange]], form: LimitsForm) -> str:
    """What saving this does to the times that people can book."""
    stored, booked = actions.limits_of(availability.schedule_of(own)), hours_page.timings(own)
    now, typed = hours_page.hours_now(own), hours_page.hours_typed(own, ranges)
    for each in booked:
        before = hours_page.starts_with(own, each, now[each.kind], stored)
        if list(before) != list(hours_page.starts_with(own, each, typed[each.kind], form.limits)):
            return "Saved. People see your new hours now." if own.is_published else "Saved."
    is_only_consult = [each.kind for each in booked] == [OfferKind.CONSULT]
    why = ": free consultations have hours of their own" if ranges[OfferKind.CONSULT] and is_only_consult else ""
    return f"Saved. The times that people can book are the same as before{why}."


def _stored(own: Specialist) -> dict[str, Any]:
    """What the editor shows of what is stored: the limits, and the week of each kind in words for each day."""
    limits = asdict(actions.limits_of(availability.schedule_of(own)))
    return limits | {"weeks": week_labels(stored_weeks(availability.weekly_ranges(own.id)))}


def _check(weeks: list[TypedWeek], form: LimitsForm) -> bool:
    """Whether all of it can be saved; what cannot is marked where it stands."""
    is_sound = bool(form.validate_on_submit())
    if is_sound:
        _mark(form, policy.problems_of_limits(form.limits))
    return is_sound and not any(field.errors for field in form) and not any(w.error or w.errors for w in weeks)


def _mark(form: FlaskForm, problems: dict[str, str], elsewhere: str = "") -> None:
    """Put each sentence beside its field; `elsewhere` takes those that name none of the form's."""
    for name, sentence in problems.items():
        field = form[name if name in form else elsewhere]
        field.errors = [*field.errors, sentence]


def _editor(status: int = 200, **given: Any) -> Response:
    """The page, with what is stored wherever nothing was typed."""
    own = _own()
    schedule = availability.schedule_of(own)
    hours = given.get("hours") or hours_page.hours_now(own)
    limits_form = given.get("limits_form") or LimitsForm.showing(_stored(own), formdata=None)
    typed_limits = limits_form.limits if given.get("hours") else actions.limits_of(schedule)
    outside = hours_page.booked_outside(own, hours)
    context: dict[str, Any] = {
        "schedule": schedule,
        "titles": TITLES,
        "weeks": given.get("weeks") or stored_weeks(availability.weekly_ranges(own.id)),
        "limits_form": limits_form,
        "previews": hours_page.previews(own, hours, typed_limits),
        "sells_sessions": any(each.kind != OfferKind.CONSULT for each in hours_page.timings(own)),
        "is_checked": "hours" in given and given["hours"] is not None,
        "outside": outside,
        "is_quiet": policy.is_quiet(schedule.confirmed_at, clock.now()) if schedule.confirmed_at else False,
        "own": own,
        "home": availability.home_of(own),
        "who": invites.initials,
    }
    return page("availability/edit.html", status, **(_lists(own, hours, outside) | _small_forms() | context | given))


def _small_forms() -> dict[str, Any]:
    return {
        "exception_form": ExceptionForm(formdata=None),
        "off_form": TimeOffForm(formdata=None),
        "travel_form": TravelForm(formdata=None),
        "zone_form": ZoneForm(formdata=None, data=_home(_own())),
    }


def _lists(own: Specialist, hours: Any, outside: Any) -> dict[str, Any]:
    general = hours[OfferKind.CONSULT]
    today = local_day(clock.now(), general) - timedelta(days=1)
    return {
        "exceptions": [
            (
                on,
                kind,
                hours_page.date_label(on, ranges),
                hours_page.booked_on(outside, on, general),
                mark_of(ranges),
            )
            for on, kind, ranges in availability.exceptions(own.id, today)
        ],
        "absences": [
            (off, hours_page.absence_label(off), hours_page.booked_within(outside, off))
            for off in availability.absences(own.id, clock.now())
        ],
        "travels": availability.travels(own.id, today),
    }


@bp.post("/confirm")
@specialist
def confirm() -> Response:
    """They are right as they are."""
    actions.confirm_hours(_own())
    return _back(f"Thank you. We ask again in {in_weeks(policy.QUIET)} if nothing changes.")


# ---------------------------------------------------------------- dates, time off


@bp.post("/dates")
@specialist
def add_exception() -> Response:
    """One date that differs from the week."""
    form = ExceptionForm()
    if not form.validate_on_submit():
        return _editor(422, exception_form=form)
    date_of = _own(), form.on.data
    try:
        is_saved = form.replaces(
            lambda: _hours_of(*date_of, form.offer_kind),
            lambda shown: actions.save_exception(*date_of, form.ranges, form.offer_kind, shown=shown),
        )
    except Invalid as refusal:
        _mark(form, refusal.fields, "what")
        return _editor(422, exception_form=form)
    return _back(f"Saved for {day(form.on.data)}.", "dates") if is_saved else _editor(409, exception_form=form)


def _hours_of(own: Specialist, on: date, kind: str) -> dict[str, Any]:
    """What a single date has of its own, if anything."""
    found = availability.exception(own.id, on, kind)
    return {} if found is None else {"hours": found}


@bp.post("/dates/remove")
@specialist
def remove_exception() -> Response:
    """The week holds again on that date."""
    try:
        on = date.fromisoformat(request.form.get("on", ""))
    except ValueError as error:
        raise Invalid("That is no date.") from error
    own, kind = _own(), sought(request.form.get("kind", ""), 20)
    shown = Shown(request.form.get("seen", ""), lambda: availability.exception(own.id, on, kind))
    try:
        actions.remove_exception(own, on, kind, shown=shown)
    except Changed:
        return _back(f"{day(on)} may have other hours by now, so it was not removed. Look at it again.", "dates")
    return _back(f"{day(on)} follows your weekly hours again.", "dates")


@bp.post("/time-off")
@specialist
def add_time_off() -> Response:
    """Days away. Who is booked stays booked, and is listed."""
    form = TimeOffForm()
    if not form.validate_on_submit():
        return _editor(422, off_form=form)
    try:
        off = bookings.close_times(_own(), *_absence(form), form.note.data or "", by=current_user)
    except Invalid as refusal:
        _mark(form, refusal.fields, "last_on")
        return _editor(422, off_form=form)
    booked = hours_page.booked_within(hours_page.booked_outside(_own(), hours_page.hours_now(_own())), off)
    note = f" {len(booked)} booked in that time stay booked: see below." if booked else ""
    return _back(f"Time off saved.{note}", "time-off")


def _absence(form: TimeOffForm) -> tuple[datetime, datetime]:
    """From the first midnight to the last, or the times that were given, on the clock of each day."""
    hours = hours_page.hours_now(_own())[OfferKind.CONSULT]
    first, last = form.first_on.data, form.last_on.data
    begins = wall_to_instant(first, _minute(form.from_time.data, 0), zone_on(first, hours))
    ends = wall_to_instant(last, _minute(form.until_time.data, 1440), zone_on(last, hours), end=True)
    return datetime.fromtimestamp(begins, UTC), datetime.fromtimestamp(ends, UTC)


def _minute(at: time | None, otherwise: int) -> int:
    return otherwise if at is None else at.hour * 60 + at.minute


@bp.post("/time-off/<code>/remove")
@specialist
def remove_time_off(code: str) -> Response:
    """Back earlier than thought."""
    actions.remove_time_off(_own(), code)
    return _back("Removed. Your hours in that time are open again.", "time-off")


# ---------------------------------------------------------------- travel and zone


@bp.post("/travel")
@specialist
def add_travel() -> Response:
    """From one date to another the hours are meant in another zone."""
    form = TravelForm()
    if not form.validate_on_submit():
        return _editor(422, travel_form=form)
    try:
        actions.add_travel(_own(), form.first_on.data, form.last_on.data, form.zone.data.strip())
    except Invalid as refusal:
        _mark(form, refusal.fields, "last_on")
        return _editor(422, travel_form=form)
    return _back("Saved. Your hours keep their place on the clock where you are; nothing booked was moved.", "travel")


@bp.post("/travel/<code>/remove")
@specialist
def remove_travel(code: str) -> Response:
    """Staying at home after all."""
    actions.remove_travel(_own(), code)
    return _back("Removed. Those days are in your own time zone again.", "travel")


@bp.post("/zone")
@specialist
def change_zone() -> Response:
    """Live in another zone; what is booked keeps its time in the world."""
    own = _own()
    form = ZoneForm(data=_home(own))
    if not form.validate_on_submit():
        return _editor(422, zone_form=form)
    zone, keep = form.zone.data.strip(), Keep(form.keep.data)
    if not form.replaces(lambda: _home(own), lambda shown: actions.change_zone(own, zone, keep, shown=shown)):
        return _editor(409, zone_form=form)
    return _back(f"Time zone changed. Nothing that is booked was moved.{_of_single_dates(own, keep)}", "zone")


def _of_single_dates(own: Specialist, keep: Keep) -> str:
    """What became of them, for who has any."""
    if not availability.exceptions(own.id, clocks.reader().day_at(clock.now())):
        return ""
    if keep == Keep.CLOCK:
        return " Your single dates keep their days and hours on the new clock."
    return (
        " Your single dates keep the times they had, so on the new clock they may stand on other days, or on two:"
        " the list “Single dates” shows them as they are now."
    )


def _home(own: Specialist) -> dict[str, str]:
    return {"zone": availability.home_of(own)}


# ---------------------------------------------------------------- why not?


@bp.get("/why")
@specialist
def why() -> Response:
    """Why a time is not offered: the first rule that refused it."""
    own, asked = _own(), request.args.copy()
    chosen = explain.chosen(own, asked.get("offer") or asked.get("kind", ""))
    if chosen is not None:
        asked["offer"] = chosen.offer.code
    form = WhyForm(asked if "on" in asked else None, data={"offer": asked.get("offer")})
    form.offer.choices = explain.choices(own)
    answer, status = None if form.offer.choices else explain.NOTHING, 200
    if "on" in asked and form.offer.choices:
        status = 200 if form.validate() else 422
        if status == 200 and chosen is not None:
            answer = explain.why(chosen, form.on.data, _minute(form.at.data, 0))
    return page("availability/why.html", status, form=form, answer=answer, home=availability.home_of(own))
