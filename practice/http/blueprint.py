"""This file knows the blueprint on which the pages of no room stand."""

from flask import Blueprint

bp = Blueprint("web", __name__)
