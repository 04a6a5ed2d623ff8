"""This file knows how specialists of the demo get ready to be paid: accounts at the partner, and how they are taxed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial

from practice.accounts.models import User
from practice.invoices import actions as invoices
from practice.payments import accounts, payday, queries
from practice.providers.stripe_gateway.accounts import PAYS_TO
from practice.sandbox import world
from practice.sandbox.accounts import Outcome
from practice.store.versions import Shown, mark_of

from .cast import Cast
from .people import SPECIALISTS
from .shapes import Person, Tax
from .till import tend

HOUR = timedelta(hours=1)
Happening = tuple[datetime, Callable[[], object]]


def happenings(cast: Cast) -> Iterator[Happening]:
    """What happens to accounts of those whom the partner pays, and when; how somebody is taxed they say on that day."""
    for person in SPECIALISTS:
        owner, first = cast.practices[person.slug].user, _when(cast, person)[0]
        if person.country in PAYS_TO:
            yield first - HOUR, partial(accounts.open_account, owner, person.country, person.currency)
        if person.tax is not None:
            yield first, partial(_say_how_taxed, owner, person, person.tax)
    # Behind all that happens in the same moment: what is told to the partner, and heard from it, at once.
    everyone = [(person, _when(cast, person)) for person in SPECIALISTS if person.country in PAYS_TO]
    yield from ((at, tend) for at in {at[0] - HOUR for _, at in everyone})
    for person, at in everyone:
        for when, (_, said) in zip(at, person.payouts, strict=True):
            yield when, partial(_hear, cast.practices[person.slug].user, Outcome(said))
    yield from ((at, tend) for at in {each for _, at in everyone for each in at})
    # Whom it pays again has what waited, as soon as may be.
    for resumed in {at[-1] for _, at in everyone if len(at) > 1}:
        yield from ((resumed, payday.run), (resumed, tend))


def _when(cast: Cast, person: Person) -> list[datetime]:
    """The instants (UTC) at which the partner says something, none before their practice was there."""
    return [cast.now - timedelta(days=min(days, person.published_days_ago)) for days, _ in person.payouts]


def _hear(owner: User, outcome: Outcome) -> None:
    account = queries.account_of(owner)
    assert account is not None
    world.onboard(account.name, outcome)


def _say_how_taxed(owner: User, person: Person, tax: Tax) -> None:
    facts = {
        "status": tax.status,
        "legal_name": person.name,
        "address": f"12 Mill Lane\n{person.place}",
        "country": person.country,
        "tax_number": tax.number,
        "rate": tax.rate,
        "sentence": tax.sentence,
    }
    invoices.change_profile(owner, facts, shown=Shown(mark_of(None), lambda: None))
