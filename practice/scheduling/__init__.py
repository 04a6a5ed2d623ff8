"""This package knows when a specialist can be booked: pure functions on whole seconds, standard library only.

`intervals` are stretches of time, `zones` turn wall clocks into instants and back, `hours` says when a specialist
is willing to work, `slots` which starts may be booked and why another may not.
"""
