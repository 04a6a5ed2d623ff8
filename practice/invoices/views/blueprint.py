"""This file knows the blueprint of the room of invoices."""

from flask import Blueprint

bp = Blueprint("invoices", __name__)
