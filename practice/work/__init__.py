"""This folder knows what happens without a browser: sweeps that fall due, and the worker that does them."""
