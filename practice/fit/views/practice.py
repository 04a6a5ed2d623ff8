"""This file knows the page on which a specialist decides after a talk, and whom they would suggest instead."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.bookings import invites
from practice.config import settings
from practice.fit import actions, forms, labels, policy, queries
from practice.fit.actions import Answered, Suggestion
from practice.fit.queries import Fit
from practice.fit.states import Choice, Outcome, Party
from practice.http.access import specialist
from practice.http.pages import link, page
from practice.store import sealed
from practice.values import clock
from practice.values.errors import Invalid

from .blueprint import bp

BY_CLIENT = (Outcome.ENDED_BY_CLIENT, Outcome.ENDED_MUTUALLY)


def _back(code: str) -> Response:
    answer: Response = redirect(link("fit.practice_show", code=code), 303)
    return answer


@bp.get("/practice/bookings/<code>/fit")
@specialist
def practice_show(code: str) -> Response:
    """Would you work with them? Only the specialist sees this page."""
    return practice_page(queries.fit_in_practice(current_user, code))


def practice_page(fit: Fit, status: int = 200, **more: Any) -> Response:
    """The question with its three answers, or what came of it."""
    now, said, form = clock.now(), queries.texts_now(), more.pop("form", None) or _form(fit)
    form.text_key.choices = labels.declines(fit, said)
    is_sold = fit.outcome != Outcome.CONTINUE or labels.is_sold(fit.booking.specialist)
    context: dict[str, Any] = {
        "fit": fit,
        "booking": fit.booking,
        "initials": invites.initials(fit.booking),
        "lede": labels.in_practice(fit, said, is_sold=is_sold),
        "lacks_session": fit.outcome == Outcome.CONTINUE and not is_sold,
        "form": form,
        "texts": {key: labels.kind_text(fit, key, said) for key in ("thinking", "referred")},
        "goes_on": labels.kind_text(fit, "continue_as_two" if fit.known.is_couple else "continue", said),
        # Whom the client has told that they do not go on is asked nothing any more.
        "may_answer": policy.may_answer(fit.known, Party.SPECIALIST, now) and fit.outcome not in BY_CLIENT,
        "may_open": policy.may_open_again(fit.known),
        "again_form": forms.AgainForm(formdata=None),
        "has_answered": policy.has_decided(fit.known, Party.SPECIALIST),
        "promised_at": fit.known.opened_at + policy.PROMISED,
        "overdue_at": fit.known.opened_at + policy.OVERDUE,
        "theirs": labels.of_client_side(fit),
        **_what_they_sent(fit),
    }
    return page("fit/practice_show.html", status, **(context | more))


def _what_they_sent(fit: Fit) -> dict[str, Any]:
    """Words of the client's side for this specialist, where there are any; read with two-step sign-in, and noted."""
    may_read = current_user.has_two_step or settings().is_demo
    referral, shared = queries.handover_of(fit.booking), labels.with_shared_reasons(fit)
    has_handover = referral is not None and referral.handover_sealed is not None
    if may_read and has_handover:
        actions.note_handover_read(fit.booking, by=current_user)
    if may_read and shared:
        actions.note_reason_read(fit.booking, by=current_user)
    return {
        "referral": referral,
        "handover": sealed.shown(referral, "handover") if may_read and has_handover else "",
        "reasons": [(each.party, sealed.shown(each, "reason")) for each in shared] if may_read else [],
        "needs_two_step": not may_read and (has_handover or bool(shared)),
    }


def _form(fit: Fit) -> forms.AnswerInPracticeForm:
    stored = _stored(fit)
    form = forms.AnswerInPracticeForm(data=stored)
    for name in ("reason", "draft"):
        if isinstance(stored[name], sealed.Unread):
            delattr(form, name)
    form.set_people(_people(fit, form))
    return form


