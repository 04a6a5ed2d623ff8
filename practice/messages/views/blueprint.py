"""This file knows the blueprint of messages, and what other pages say of them: whether something is new."""

from flask import Blueprint
from flask_login import current_user

from practice.messages import queries

bp = Blueprint("messages", __name__)


@bp.app_template_global()
def unread_messages() -> int:
    """In how many conversations of whoever is signed in something is new: one question, asked where it is shown."""
    return queries.count_unread(current_user) if current_user.is_authenticated else 0
