"""This file knows every form of the product: who sends it, what honest people write in it, of which kind each field is.

`tests/strange/test_sweep.py` fails when a POST route of the approved list is missing here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from practice.accounts import actions as accounts
from practice.specialists import actions, queries
from practice.specialists.answers import Terms
from practice.specialists.selling import ForSale
from practice.values.money import Money
from tests import factories
from tests.factories import PASSWORD
from tests.strange import answer_doors, message_doors, moderation_doors, money_doors, question_doors, talk_doors
from tests.strange.world import World, booked, missed_by_client, missed_by_specialist

Made = Callable[[World], tuple[str, str]]
SLOT = "2027-03-09T09:00:00Z"


@dataclass(frozen=True)
class Door:
    """One form. `path` names things of the world in braces; `made` makes what a success would use up: (who, path).

    A button's fields are hidden ones: refused, there is nothing to fill in again."""

    path: str
    who: str
    honest: dict[str, Any] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    made: Made | None = None
    shown: tuple[tuple[str, str], ...] = ()
    is_button: bool = False

    def open(self, world: World) -> tuple[str, str]:
        """(who sends it, to which address), with something to use up."""
        return self.made(world) if self.made else (self.who, self.path.format(**world.codes))


def _new_client(path: str) -> Made:
    return lambda world: (world.another("c"), path)


def _on(path: str, make: Callable[..., Any], who: str = "") -> Made:
    def made(world: World) -> tuple[str, str]:
        name = world.another("c")
        code = make(world, world.people[name]).code
        return who or name, path.format(code=code)

    return made


def _in_review(world: World, person: Any) -> Any:
    from tests.specialists import recipes

    recipes.in_review(person, world.people["sam"])
    return person.specialist


def _locked(world: World, person: Any) -> Any:
    accounts.lock_as_operator(person, "Why")
    return person


def _practice(world: World, person: Any) -> Any:
    return factories.specialist(person)


def _suspended(world: World, person: Any) -> Any:
    practice = factories.specialist(person)
    terms = Terms(reason="Why", look_again_on=date(2027, 3, 15), calls_off=False)
    suspension = actions.propose_suspension(practice, terms, by=world.people["sam"])
    colleague = world.people[world.another("colleague", roles=("client", "staff"))]
    actions.confirm_suspension(suspension, by=colleague)
    return practice


def _with_a_practice(path: str) -> Made:
    def made(world: World) -> tuple[str, str]:
        name = world.another("c")
        factories.specialist(world.people[name])
        return name, path

    return made


def _with_a_lower_price(world: World) -> tuple[str, str]:
    name = world.another("s")
    owner = world.people[name]
    practice, client = factories.specialist(owner), world.people[world.another("c")]
    met = factories.booking(client, practice, datetime(2027, 3, 16, 9, 0, tzinfo=UTC))
    wanted = ForSale(minutes=50, price=Money(7200, "EUR"), lower=Money(4000, "EUR"), lower_count=1)
    offer = actions.put_offer(practice, wanted, by=owner, of=queries.sessions(practice)[0])
    actions.give_lower_price(offer, met.code, by=owner)
    given = queries.lower_prices_of(offer)[0]
    return name, f"/practice/offers/{offer.code}/lower-price/{given.code}/end"


def _asked_anew(world: World) -> tuple[str, str]:
    otto, name = world.people["otto"], f"Otto {world.another('namesake')}"
    asked = actions.ask_revision(otto.specialist, {"name": name}, by=otto)  # type: ignore[attr-defined]
    assert asked is not None
    return "sam", f"/admin/changes/{asked.code}"


