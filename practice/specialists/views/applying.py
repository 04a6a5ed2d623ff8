"""This file knows the pages of an application: five steps that may be left and come back to, then its state."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import flash, redirect, request, send_file
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.accounts import intents, rate_limits
from practice.http.access import client, public
from practice.http.pages import link, page
from practice.payments import queries as payments
from practice.specialists import actions, credentials, filled, forms, photos, policy, queries
from practice.specialists.models import Credential, Specialist
from practice.specialists.offer_forms import FirstPricesForm
from practice.specialists.states import EDITABLE_APPLICATION, STOPPED, WORKING, CredentialKind
from practice.values.errors import Invalid, NotFound

from .blueprint import Elsewhere, bp

STEPS = {
    "what": ("What you do", "specialists.begin"),
    "documents": ("Documents", "specialists.documents"),
    "words": ("Topics and words", "specialists.words"),
    "prices": ("Prices", "specialists.prices"),
    "send": ("Send", "specialists.send"),
}
PHOTO = re.compile(r"[A-Za-z0-9_-]{22}-(96|512)\.webp")
FIELDS = (
    "kind", "name", "called", "title", "country", "place", "body", "number", "expires_on", "permitted", "training",
    "years", "supervision", "records_country",
)  # fmt: skip


bp.add_app_template_global(photos.portrait_url, "portrait_url")
bp.record(
    lambda state: state.app.jinja_env.globals.update(credential_mb=policy.CREDENTIAL_MB, photo_mb=policy.PHOTO_MB)
)

# ---------------------------------------------------------------- the application


@bp.get("/apply")
@public
def apply() -> Response:
    """What it takes to join; for somebody who has begun, how far they are; for somebody who has sent it, its state."""
    specialist = _mine()
    if specialist is None:
        return page("specialists/join.html", kinds=policy.KINDS)
    if specialist.state in WORKING:
        return redirect(link("specialists.edit_profile"))
    if specialist.state in STOPPED:
        return page("specialists/stopped.html", specialist=specialist, suspension=queries.open_suspension(specialist))
    review = queries.latest_review(specialist)
    return page("specialists/status.html", specialist=specialist, review=review, **_progress(specialist))


@bp.route("/apply/what", methods=["GET", "POST"])
@public
def begin() -> Response:
    """The first step. Anybody may fill it in; what they wrote survives sign-in."""
    specialist = _editable(_mine())
    kept = _begun_intent()
    stored = _first_values(specialist, None)
    form = forms.ProfessionForm(data=_first_values(specialist, kept), over=stored)
    if not form.validate_on_submit():
        return _step("specialists/step_what.html", form, specialist)
    if not current_user.is_authenticated:
        return _keep_for_later()
    if not _keep_profession(form):
        return _step("specialists/step_what.html", form, specialist)
    if kept is not None:
        intents.complete(kept)
    return redirect(link("specialists.documents"), 303)


def _keep_profession(form: forms.ProfessionForm) -> bool:
    return form.replaces(
        lambda: _first_values(_mine(), None),
        lambda shown: actions.create_application(current_user, form.answers(), shown=shown),
    )


def _keep_for_later() -> Response:
    fields = {name: request.form[name][:2000] for name in FIELDS if name in request.form}
    intents.open_intent("apply", link("specialists.begin"), fields, task="apply as a specialist")
    return redirect(link("accounts.sign_up"), 303)


@bp.route("/apply/documents", methods=["GET", "POST"])
@client
@rate_limits.files_per_person(policy.FILES_PER_PERSON)
def documents() -> Response:
    """One credential at a time: told apart by content, sealed, kept away from the web."""
    specialist = _editable(_begun())
    form = forms.CredentialForm()
    if form.validate_on_submit():
        try:
            file = credentials.keep(form.file.data.read(policy.CREDENTIAL_BYTES + 1), form.file.data.filename or "")
            dated = replace(file, expires_on=form.expires_on.data)
            actions.keep_credential(specialist, CredentialKind(form.kind.data), dated, by=current_user)
        except credentials.BadCredential as refusal:
            form.file.errors = [str(refusal)]
        except Invalid as refusal:
            form.expires_on.errors = [refusal.fields["expires_on"]]
        else:
            return redirect(link("specialists.documents"), 303)
    rows = {"rows": _credentials_of(specialist), "asked": form.kind.data, "dated": policy.WITH_END}
    return _step("specialists/step_documents.html", form, specialist, **rows)


@bp.route("/apply/words", methods=["GET", "POST"])
@client
def words() -> Response:
    """Topics, languages and what the profile says."""
    specialist = _editable(_begun())
    form = forms.WordsForm(data=filled.words(specialist))
    form.offer_topics(queries.topics())
    later = request.form.get("do") == "later"
    is_right = form.validate_on_submit() or (later and form.is_only_unfinished())
    if not is_right or not _keep_words(specialist, form):
        limits = {"most": policy.TOPICS_AT_MOST, "most_main": policy.MAIN_TOPICS_AT_MOST}
        return _step("specialists/step_words.html", form, specialist, groups=queries.topic_groups(), **limits)
    return redirect(link("specialists.apply" if later else "specialists.prices"), 303)


def _keep_words(specialist: Specialist, form: forms.WordsForm) -> bool:
    return form.replaces(
        lambda: filled.words(specialist),
        lambda shown: actions.keep_words(specialist, form.answers(), by=current_user, shown=shown),
    )


@bp.route("/apply/prices", methods=["GET", "POST"])
@client
def prices() -> Response:
    """The free consultation, and what a session costs."""
    specialist = _editable(_begun())
    form = FirstPricesForm(data=filled.first_prices(specialist))
    form.paid_out(queries.sells(specialist).currency, payments.commission_rate())
    is_right = form.validate_on_submit() and request.form.get("do") != "work-out"
    if not is_right or not _keep_prices(specialist, form):
        return _step("specialists/step_prices.html", form, specialist)
    return redirect(link("specialists.send"), 303)


def _keep_prices(specialist: Specialist, form: FirstPricesForm) -> bool:
    try:
        return form.replaces(
            lambda: filled.first_prices(specialist),
            lambda shown: actions.set_prices(
                specialist, form.prices(), consult=form.consult.data, by=current_user, shown=shown
            ),
        )
    except Invalid as refusal:
        form.form_errors = list(refusal.fields.values())
        return False


@bp.route("/apply/send", methods=["GET", "POST"])
@client
def send() -> Response:
    """The declaration; what is missing is said here, with the way to each step."""
    specialist = _editable(_begun())
    form = forms.SendForm()
    if not form.validate_on_submit():
        return _step("specialists/step_send.html", form, specialist)
    try:
        actions.submit(specialist, by=current_user)
    except Invalid:
        return _step("specialists/step_send.html", form, specialist, status=422)
    return redirect(link("specialists.apply"), 303)


@bp.post("/apply/take-back")
@client
def take_back() -> Response:
    """Change an application that was sent, while nobody reads it yet."""
    actions.take_back(_begun(), by=current_user)
    flash("Taken back. Change what you like, then send it again.")
    return redirect(link("specialists.apply"), 303)


@bp.get("/apply/papers/<code>")
@client
def credential(code: str) -> Response:
    """One's own document, as a file to keep; a stranger sees 404."""
    credential = queries.credential_of(current_user, code)
    return credentials.as_download(credential, credentials.content_of(credential))


