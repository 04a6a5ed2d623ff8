"""This room knows where every cent came from and where it is: money that moves from pot to pot, and is never changed.

Whoever sells says what happened (`events`), `actions.book` writes it down once, `queries` say what is where.
"""
