"""This file knows how many, how long and how late in the questions room."""

from __future__ import annotations

from datetime import timedelta

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

# ---------------------------------------------------------------- answers

READ_FIRST = 3  # of a new specialist's answers, before the others appear at once
LONGEST_ANSWER = 3000  # in characters
LONGEST_FOLLOW_UP = 1500  # in characters
# Whom a question is put to (docs/decisions/0078): of a hundred so many are left out, and
# after a week some more each day.
LEFT_OUT_OF_100 = 25
OPEN_AT_LEAST_DAYS = 7
ANSWERED_FOR_DAYS = 90
SILENCE_AFTER = timedelta(days=5)
OLD_ENOUGH_TO_COUNT = timedelta(days=1)  # of an account whose vote counts
KNOWN_AFTER = timedelta(days=30)  # an account that shares a browser or a network and is older is somebody else
KEYS_OF_VOTES = timedelta(days=30)  # the marks of a browser and a network stay with a vote for so long
ROWS_A_PAGE = 50  # of what waits for a specialist, of their answers, of what nobody has answered
ON_A_PROFILE = 3  # answers, the newest first
