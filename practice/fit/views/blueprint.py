"""This file knows the blueprint of the fit room; its addresses stand below those of the booking that they are about."""

from flask import Blueprint

bp = Blueprint("fit", __name__)
