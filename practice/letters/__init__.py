"""This folder knows letters: stored with their cause, built once, carried by a worker, then reduced to the fact."""
