"""This file knows the blueprint of disputes; addresses stand below those of the booking that they are about."""

from flask import Blueprint

bp = Blueprint("disputes", __name__)
