"""This folder knows letters: built once from one source, stored with their cause, carried, then reduced to a fact."""
