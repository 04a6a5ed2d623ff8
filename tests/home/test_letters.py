"""What we wrote to somebody can be read without a mailbox, by them alone."""

from datetime import UTC, datetime

import pytest

from practice.bookings import actions, queries
from practice.letters.mail_worker import deliver_due
from practice.letters.outbox import enqueue_mail
from practice.store.db import transaction
from tests.pages import csrf_of, fields_of, press, tree_of

WEDNESDAY = datetime(2027, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def written(cast, app, smtp, outbox):
    with transaction():
        cast.ben.no_email = True
    actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY, actions.Details(format="video"))
    deliver_due()
    return outbox.last_to(cast.ben)


def test_who_wants_no_email_reads_the_letter_inside(written, cast, client, sign_in):
    sign_in(client, cast.ben)

    listed = client.get("/me/letters").text
    read = client.get(f"/me/letters/{written.code}").text

    assert "Your appointment on" in listed
    assert "Your appointment with Anna stands" in read


def test_nobody_reads_another_persons_letters(written, cast, client, sign_in):
    sign_in(client, cast.cleo)

    assert "Your appointment on" not in client.get("/me/letters").text
    assert client.get(f"/me/letters/{written.code}").status_code == 404


def test_a_letter_reads_as_it_was_written_and_not_as_raw_text(cast, app, smtp, outbox, client, sign_in):
    actions.book(cast.ben, queries.chosen_offer("anna-kern").offer, WEDNESDAY, actions.Details(format="video"))
    deliver_due()
    letter = outbox.last_to(cast.ben)
    sign_in(client, cast.ben)

    words = tree_of(client.get(f"/me/letters/{letter.code}")).select_one(".letter-words")

    assert "See, move or cancel it" in [link.text for link in words.find_all("a")]
    assert "http" not in words.text and "--" not in words.text
    assert "The page of the appointment has it too." in client.get(f"/me/letters/{letter.code}").text


def test_every_letter_can_be_reached_a_page_at_a_time_and_by_its_own_address(app, cast, client, sign_in):
    with transaction():
        cast.ben.no_email = True
        for number in range(52):
            enqueue_mail(f"thing:{number}:said", "accounts/welcome", cast.ben, {})
    deliver_due()
    sign_in(client, cast.ben)

    first = tree_of(client.get("/me/letters"))
    second = tree_of(client.get(first.find("a", string="Older letters")["href"]))
    pages = [[each["href"] for each in page.select("main .list a")] for page in (first, second)]

    assert [len(each) for each in pages] == [50, 2]
    assert not second.find("a", string="Older letters")
    assert second.find("a", string="Newest letters")["href"] == "/me/letters"
    assert client.get(pages[1][-1]).status_code == 200
    assert sign_in(app.test_client(), cast.cleo).get(first.find("a", string="Older letters")["href"]).status_code == 404


def test_letters_are_called_what_they_are(cast, client, sign_in):
    """Those about an account stand there too."""
    assert "about your appointments" not in sign_in(client, cast.ben).get("/me/letters").text


def above(page):
    """What stands above a page, as it is read."""
    return " ".join(tree_of(page).header.get_text().split())


def test_who_wants_no_email_sees_how_many_letters_are_new_until_they_say_that_they_saw_them(
    written, cast, client, sign_in, clock
):
    sign_in(client, cast.ben)
    page = client.get("/me/letters")
    assert "1 new letter" in page.text and "New." in tree_of(page).main.get_text()
    assert "1 new letter" in above(client.get("/"))
    assert "1 new" in tree_of(client.get("/me")).main.get_text()

    as_of = fields_of(page, "/me/letters")["as_of"][0]
    clock.advance(minutes=1)
    with transaction():
        enqueue_mail("ticket:1:answered:1", "contact/answered", cast.ben, {"number": "C-2027-0001", "url": "x"})
    deliver_due()
    press(client, "/me/letters", {"as_of": as_of, "csrf_token": csrf_of(page)})

    # What came while the page was read is new still.
    assert "1 new letter" in client.get("/me/letters").text
    press(client, "/me/letters", {"as_of": "2999-01-01T00:00:00+00:00", "csrf_token": csrf_of(page)})
    assert "new letter" not in above(client.get("/"))
    clock.advance(minutes=1)
    with transaction():
        enqueue_mail("ticket:1:answered:2", "contact/answered", cast.ben, {"number": "C-2027-0001", "url": "x"})
    deliver_due()
    assert "1 new letter" in above(client.get("/"))


def test_of_who_has_mail_nobody_counts(written, cast, client, sign_in):
    with transaction():
        cast.ben.no_email = False
    sign_in(client, cast.ben)

    assert "new letter" not in client.get("/me/letters").text
