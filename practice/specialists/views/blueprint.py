"""This file knows the blueprint of specialists, and how a page of it sends somebody to the page they need first."""

from flask import Blueprint, redirect
from flask_login import current_user
from werkzeug.wrappers import Response

from practice.http.pages import link
from practice.specialists.models import Specialist
from practice.specialists.states import WORKING

bp = Blueprint("specialists", __name__)


class Elsewhere(Exception):
    """This page is not the right one now; `path` is."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@bp.errorhandler(Elsewhere)
def _go_elsewhere(error: Elsewhere) -> Response:
    return redirect(error.path, 303)


def own_practice() -> Specialist:
    """The practice of the signed-in person; one that is not approved yet is still an application."""
    mine: Specialist = current_user.specialist
    if mine.state not in WORKING:
        raise Elsewhere(link("specialists.apply"))
    return mine
