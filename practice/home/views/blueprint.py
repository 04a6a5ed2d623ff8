"""This file knows the blueprint of home, and what every page says of letters: whether one is new."""

from flask import Blueprint, g
from flask_login import current_user

from practice.home import queries

bp = Blueprint("home", __name__)


@bp.app_template_global()
def new_letters() -> int:
    """How many letters came to whoever wants them in their account alone since they last said that they saw them; of
    those who have mail nobody counts. One question for a page."""
    if not current_user.is_authenticated or not current_user.no_email:
        return 0
    if "new_letters" not in g:
        g.new_letters = queries.new_letters(current_user)
    count: int = g.new_letters
    return count
