"""This file knows who may see and change whose hours, and what that costs the database."""

from datetime import UTC, date, datetime

from practice.availability import actions, queries
from practice.specialists.states import OfferKind
from practice.store.db import db
from tests import factories
from tests.availability.conftest import PAGE, Editor, stored

TUESDAY = datetime(2027, 3, 2, 9, 0, tzinfo=UTC)  # 10:00 in Vienna


def test_a_specialist_cannot_touch_anothers_time_off_or_travel(cast, practice, app, sign_in):
    off = actions.add_time_off(practice, TUESDAY, datetime(2027, 3, 3, tzinfo=UTC))
    trip = actions.add_travel(practice, date(2027, 3, 9), None, "Asia/Tokyo")
    tess = factories.user("Tess Other")
    factories.specialist(tess)
    editor = Editor(sign_in(app.test_client(), tess))
    token = editor.value("csrf_token")

    for path in (
        f"{PAGE}/time-off/{off.code}/remove",
        f"{PAGE}/travel/{trip.code}/remove",
        f"{PAGE}/travel/none/remove",
    ):
        assert editor.browser.post(path, data={"csrf_token": token}).status_code == 404

    assert len(queries.absences(practice.id, TUESDAY)) == 1
    assert len(queries.travels(practice.id, date(2027, 3, 1))) == 1


def test_saving_changes_only_ones_own_hours(editor, practice):
    other = factories.specialist(factories.user("Tess Other"))

    editor.send(press=("drop", "all-0-0"))
    editor.send(specialist=str(other.id))

    assert len(queries.weekly_ranges(other.id)[""]) == 5


def test_clients_and_strangers_find_no_hours_page(cast, app, sign_in):
    assert app.test_client().get(PAGE).status_code == 302
    assert sign_in(app.test_client(), cast.ben).get(PAGE).status_code == 403


def test_a_form_without_its_token_is_refused(editor, practice):
    before = stored(practice)

    editor.send(without=("csrf_token",), **{"all-0-0-from": "07:00"})

    assert editor.answer.status_code == 400
    assert stored(practice) == before


def test_the_number_of_queries_does_not_grow_with_the_number_of_rules(anna_in, practice):
    from sqlalchemy import event

    def cost():
        seen = []
        listener = lambda *args: seen.append(args[2])  # noqa: E731
        event.listen(db.engine, "before_cursor_execute", listener)
        assert anna_in.get(PAGE).status_code == 200
        event.remove(db.engine, "before_cursor_execute", listener)
        return len(seen)

    few = cost()
    for number in range(12):
        actions.save_exception(practice, date(2027, 4, 1 + number), [(600, 660)], OfferKind.CONSULT)
        actions.add_time_off(
            practice, datetime(2027, 5, 1 + number, tzinfo=UTC), datetime(2027, 5, 2 + number, tzinfo=UTC)
        )

    assert cost() == few
