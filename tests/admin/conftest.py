"""This file knows what tests of staff pages share with those of practices: an applicant, staff, forms as sent."""

from tests.specialists.conftest import mara, post, sam, sue  # noqa: F401
