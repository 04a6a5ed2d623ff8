"""This file knows the blueprint of availability."""

from flask import Blueprint

bp = Blueprint("availability", __name__, url_prefix="/practice/availability")