# ---------------------------------------------------------------- faces, and a list for later


@bp.get("/photos/<name>")
@public
def photo(name: str) -> Response:
    """A face under an address nobody can guess; another photo gets another address, so this one never changes."""
    if not PHOTO.fullmatch(name):
        raise NotFound()
    answer: Response = send_file(io.BytesIO(photos.content_of(f"photos/{name}")), mimetype="image/webp")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


@bp.post("/specialists/<slug>/save")
@client
def save(slug: str) -> Response:
    """Keep somebody for later; only oneself sees the list."""
    specialist = queries.public_profile(slug)
    actions.save(current_user, specialist)
    flash(f"{specialist.called} is saved. You’ll find your list on your own page.")
    return redirect(link("directory.show", slug=slug), 303)


@bp.post("/specialists/<slug>/unsave")
@client
def unsave(slug: str) -> Response:
    """Take somebody off the list."""
    actions.forget(current_user, queries.public_profile(slug))
    return redirect(link("directory.show", slug=slug), 303)


def _to_profile(arguments: Mapping[str, Any], _fields: Mapping[str, Any]) -> str:
    return link("directory.show", slug=arguments["slug"])


intents.keep_at_gate(
    "specialists.save", intents.Gate("save", (), _to_profile, lambda _a, _f: "save somebody for later")
)


# ---------------------------------------------------------------- parts


def _mine() -> Specialist | None:
    return queries.application_of(current_user) if current_user.is_authenticated else None


def _begun() -> Specialist:
    specialist = _mine()
    if specialist is None:
        raise Elsewhere(link("specialists.begin"))
    return specialist


def _editable(specialist: Specialist | None) -> Any:
    """The application while it can be changed; otherwise its own page says how it stands."""
    if specialist is not None and specialist.state not in EDITABLE_APPLICATION:
        raise Elsewhere(link("specialists.apply"))
    return specialist


def _begun_intent() -> Any:
    intent = intents.current_intent()
    return intent if intent is not None and intent.kind == "apply" else None


def _first_values(specialist: Specialist | None, intent: Any) -> dict[str, Any]:
    if intent is not None:
        return filled.from_draft(intents.shown(intent))
    if specialist is not None:
        return filled.profession(specialist)
    if current_user.is_authenticated:
        return {"name": current_user.display_name, "country": current_user.country}
    return {}


def _progress(specialist: Specialist) -> dict[str, Any]:
    gaps = policy.missing(queries.filled(specialist))
    return {"gaps": gaps, "steps": STEPS, "due": policy.answer_due, "credential_names": policy.CREDENTIAL_NAMES}


def _credentials_of(specialist: Specialist) -> list[tuple[CredentialKind, str, Credential | None]]:
    found = {c.kind: c for c in specialist.credentials if c.document_key and c.state in ("submitted", "verified")}
    return [(kind, policy.CREDENTIAL_NAMES[kind], found.get(kind)) for kind in policy.needed(specialist.kind)]


def _step(template: str, form: Any, specialist: Specialist | None, *, status: int = 200, **context: Any) -> Response:
    done = _progress(specialist) if specialist else {"gaps": {}, "steps": STEPS}
    if getattr(form, "is_stale", False):
        status = 409
    wrong = status if status != 200 else (422 if form.errors else 200)
    context |= {"form": form, "specialist": specialist, "number": _number(template), "kinds": policy.KINDS}
    return page(template, wrong, **done, **context)


def _number(template: str) -> int:
    """Which of the steps this is, from 1."""
    return next(n for n, name in enumerate(STEPS, 1) if template.endswith(f"step_{name}.html"))