def _people(fit: Fit, form: forms.AnswerInPracticeForm) -> list[tuple[str, str]]:
    """Who shares a topic, whoever was looked for by name, and who is chosen already."""
    practice = fit.booking.specialist
    found = dict(labels.people_to_suggest(queries.colleagues(practice)))
    if (form.colleague.data or "").strip():
        found |= dict(labels.people_to_suggest(queries.colleagues(practice, form.colleague.data)))
    chosen = [each for each in form.suggested.data or () if each not in found]
    return list((found | dict(labels.people_to_suggest(queries.colleagues_named(practice, chosen)))).items())


def _stored(fit: Fit) -> dict[str, Any]:
    own = fit.choices.get(Party.SPECIALIST)
    choice = None if own is None else Choice.NOT_A_FIT if own.choice == Choice.REFER else Choice(own.choice)
    suggested = list(queries.referrals_of(fit.booking)) if own is not None and own.choice == Choice.REFER else []
    interested = [each.to_specialist.slug for each in suggested if each.has_interest]
    return {
        "choice": choice,
        "text_key": (own.text_key or None) if own is not None else None,
        "suggested": [each.to_specialist.slug for each in suggested],
        "interest": ("yes" if interested else "no") if suggested else None,
        "interests": interested,
        "draft": queries.open_draft(suggested),
        "reason": sealed.shown(own, "reason") if own is not None else "",
    }


@bp.post("/practice/bookings/<code>/fit")
@specialist
def answer_in_practice(code: str) -> Response:
    """Keep the specialist's answer; or look for a colleague by name, with everything typed so far."""
    fit = queries.fit_in_practice(current_user, code)
    form = _form(fit)
    if "look" in request.form:
        return practice_page(fit, form=form)
    if not (form.validate_on_submit() and _keep(fit, form)):
        return practice_page(queries.fit_in_practice(current_user, code), 409 if form.is_stale else 422, form=form)
    flash(labels.once_stored(queries.fit_of(fit.booking), Party.SPECIALIST))
    return _back(code)


def _keep(fit: Fit, form: forms.AnswerInPracticeForm) -> bool:
    """False where the page had shown something else, or a suggestion cannot be made; the form then says so."""
    read = lambda: _stored(queries.fit_of(fit.booking))  # noqa: E731
    answered, suggestion = _answered(form), _suggestion(fit, form)

    def act(shown: Any) -> None:
        actions.answer_in_practice(fit.booking, answered, suggestion, by=current_user, shown=shown)

    try:
        return form.replaces(read, act)
    except Invalid as refusal:
        for name, sentence in refusal.fields.items():
            form[name].errors = [*form[name].errors, sentence]
        return False


def _answered(form: forms.AnswerInPracticeForm) -> Answered:
    choice = Choice(form.choice.data)
    return Answered(
        choice=Choice.REFER if choice == Choice.NOT_A_FIT and form.suggested.data else choice,
        reason=(form.reason.data or "").strip() if "reason" in form else None,
        text_key=form.text_key.data or "",
    )


def _suggestion(fit: Fit, form: forms.AnswerInPracticeForm) -> Suggestion:
    found = queries.colleagues_named(fit.booking.specialist, form.suggested.data or ())
    people = tuple(each for each, _ in found)
    ticked = set(form.interests.data or ()) if form.interest.data == "yes" else set()
    return Suggestion(
        people=people,
        interests=frozenset(each.id for each in people if each.slug in ticked),
        draft=(form.draft.data or "").strip() if "draft" in form else None,
    )


@bp.post("/practice/bookings/<code>/fit/again")
@specialist
def answer_again(code: str) -> Response:
    """Open it again as the client wishes, or leave it as it is."""
    fit, form = queries.fit_in_practice(current_user, code), forms.AgainForm()
    if not form.validate_on_submit():
        return practice_page(fit, 422, again_form=form)
    opens = form.opens.data == "yes"
    (actions.open_again if opens else actions.leave_closed)(fit.booking, by=current_user)
    flash("It is open again, and everybody answers anew." if opens else "It stays as it is. We say so kindly.")
    return _back(code)
