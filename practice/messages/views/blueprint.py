"""This file knows the blueprint of messages, and what other pages say of them: whether something is new."""

from flask import Blueprint, g
from flask_login import current_user

from practice.messages import queries

bp = Blueprint("messages", __name__)


@bp.app_template_global()
def unread_messages() -> int:
    """In how many conversations of whoever is signed in something is new. One question for a page."""
    if not current_user.is_authenticated:
        return 0
    if "unread_messages" not in g:
        g.unread_messages = queries.count_unread(current_user)
    count: int = g.unread_messages
    return count
