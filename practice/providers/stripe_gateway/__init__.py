"""This folder knows Stripe: the only place that imports its package. Plain frozen values go in and come out.

Every function takes the `Gateway` first. Whatever changes something takes a key too: asked again with the same key,
Stripe does it once. Errors are ours (`errors.py`); each says what is known about what happened.
"""
