"""This surface knows the first page, each person's own front page, and the pages that explain; it owns no tables."""
