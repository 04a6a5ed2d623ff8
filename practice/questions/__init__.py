"""This folder knows questions that are asked in public, under a name that leads nowhere, and what specialists
answer."""
