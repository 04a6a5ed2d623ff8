"""This folder knows plain values: instants, money, text, networks, errors. Pure: no database and no request."""
