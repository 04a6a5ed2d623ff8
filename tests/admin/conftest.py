"""This file knows what tests of staff pages share with those of practices: an applicant, staff, forms as sent."""

from tests.specialists.conftest import mara, sam, sue  # noqa: F401
