"""This room knows when a specialist is willing to work: weekly hours, exceptions, time off, travel and limits."""
