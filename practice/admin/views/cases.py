"""This file knows the staff's first page and how they decide about applications and checked changes."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from practice.admin import forms, queries
from practice.bookings import invites
from practice.bookings import queries as bookings
from practice.bookings.models import Booking
from practice.bookings.who_may import Answer
from practice.http.access import staff
from practice.http.pages import link, page
from practice.specialists import actions, policy
from practice.specialists import queries as specialists
from practice.specialists.choices import country_name
from practice.specialists.models import ProfileRevision, Specialist
from practice.specialists.photos import portrait_url
from practice.specialists.states import Decision, ProfileState
from practice.store import log_lines, sealed
from practice.values import clock
from practice.values.errors import Invalid, NotFound
from practice.values.text import sought

from .blueprint import bp

S = ProfileState
QUEUES = {
    "waiting": (S.SUBMITTED, S.IN_REVIEW),
    "applicant": (S.CHANGES_REQUESTED,),
    "decided": (S.APPROVED, S.PUBLISHED, S.PAUSED, S.EXPIRED, S.SUSPENDED, S.REFUSED, S.CLOSED),
}
MOST = 50
DECISIONS = {
    "approve": actions.approve,
    "changes": actions.ask_for_changes,
    "refuse": actions.propose_refusal,
}


@bp.get("/")
@staff
def overview() -> Response:
    """What needs somebody today."""
    latest = queries.log(queries.Asked(), limit=6, by_people=True, reader=current_user)
    return page("admin/overview.html", found=queries.overview(current_user), latest=latest, log=log_lines)


@bp.get("/applications", defaults={"queue": "waiting"})
@bp.route("/applications/in/<queue>", methods=["GET", "POST"])
@staff
def applications(queue: str) -> Response:
    """Who waits, the longest first; changes of checked words beside them. A name that is looked for comes in a form's
    body: addresses of pages stand in histories and logs."""
    if queue not in QUEUES:
        raise NotFound("There is no such queue.")
    part = sought(request.form.get("name", ""), 80)
    return page(
        "admin/applications.html",
        queue=queue,
        people=specialists.applications(QUEUES[queue], MOST, part),
        part=part,
        most=MOST,
        second=specialists.waiting_for_second(),
        revisions=specialists.waiting_revisions(),
        credential_names=policy.CREDENTIAL_NAMES,
        expiring=specialists.expiring(queries.SOON),
    )


@bp.get("/applications/<code>")
@staff
def application(code: str) -> Response:
    """One application: what was sent, what was looked at, the decision."""
    specialist = specialists.application_by_code(code)
    return case_page(specialist)


@bp.post("/applications/<code>/claim")
@staff
def claim(code: str) -> Response:
    """Take the application; nobody decides about one they have not taken."""
    actions.claim(specialists.application_by_code(code), by=current_user)
    return redirect(link("admin.application", code=code), 303)


@bp.post("/applications/<code>/decide")
@staff
def decide(code: str) -> Response:
    """Grant, ask for more, or propose to decline."""
    specialist = specialists.application_by_code(code)
    form = _decide_form(specialist)
    review = specialists.latest_review(specialist)
    if review is None or not form.validate_on_submit():
        return case_page(specialist, 422, form=form)
    try:
        DECISIONS[form.decision.data](review, form.verdict(), by=current_user)
    except Invalid as refusal:
        show_mistakes(refusal, form)
        return case_page(specialist, 422, form=form)
    flash(
        "Decided. The applicant hears by mail." if form.decision.data != "refuse" else "A second person has to agree."
    )
    return redirect(link("admin.application", code=code), 303)


@bp.post("/applications/<code>/agree")
@staff
def agree(code: str) -> Response:
    """The second person agrees to decline."""
    specialist = specialists.application_by_code(code)
    actions.confirm_refusal(specialists.review_of(specialist), by=current_user)
    return redirect(link("admin.application", code=code), 303)


@bp.post("/applications/<code>/disagree")
@staff
def disagree(code: str) -> Response:
    """The second person does not, or the first thinks again."""
    specialist = specialists.application_by_code(code)
    actions.withdraw_refusal(specialists.review_of(specialist), by=current_user)
    return redirect(link("admin.application", code=code), 303)


@bp.get("/changes/<code>")
@staff
def revision(code: str) -> Response:
    """A change of name, title, place or credential beside what is public now."""
    asked = specialists.revision_by_code(code)
    return _change(asked, forms.RevisionForm(formdata=None, data={"as_of": asked.asked_at.isoformat()}))


@bp.post("/changes/<code>")
@staff
def decide_revision(code: str) -> Response:
    """Take the new words, or leave the old ones with a reason."""
    asked, form = specialists.revision_by_code(code), forms.RevisionForm()
    if not form.validate_on_submit():
        return _change(asked, form, 422)
    try:
        actions.decide_revision(asked, form.answer.data == "accept", by=current_user, **form.particulars())
    except Invalid as refusal:
        show_mistakes(refusal, form)
        return _change(asked, form, 422)
    flash("Decided. The specialist hears by mail.")
    return redirect(link("admin.applications"), 303)


def _change(asked: ProfileRevision, form: forms.RevisionForm, status: int = 200) -> Response:
    return page(
        "admin/change.html",
        status,
        revision=asked,
        form=form,
        credentials=specialists.credentials_in(asked),
        credential_names=policy.CREDENTIAL_NAMES,
    )


def _decide_form(specialist: Specialist, **options: Any) -> forms.DecideForm:
    review = specialists.latest_review(specialist)
    words = sealed.shown(review, "to_applicant") if review else ""
    known = (
        {
            "checks": review.checks,
            "words": "" if isinstance(words, sealed.Unread) else words,
            "title": specialist.title_applied_for,
        }
        if review
        else {}
    )
    form = forms.DecideForm(data=known, **options)
    form.offer_choices(specialist)
    return form


def case_page(specialist: Specialist, status: int = 200, **sent: FlaskForm) -> Response:
    """One practice for staff; forms that were sent come back as they were: form, suspend, reinstate or close."""
    review = specialists.latest_review(specialist)
    fresh = {
        "form": lambda: _decide_form(specialist, formdata=None),
        "suspend": lambda: forms.SuspendForm(formdata=None, prefix="suspend"),
        "reinstate": lambda: forms.ReasonForm(formdata=None, prefix="reinstate"),
        "close": lambda: forms.CloseForm(formdata=None, prefix="close"),
    }
    return page(
        "admin/application.html",
        status,
        specialist=specialist,
        practice=queries.practice_of(specialist),
        who=invites.initials,
        may_call_off=_may_call_off,
        face_url=portrait_url(specialist),
        **{name: sent[name] if name in sent else make() for name, make in fresh.items()},
        review=review,
        is_mine=review is not None and review.reviewer_id == current_user.id,
        is_own=specialist.user_id == current_user.id,
        took_part=current_user.id in specialists.refused_by(specialist),
        is_open=review is not None and review.decision == Decision.OPEN and specialist.state == S.IN_REVIEW,
        needs_second=review is not None and review.decision == Decision.REFUSE_PROPOSED,
        kinds=policy.KINDS,
        country_name=country_name,
        needed=policy.needed(specialist.kind),
        credential_names=policy.CREDENTIAL_NAMES,
        missing=policy.missing(specialists.filled(specialist)),
        today=clock.today("UTC"),
    )


def _may_call_off(booking: Booking) -> Answer:
    return bookings.possible_in_list(booking, bookings.side_of(booking, current_user), clock.now()).call_off


def show_mistakes(refusal: Invalid, form: Any) -> None:
    """An action's own refusal beside the fields it is about."""
    for name, sentence in refusal.fields.items():
        form[name].errors = [sentence]
