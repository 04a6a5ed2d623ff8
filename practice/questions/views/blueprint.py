"""This file knows the blueprint of questions, and what a specialist's rail says of them: whether some wait."""

from flask import Blueprint
from flask_login import current_user

from practice.questions import answers

bp = Blueprint("questions", __name__)


@bp.app_template_global()
def waiting_questions() -> int:
    """How many questions of their topics nobody has answered, for a specialist whose profile is public."""
    mine = current_user.specialist if current_user.is_authenticated else None
    return answers.count_waiting(mine)[0] if mine is not None and mine.is_visible else 0
