"""This folder knows how the product is run: starting, commands, the check-up, health and metrics."""
