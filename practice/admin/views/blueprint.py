"""This file knows the blueprint of admin, and what its rail says of what waits."""

from flask import Blueprint
from flask_login import current_user

from practice.contact import queries as contact
from practice.moderation import queries as moderation

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.app_template_global()
def waiting_for_staff() -> dict[str, int]:
    """How much waits behind which page of the rail, for whoever of the staff is signed in."""
    written, cases = contact.waiting(current_user)[0], moderation.waits(current_user)[0]
    return {"admin.contact_desk": written, "admin.moderation": cases}
