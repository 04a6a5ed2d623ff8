"""This surface knows the public directory: the list, its search and its cards, and one profile."""
