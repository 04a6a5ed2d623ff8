"""This file knows how a server starts the product."""

from practice.app import create_app
from practice.operations.starting import opened

app = opened(create_app)
