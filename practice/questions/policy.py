"""This file knows how many, how long and how late in the questions room."""

from __future__ import annotations

# ---------------------------------------------------------------- finding

A_PAGE = 20  # questions of the list
LONGEST_SEARCH = 200
CHIPS = 8  # topics that stand open above the list
FACES = 5  # of those who answered, on a card
EXCERPT = 220  # characters of a question's words on its card
LONGEST_COMPARED = 400  # characters of what somebody writes, when something alike is looked for
MOST_ALIKE = 4  # answered questions beside a form or a page
# Beyond so many questions a word is common: it is counted no further, and nothing is alike for holding it.
MOST_COUNTED = 1_000
# So many places of a text's rarest words are looked through for what is alike.
MOST_POSTINGS = 4_000
