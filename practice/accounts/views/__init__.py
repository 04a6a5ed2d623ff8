"""This file knows the pages of accounts: the gate, mailed links, settings, security, drafts."""

from flask import Blueprint

bp = Blueprint("accounts", __name__)

from . import drafts, gate, links, rights, security, settings  # noqa: E402, F401 - each adds its pages to `bp`