PUBLIC = (("nobody", "/specialists/otto-b"), ("nobody", "/specialists"), ("nobody", "/"), ("otto", "/practice"))
WORDS: dict[str, Any] = {
    "headline": "We look underneath", "best_at": "Slowing down", "not_right_for": "Violence at home",
    "about": "I listen.", "first_session": "We talk.", "phone_note": "Ring twice",
    "topics": ["communication", "anxiety"], "main_topics": ["communication"], "formats": ["video", "phone"],
    "language_1": "en", "level_1": "native", "level_2": "fluent", "level_3": "fluent", "level_4": "fluent",
    "couple_stance": "", "approaches": ["Gestalt"],
}  # fmt: skip
WORD_FIELDS = dict.fromkeys(("headline", "best_at", "not_right_for", "about", "first_session", "phone_note"), "text")
WORD_CHOICES = dict.fromkeys(
    ("topics", "main_topics", "formats", "couple_stance", "approaches", "language_1", "language_3", "level_1"),
    "choice",
)
WHAT = {
    "kind": "psychologist", "name": "Mara Ellison", "title": "Psychologist", "country": "IE", "place": "Galway",
    "body": "Register of calm", "number": "P-771", "expires_on": "2028-12-31", "permitted": "IE, CA-ON",
    "training": "Seven winters", "years": "7", "supervision": "Every fortnight", "records_country": "IE",
}  # fmt: skip
LIMITS = {
    "gap_before": "0", "gap_after": "0", "step": "15", "consult_notice": "720", "session_notice": "1440",
    "consult_horizon": "28", "session_horizon": "60",
}  # fmt: skip
LINE = {
    "number": "1800 341 900", "name": "A line", "hours": "Any hour", "languages": "English",
    "source_url": "https://numbers.example/all", "read_on": "2027-03-01",
}  # fmt: skip
TIMES = ("from_1", "until_1", "from_2", "until_2")

