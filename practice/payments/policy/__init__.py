"""This folder knows the rules of money, as functions from frozen values: no database, no clock, no card processor.

`step` takes a purchase and what happened, and gives the purchase as it is then and what follows from it.
"""
