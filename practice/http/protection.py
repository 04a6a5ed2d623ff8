"""This file knows the two guards that rooms name: the token in every form, and limits on how often one may ask."""

from flask import request
from flask_limiter import Limiter
from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
limiter = Limiter(key_func=lambda: request.remote_addr or "nobody", in_memory_fallback_enabled=True)
