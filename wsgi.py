"""This file knows how a server starts the product."""

from practice.app import create_app

app = create_app()
