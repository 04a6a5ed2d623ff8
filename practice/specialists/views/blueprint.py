"""This file knows the blueprint of specialists, and how a page of it sends somebody to the page they need first."""

from flask import Blueprint, redirect
from werkzeug.wrappers import Response

bp = Blueprint("specialists", __name__)


class Elsewhere(Exception):
    """This page is not the right one now; `path` is."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.path = path


@bp.errorhandler(Elsewhere)
def _go_elsewhere(error: Elsewhere) -> Response:
    return redirect(error.path, 303)