DOORS: dict[str, Door] = {
    # ------------------------------------------------------------ anybody
    "forget": Door("/forget", "nobody"),
    "set_zone": Door("/zone", "nobody", {"zone": "Europe/Dublin"}, {"zone": "zone", "next": "next"}),
    "set_theme": Door("/theme", "nobody", {"theme": "dark"}, {"theme": "choice", "next": "next"}),
    "sign_in": Door("/sign-in", "nobody", {"email": "x@people.example", "password": "no-no-no-no"}, {"next": "next"}),
    "code": Door("/sign-in/code", "nobody", {}, {"code": "code", "next": "next"}),
    "recovery": Door("/sign-in/recovery", "nobody", {}, {"recovery": "code", "next": "next"}),
    "sign_up": Door(
        "/sign-up",
        "nobody",
        {
            "email": "nora@people.example",
            "display_name": "Nora",
            "password": "paper lantern river dusk",
            "zone": "Europe/Dublin",
            "safe": "yes",
            "adult": "y",
            "terms": "y",
        },
        {"email": "email", "zone": "zone", "safe": "choice", "next": "next"},
    ),
    "forgot": Door("/reset", "nobody", {}, {"email": "email"}),
    "reset": Door("/reset/{reset}", "nobody", {}, {"password": "secret"}),
    "confirm": Door("/confirm/{confirm}", "nobody", {}, {"password": "secret"}),
    "new_email": Door("/new-email/{new_email}", "nobody"),
    "lost": Door("/sign-in/lost", "nobody"),
    "stay_on": Door("/stay-on/{stay_on}", "nobody"),
    "way_back": Door("/two-step-off/{two_step_off}", "nobody", {}, {"do": "choice"}),
    "undo_email": Door("/undo-email/{undo_email}", "nobody"),
    "invited": Door("/welcome/{invite}", "nobody", {"password": PASSWORD, "adult": "y"}, {"display_name": "text"}),
    # ------------------------------------------------------------ one's own account
    "sign_out": Door("/sign-out", "leaver", made=_new_client("/sign-out")),
    "prove": Door("/me/prove", "ben", {"password": "no-no-no-no"}, {"next": "next"}),
    "you": Door("/me/settings/you", "cleo", {}, {"display_name": "text"}, shown=(("cleo", "/me"),)),
    "place": Door("/me/settings/place", "cleo", {"country": "IE", "locale": "en"}, {"country": "choice"}),
    "zone": Door("/me/settings/zone", "cleo", {}, {"zone": "zone"}),
    "clock": Door("/me/settings/clock", "cleo", {}, {"hours": "choice"}),
    "discretion": Door(
        "/me/settings/discretion",
        "cleo",
        {"calendar_label": "Quiet hour"},
        {"calendar_label": "text"},
        shown=(("cleo", "/me/settings"),),
    ),
    "change_email": Door("/me/settings/email", "cleo", {}, {"email": "email", "others_read": "choice"}),
    "change_password": Door("/me/settings/security/password", "cleo", {}, {"current": "secret", "password": "secret"}),
    "turn_on": Door("/me/settings/security/two-step", "cleo", {}, {"code": "code"}),
    "turn_off": Door("/me/settings/security/two-step/off", "cleo"),
    "keep_on": Door("/me/settings/security/two-step/keep", "cleo"),
    "new_codes": Door("/me/settings/security/codes", "cleo"),
    "end_device": Door("/me/settings/security/devices/{device}/end", "ben"),
    "end_others": Door("/me/settings/security/devices/end-others", "ben"),
    "copy_data": Door("/me/your-data/copy", "cleo"),
    "delete_account": Door("/me/your-data/delete", "leaver", made=_new_client("/me/your-data/delete")),
    "keep_account": Door("/me/your-data/keep", "cleo"),
    "discard": Door("/drafts/{draft}/discard", "ben"),
    "open_feed": Door("/me/calendar", "cleo", {}, {"purpose": "choice"}),
    "see_letters": Door(
        "/me/letters", "cleo", {"as_of": "2027-03-01T08:00:00+00:00"}, {"as_of": "when"}, is_button=True
    ),
    "choose_invites": Door("/me/calendar/invitations", "cleo", {}, {"wanted": "choice"}),
    "close_feed": Door("/me/calendar/close", "cleo", {}, {"purpose": "choice"}),
    "save": Door("/specialists/anna-kern/save", "cleo"),
    "unsave": Door("/specialists/anna-kern/unsave", "cleo"),
    # ------------------------------------------------------------ booking
    "hold": Door("/specialists/anna-kern/book", "nobody", {}, {"start": "when"}),
    "book": Door(
        "/specialists/anna-kern/book/confirm",
        "cleo",
        {"start": SLOT, "format": "video", "call_name": "Quill", "note": "Plain words", "consent": "y"},
        {
            "call_name": "text",
            "note": "text",
            "form_key": "text",
            "format": "choice",
            "topics": "choice",
            "location": "choice",
            "start": "when",
        },
        made=_new_client("/specialists/anna-kern/book/confirm"),
        shown=(("anna", "/practice"), ("anna", "/practice/calendar?week=2027-03-09")),
    ),
    "book_by_phone": Door(
        "/specialists/otto-b/book/confirm",
        "cleo",
        {"start": SLOT, "format": "video", "phone": "+353 85 555 0142", "note": "Plain words", "consent": "y"},
        {"phone": "text"},
        made=_new_client("/specialists/otto-b/book/confirm"),
    ),
    "undo": Door("/bookings/{booking}/undo", "ben"),
    "move": Door("/bookings/{booking}/move", "ben", {}, {"start": "when", "length": "mark", "shown": "mark"}),
    "cancel": Door("", "", made=_on("/bookings/{code}/cancel", booked)),
    "reconfirm": Door("/bookings/{booking}/reconfirm", "ben"),
    "prepare": Door(
        "/bookings/{booking}/preparation",
        "ben",
        {"shares": "y"},
        {"words": "text"},
        shown=(("ben", "/bookings/{booking}"), ("anna", "/practice/bookings/{booking}")),
    ),
    "join": Door("/bookings/{booking}/join", "ben"),
    "missed": Door("/bookings/{booking}/missed", "ben"),
    "technical": Door("/bookings/{booking}/technical", "ben"),
    "agree_technical": Door("/bookings/{booking}/technical/agree", "ben"),
    "contest": Door(
        "",
        "",
        {},
        {"words": "text"},
        made=_on("/bookings/{code}/contest", missed_by_client),
        shown=(("sam", "/admin/contests"),),
    ),
    "accept": Door("/proposals/{proposal}/accept", "ben", {}, {"start": "when"}),
    "decline": Door("/proposals/{proposal}/decline", "ben"),
    # ------------------------------------------------------------ the specialist's side of a booking
    "propose": Door("/practice/bookings/{booking}/move", "anna", {}, {"starts": "when"}),
    "practice_cancel": Door("", "", made=_on("/practice/bookings/{code}/cancel", booked, who="anna")),
    "complete": Door("/practice/bookings/{booking}/complete", "anna"),
    "client_missed": Door("/practice/bookings/{booking}/missed", "anna"),
    "practice_contest": Door(
        "",
        "",
        {},
        {"words": "text"},
        made=_on("/practice/bookings/{code}/contest", missed_by_specialist, who="anna"),
    ),
    "answer_contest": Door(
        "/bookings/{contested_by_practice}/contest/answer",
        "gina",
        {},
        {"answer": "text"},
        shown=(("sam", "/admin/contests"),),
    ),
    "practice_answer_contest": Door(
        "/practice/bookings/{contested}/contest/answer",
        "anna",
        {},
        {"answer": "text"},
        shown=(("sam", "/admin/contests"),),
    ),
    "again": Door("/practice/bookings/{booking}/again", "anna"),
    # ------------------------------------------------------------ decisions after a talk
    "fit_answer": Door(
        "/bookings/{talk_of_hana}/fit",
        "hana",
        {"choice": "need_time", "reason": "Plain words", "revisit_on": "2027-03-05"},
        {"choice": "choice", "reason": "text", "revisit_on": "when"},
        shown=(("hana", "/bookings/{talk_of_hana}/fit"), ("anna", "/practice/bookings/{talk_of_hana}/fit")),
    ),
    "fit_in_practice": Door(
        "/practice/bookings/{talk_of_hana}/fit",
        "anna",
        {"choice": "need_time", "reason": "Plain words"},
        dict.fromkeys(("choice", "text_key", "suggested", "interest", "interests"), "choice")
        | {"reason": "text", "draft": "text", "colleague": "text"},
        shown=(("anna", "/practice/bookings/{talk_of_hana}/fit"),),
    ),
    "fit_suggestions": Door(
        "/bookings/{talk_of_kira}/fit/suggestions",
        "kira",
        {"handover": "Plain words"},
        {"referral": "choice", "handover": "text"},
    ),
    "fit_no_suggestion": Door("/bookings/{talk_of_kira}/fit/suggestions/none", "kira"),
    "fit_ask_again": Door("/bookings/{talk_of_jana}/fit/again", "jana"),
    "fit_open_again": Door("/practice/bookings/{talk_of_jana}/fit/again", "anna", {}, {"opens": "choice"}),
    "fit_partner": Door("/bookings/{talk_of_ivo}/fit/partner", "ivo"),
    "fit_alone": Door("/bookings/{talk_of_ivo}/fit/alone", "ivo"),
    "fit_join": Door("/fit/invitation", "mara", {}, {"invitation": "mark"}, is_button=True),
    "fit_not_now": Door("/fit/invitation/not-now", "nobody", {}, {"invitation": "code"}, is_button=True),
    "kind_text": Door(
        "/admin/kind-texts/{kind_text}",
        "sam",
        {"text": "You both said yes.", "because": "Shorter"},
        {"text": "text", "because": "text"},
        shown=(
            ("sam", "/admin/kind-texts/{kind_text}"),
            ("sam", "/admin/kind-texts"),
            ("hana", "/bookings/{talk_of_hana}/fit"),
        ),
    ),
    # ------------------------------------------------------------ hours
    "hours": Door(
        "/practice/availability",
        "otto",
        LIMITS | {"all-1-0-from": "09:05", "all-1-0-until": "16:55"},
        {
            "all-1-0-from": "when",
            "all-1-0-until": "when",
            "gap_before": "number",
            "step": "number",
            "consult_notice": "number",
            "consult_horizon": "number",
            "daily_cap": "number",
            "weekly_cap": "number",
            "weekly_consults": "number",
            "add": "choice",
            "drop": "choice",
            "copy": "choice",
        },
    ),
    "hours_confirm": Door("/practice/availability/confirm", "otto"),
    "dates": Door(
        "/practice/availability/dates",
        "otto",
        {"on": "2027-03-30", "kind": "all", "what": "open", "from_1": "09:05", "until_1": "16:55"},
        {"on": "when", "kind": "choice", "what": "choice"} | dict.fromkeys(TIMES, "when"),
    ),
    "dates_remove": Door(
        "/practice/availability/dates/remove",
        "otto",
        {"on": "2027-03-30"},
        {"on": "when", "kind": "choice"},
        is_button=True,
    ),
    "time_off": Door(
        "/practice/availability/time-off",
        "otto",
        {"first_on": "2027-06-01", "last_on": "2027-06-02", "note": "By the sea"},
        {"first_on": "when", "last_on": "when", "from_time": "when", "until_time": "when", "note": "text"},
        shown=(("otto", "/practice/availability"),),
    ),
    "time_off_remove": Door("/practice/availability/time-off/{time_off}/remove", "otto"),
    "travel": Door(
        "/practice/availability/travel",
        "otto",
        {"first_on": "2027-07-01", "last_on": "2027-07-02", "zone": "Asia/Tokyo"},
        {"first_on": "when", "last_on": "when", "zone": "zone"},
    ),
    "travel_remove": Door("/practice/availability/travel/{travel}/remove", "otto"),
    "own_zone": Door(
        "/practice/availability/zone",
        "otto",
        {"zone": "Europe/Berlin", "keep": "clock"},
        {"zone": "zone", "keep": "choice"},
    ),
    # ------------------------------------------------------------ applying, profile, offers
    "what": Door(
        "/apply/what",
        "mara",
        WHAT,
        dict.fromkeys(("name", "place", "body", "number", "permitted", "training", "supervision"), "text")
        | {"expires_on": "when", "years": "number"}
        | dict.fromkeys(("kind", "title", "country", "records_country"), "choice"),
        shown=(("mara", "/apply/what"), ("mara", "/apply")),
    ),
    "documents": Door("/apply/documents", "mara", {"kind": "licence"}, {"kind": "choice", "file": "choice"}),
    "words": Door("/apply/words", "mara", WORDS, {"headline": "choice", "about": "choice"} | WORD_CHOICES),
    "prices": Door(
        "/apply/prices", "mara", {"consult": "y", "currency": "EUR", "price_2": "72.50"}, {"price_2": "price"}
    ),
    "net": Door(
        "/apply/prices/net",
        "mara",
        {"price": "72.50", "currency": "EUR"},
        {"price": "price", "currency": "currency"},
        is_button=True,
    ),
    "send": Door("/apply/send", "cleo", {}, {"declares": "choice"}),
    "take back": Door("/apply/take-back", "cleo"),
    "profile": Door("/practice/profile", "otto", WORDS, WORD_FIELDS | WORD_CHOICES, shown=PUBLIC),
    "checked": Door(
        "/practice/profile/checked",
        "otto",
        {
            "checked-name": "Otto Brandt",
            "checked-title": "Psychologist",
            "checked-country": "IE",
            "checked-place": "Galway",
        },
        {
            "checked-name": "text",
            "checked-place": "text",
            "checked-permitted": "text",
            "checked-title": "choice",
            "checked-country": "choice",
        },
        shown=(("sam", "/admin/changes/{revision}"), ("otto", "/practice/profile")),
    ),
    "renew": Door("/practice/profile/papers/{paper}", "otto", {"{paper}-kind": "licence"}, {"{paper}-kind": "choice"}),
    "pause": Door("/practice/profile/pause", "otto", {}, {"pause-until": "when"}),
    "photo": Door("/practice/profile/photo", "otto", {}, {"photo": "choice"}),
    "photo_remove": Door("/practice/profile/photo/remove", "otto"),
    "publish": Door("/practice/profile/publish", "otto"),
    "consult": Door("/practice/consult", "otto", {"consult": "y"}),
    "payouts": Door(
        "/practice/payouts",
        "otto",
        {"country": "AT", "currency": "EUR"},
        {"country": "choice", "currency": "choice"},
        shown=(("otto", "/practice/payouts"), ("otto", "/practice/earnings")),
    ),
    "add_offer": Door(
        "/practice/offers/new",
        "otto",
        {"minutes": "25", "currency": "EUR", "price": "40", "rule": "standard"},
        {"minutes": "number", "price": "price", "lower_price": "price", "rule": "choice", "currency": "currency"},
    ),
    "offer": Door(
        "/practice/offers/{session}",
        "otto",
        {"minutes": "50", "currency": "EUR", "price": "72.50", "rule": "firm", "lower_count": "2", "lower_price": "40"},
        {"price": "price", "lower_price": "price", "lower_count": "number", "rule": "choice", "currency": "currency"},
    ),
    "end_offer": Door("/practice/offers/{session}/end", "otto"),
    "end_lower_price": Door("", "", made=_with_a_lower_price),
    "lower_price": Door(
        "/practice/offers/{session}/lower-price", "otto", {"give-client": ""}, {"give-client": "choice"}
    ),
    "leave": Door("", "", {"sure": "y"}, {"ahead": "choice"}, made=_with_a_practice("/practice/close")),
    # ------------------------------------------------------------ staff
    "claim": Door("/admin/applications/{application}/claim", "sam"),
    "decide": Door(
        "",
        "",
        {"decision": "changes"},
        {"words": "text", "decision": "choice", "checks": "choice", "title": "choice", "refused_topics": "choice"},
        made=_on("/admin/applications/{code}/decide", _in_review, who="sam"),
        shown=(("sam", "/admin/applications/in/applicant"),),
    ),
    "agree": Door("/admin/applications/{application}/agree", "sam"),
    "disagree": Door("/admin/applications/{application}/disagree", "sam"),
    "suspend": Door(
        "",
        "",
        {"suspend-reason": "Plain words", "suspend-look_again_on": "2027-03-15", "suspend-ahead": "keep"},
        {"suspend-reason": "text", "suspend-look_again_on": "when", "suspend-ahead": "choice"},
        made=_on("/admin/applications/{code}/suspend", _practice, who="sam"),
        shown=(("sam", "/admin/"),),
    ),
    "agree_to_suspend": Door("/admin/applications/{application}/suspend/agree", "sam"),
    "withdraw_suspension": Door("/admin/applications/{application}/suspend/withdraw", "sam"),
    "reinstate": Door(
        "",
        "",
        {"reinstate-reason": "Plain words"},
        {"reinstate-reason": "text"},
        made=_on("/admin/applications/{code}/reinstate", _suspended, who="sam"),
        shown=(("sam", "/admin/audit"),),
    ),
    "close": Door(
        "",
        "",
        {"close-words": "Plain words"},
        {"close-words": "text"},
        made=_on("/admin/applications/{code}/close", _suspended, who="sam"),
    ),
    "call_off": Door("/admin/applications/{application}/appointments/{booking}/cancel", "sam"),
    "find_account": Door("/admin/accounts", "sam", {}, {"who": "email"}),
    "propose_lock": Door(
        "",
        "",
        {"reason": "Plain words"},
        {"reason": "text"},
        made=_on("/admin/accounts/{code}/lock", lambda _world, person: person, who="sam"),
        shown=(("sam", "/admin/audit"),),
    ),
    "agree_to_lock": Door("/admin/accounts/{account}/lock/agree", "sam"),
    "withdraw_lock": Door("/admin/accounts/{account}/lock/withdraw", "sam"),
    "unlock": Door(
        "",
        "",
        {"reason": "Plain words"},
        {"reason": "text"},
        made=_on("/admin/accounts/{code}/unlock", _locked, who="sam"),
        shown=(("sam", "/admin/audit"),),
    ),
    "waive_strike": Door(
        "",
        "",
        {"reason": "Plain words"},
        {"reason": "text"},
        made=_on("/admin/strikes/{code}", missed_by_specialist, who="sam"),
        shown=(("sam", "/admin/audit"),),
    ),
    "find_applicant": Door("/admin/applications/in/{queue}", "sam", {}, {"name": "text"}),
    "log": Door("/admin/audit", "sam", {}, {"who": "text"}),
    "decide_revision": Door(
        "/admin/changes/{revision}",
        "sam",
        {"answer": "refuse", "as_of": "2027-03-01T08:00:00+00:00", "reason": "Not yet"},
        {"reason": "text", "answer": "choice", "as_of": "when"},
        made=_asked_anew,
    ),
    "decide_contest": Door(
        "/admin/contests/{contest}", "sam", {"reason": "Plain words"}, {"outcome": "choice", "reason": "text"}
    ),
    "letter": Door("/admin/mail/{letter}/again", "sam"),
    "number": Door(
        "/admin/crisis-numbers/{number}",
        "sam",
        {f"line-{name}": value for name, value in LINE.items()} | {"line-number": "999"},
        {f"line-{name}": "text" for name in LINE if name != "read_on"} | {"line-read_on": "when"},
    ),
    "add_number": Door(
        "/admin/crisis-numbers/new",
        "sam",
        LINE | {"country": "IE", "purpose": "talk"},
        dict.fromkeys(("number", "name", "hours", "languages", "source_url"), "text")
        | {"read_on": "when", "country": "choice", "purpose": "choice"},
        shown=(("nobody", "/help-now?country=IE"), ("sam", "/admin/crisis-numbers"), ("sam", "/admin/")),
    ),
    "end_number": Door(
        "/admin/crisis-numbers/{number}/end",
        "sam",
        {"end-source_url": LINE["source_url"], "end-read_on": LINE["read_on"]},
        {"end-source_url": "text", "end-read_on": "when"},
    ),
    "agree_on_number": Door("/admin/crisis-changes/{number_change}/agree", "sam"),
    "withdraw_number": Door("/admin/crisis-changes/{number_change}/withdraw", "sam"),
    "undo_number": Door("/admin/crisis-changes/{number_change}/undo", "sam"),
}
FACTS = (
    money_doors.FACTS
    | talk_doors.FACTS
    | message_doors.FACTS
    | moderation_doors.FACTS
    | question_doors.FACTS
    | answer_doors.FACTS
)
DOORS |= {name: Door(path, who, honest, fields, **more) for name, (path, who, honest, fields, more) in FACTS.items()}
