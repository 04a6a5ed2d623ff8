"""This folder knows the words of the demo: who the invented people are and what they say about themselves."""
