"""This file knows how text from a browser becomes values of a practice; each refusal is a sentence beside its field."""

from __future__ import annotations

import re
from typing import Any

from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from practice.http.forms import Form, NameField, NumberField, Replacing
from practice.safety.places import countries
from practice.store.db import is_only_shown
from practice.values import clock
from practice.values.text import called

from . import choices, policy
from .answers import Profession, Words
from .models import Topic
from .states import CoupleStance, CredentialKind, Kind, ProfileState

PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
LANGUAGE_ROWS = 4


def line(label: str, most: int, *, required: str = "", kind: Any = StringField) -> Any:
    """One field of text with its limit; `required` is the sentence for an empty one."""
    first = [DataRequired(required)] if required else [Optional()]
    short = Length(max=most, message=f"This is too long. Use {most} characters at most.")
    return kind(label, [*first, short])


def ticks(label: str, **options: Any) -> Any:
    """Several answers as tick boxes."""
    return SelectMultipleField(label, option_widget=widgets.CheckboxInput(), widget=widgets.ListWidget(), **options)


def levels() -> list[SelectChoice]:
    """How well a language is spoken."""
    return [SelectChoice(*pair) for pair in choices.LEVELS.items()]


NO_YEARS = "Write a number from 0 to 70."


class ProfessionForm(Replacing):
    """The first step: what somebody does, where, and on which credentials."""

    kind = RadioField(
        "Which of these are you?",
        [InputRequired("Choose the one that fits best.")],
        choices=[SelectChoice(kind.value, text.label) for kind, text in policy.KINDS.items()],
    )
    name = NameField("Your name, as clients will see it", most=80, empty="Write your name.")
    called = NameField("What do clients call you?", empty="")
    title = SelectField("Title you apply for", choices=[])
    country = SelectField("Country you practise in", choices=[])
    place = line("Town or city", 80, required="Write the town you work from, also if you only work online.")
    body = line("Professional body or school", 120)
    number = line("Registration number", 60)
    expires_on = DateField("Valid until", [Optional()])
    permitted = line("Places you may practise in", 200)
    training = line("Training", 600, kind=TextAreaField)
    years = NumberField("Years of practice", wrong=NO_YEARS, validators=[Optional(), NumberRange(0, 70, NO_YEARS)])
    supervision = line("Supervision", 160)
    records_country = SelectField("Where you keep your records", [Optional()], choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_kind = {text.label: [(title, title) for title in text.titles] for text in policy.KINDS.values()}
        self.title.choices = {"": [("", "Choose a title")], **by_kind}
        self.country.choices = [("", "Choose a country"), *countries()]
        self.records_country.choices = [("", "Choose a country"), *countries()]

    def validate_title(self, field: Any) -> None:
        """Only what may be granted to this kind; the words on the profile are staff's, not the applicant's."""
        if not policy.may_apply_for(self.kind.data or "", field.data or ""):
            raise ValidationError("Choose a title from the list for what you do.")

    def validate_country(self, field: Any) -> None:
        """Somewhere."""
        if not field.data:
            raise ValidationError("Choose the country you practise in.")

    def validate_expires_on(self, field: Any) -> None:
        """A credential that has run out proves nothing."""
        if field.data and field.data < clock.today("UTC"):
            raise ValidationError("This date is in the past. Send us the paper that is valid now.")
        if field.data and field.data.year > 2100:
            raise ValidationError("Check the year of this date.")

    def validate_permitted(self, field: Any) -> None:
        """Country codes, with a region where the licence names one."""
        if any(not _is_place(place) for place in _places(field.data)):
            raise ValidationError("Write codes such as IE or CA-ON, separated by commas.")

    def answers(self) -> Profession:
        """What an action takes."""
        who, where = ("name", "called", "title", "training", "supervision"), ("country", "place", "records_country")
        return Profession(
            kind=self.kind.data,
            expires_on=self.expires_on.data,
            permitted_places=tuple(dict.fromkeys(_places(self.permitted.data))),
            years=self.years.data or 0,
            **{name: self[name].data or "" for name in (*who, *where, "body", "number")},
        )


class CredentialForm(Form):
    """One document."""

    kind = HiddenField(validators=[InputRequired()])
    file = FileField("Choose a file")
    expires_on = DateField("Valid until", [Optional()])

    def validate_kind(self, field: Any) -> None:
        """One of the credentials we ask for."""
        if field.data not in set(CredentialKind):
            raise ValidationError("Choose the paper again.")

    def validate_file(self, field: Any) -> None:
        """Something has to be chosen."""
        if not field.data:
            raise ValidationError("Choose a file first.")


def _in_their_order(field: Any) -> tuple[str, ...]:
    """What was ticked, in the order it had: a form sends ticks in the order of its list, which nobody chose."""
    places = {each: place for place, each in enumerate(field.object_data or ())}
    return tuple(sorted(dict.fromkeys(field.data or ()), key=lambda each: places.get(each, len(places))))


class WordsForm(Replacing):
    """What the public profile says."""

    headline = line("First line", 90, required="Write your first line.")
    best_at = line("I’m best at", 300, required="Write what you are best at.", kind=TextAreaField)
    not_right_for = line(
        "I’m not the right person for",
        300,
        required="Write whom you would send to somebody else.",
        kind=TextAreaField,
    )
    about = line("About my work", 4000, required="Write a few sentences about your work.", kind=TextAreaField)
    first_session = line("What a first session looks like", 2000, kind=TextAreaField)
    topics = ticks("Topics you work with", choices=[])
    main_topics = ticks("Main topics", choices=[])
    approaches = ticks(
        "Ways of working, eight at most", choices=[SelectChoice(each, each) for each in choices.APPROACHES]
    )
    formats = ticks(
        "Ways to meet",
        choices=[SelectChoice(value.value, label) for value, label in choices.FORMATS.items()],
    )
    couple_stance = RadioField(
        "Couples: what you do with something one partner tells you alone",
        choices=[
            SelectChoice("", "I don’t see couples"),
            *(SelectChoice(value.value, label) for value, label in choices.STANCES.items()),
        ],
        default="",
    )
    phone_note = line("By phone, or in person", 200)
    video_url = line("Link to your room for video or chat", 300)
    language_1 = SelectField("Language", choices=[])
    language_2 = SelectField("Second language", [Optional()], choices=[])
    language_3 = SelectField("Third language", [Optional()], choices=[])
    language_4 = SelectField("Fourth language", [Optional()], choices=[])
    level_1 = SelectField("How well", choices=levels())
    level_2 = SelectField("How well you speak the second", choices=levels())
    level_3 = SelectField("How well you speak the third", choices=levels())
    level_4 = SelectField("How well you speak the fourth", choices=levels())

    def offer_topics(self, topics: list[Topic]) -> None:
        """Fill the lists that come from the database."""
        self.topics.choices = self.main_topics.choices = [(topic.slug, topic.name) for topic in topics]
        for row in range(1, LANGUAGE_ROWS + 1):
            self[f"language_{row}"].choices = [("", "Choose a language"), *choices.languages()]

    def validate_topics(self, field: Any) -> None:
        """Eight at most."""
        if not 1 <= len(set(field.data or ())) <= policy.TOPICS_AT_MOST:
            raise ValidationError(f"Choose 1 to {policy.TOPICS_AT_MOST} topics.")

    def validate_main_topics(self, field: Any) -> None:
        """One to three of those chosen; a mark on a topic that is not chosen says nothing."""
        if self.topics.data and not 1 <= len(self._main()) <= policy.MAIN_TOPICS_AT_MOST:
            raise ValidationError(f"Mark 1 to {policy.MAIN_TOPICS_AT_MOST} of your topics as main.")

    def _main(self) -> tuple[str, ...]:
        chosen = set(self.topics.data or ())
        return tuple(slug for slug in _in_their_order(self.main_topics) if slug in chosen)

    def validate_approaches(self, field: Any) -> None:
        """A few ways of working say more than many."""
        if len(field.data or ()) > policy.APPROACHES_AT_MOST:
            raise ValidationError(f"Choose {policy.APPROACHES_AT_MOST} at most.")

    def validate_formats(self, field: Any) -> None:
        """At least one way to meet."""
        if not field.data:
            raise ValidationError("Choose at least one way to meet.")

    def validate_couple_stance(self, field: Any) -> None:
        """Couples know before they book what happens with a confidence."""
        if set(self.topics.data or ()) & choices.COUPLE_TOPICS and not field.data:
            raise ValidationError(
                "You chose a topic for couples. Say what you do with something one partner tells you."
            )

    def validate_video_url(self, field: Any) -> None:
        """A page of the web that a client's browser may open; without one, only calls by phone or in person work."""
        if field.data and not policy.is_web_address(field.data):
            raise ValidationError("Write the whole address, such as https://meet.example/your-room.")

    def validate_language_1(self, field: Any) -> None:
        """At least one language."""
        if not field.data:
            raise ValidationError("Choose a language you work in.")

    def is_only_unfinished(self) -> bool:
        """Whether nothing but empty fields stands against keeping this; whoever finishes later fills them in then."""
        wrong = any(field.errors and (field.data or field.name == "csrf_token") for field in self)
        return not wrong and not is_only_shown()

    def answers(self) -> Words:
        """What an action takes; the main topics come first."""
        main = self._main()
        other = tuple(slug for slug in _in_their_order(self.topics) if slug not in main)
        texts = ("headline", "best_at", "not_right_for", "about", "first_session", "phone_note", "video_url")
        return Words(
            approaches=_in_their_order(self.approaches),
            formats=_in_their_order(self.formats),
            couple_stance=self.couple_stance.data if self.couple_stance.data in set(CoupleStance) else None,
            main_topics=main,
            other_topics=other,
            languages=self._languages(),
            **{name: self[name].data or "" for name in texts},
        )

    def _languages(self) -> tuple[tuple[str, str], ...]:
        rows = range(1, LANGUAGE_ROWS + 1)
        pairs = {self[f"language_{row}"].data: self[f"level_{row}"].data for row in reversed(rows)}
        order = dict.fromkeys(self[f"language_{row}"].data for row in rows if self[f"language_{row}"].data)
        return tuple((language, pairs[language]) for language in order)


class SendForm(Form):
    """The last step."""

    declares = BooleanField(
        "I know of no open complaint or sanction against me, and I follow my body’s code of ethics",
        [DataRequired("We can only take an application with this declaration.")],
    )


class PhotoForm(Form):
    """A face."""

    photo = FileField("Choose a picture")


class PauseForm(Replacing):
    """Rest until a date, or until told otherwise."""

    until = DateField("Back on", [Optional()])

    def differences(self) -> list[tuple[str, str, str]]:
        """Also whether anybody new is taken at all."""
        rests = self.stored.get("state") == ProfileState.PAUSED
        return [*super().differences(), *([] if rests else [("New clients", "taken", "not from now on")])]


class CheckedForm(Replacing):
    """What staff look at before it changes."""

    name = NameField("Name", most=80, empty="Write your name.")
    called = NameField("What do clients call you?", empty="")
    title = SelectField("Title", choices=[])
    country = SelectField("Practising in", choices=[])
    place = line("Town or city", 80, required="Write the town you work from.")
    permitted = line("Places you may practise in", 200)

    def __init__(self, *args: Any, kind: str = Kind.COACH, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title.choices = [(title, title) for title in policy.KINDS[Kind(kind)].titles]
        self.country.choices = [("", "Choose a country"), *countries()]

    validate_permitted = ProfessionForm.validate_permitted
    validate_country = ProfessionForm.validate_country

    def fields(self) -> dict[str, Any]:
        """What an action takes."""
        texts = {name: self[name].data for name in ("name", "title", "country", "place")}
        texts["called"] = self.called.data or called(self.name.data)
        return {**texts, "permitted_places": list(dict.fromkeys(_places(self.permitted.data)))}


def _places(text: str | None) -> list[str]:
    return [part.strip().upper() for part in (text or "").split(",") if part.strip()]


def _is_place(place: str) -> bool:
    return bool(PLACE.fullmatch(place)) and place[:2] in dict(countries())
