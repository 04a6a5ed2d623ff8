"""This file knows the blueprint of the payments room."""

from flask import Blueprint

bp = Blueprint("payments", __name__)
