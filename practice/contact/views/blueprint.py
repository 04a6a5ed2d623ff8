"""This file knows the blueprint of contact."""

from flask import Blueprint

bp = Blueprint("contact", __name__)
