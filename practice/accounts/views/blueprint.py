"""This file knows the blueprint of accounts."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)
