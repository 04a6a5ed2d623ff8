"""A rush for one thing keeps no thread from everything else."""

import threading

import pytest

from practice.http.seats import Seats
from practice.values.errors import Crowded


class Waiting(threading.Thread):
    """A thread that sits in front of a thing until it is told to go."""

    def __init__(self, seats, thing):
        super().__init__()
        self.seats, self.thing = seats, thing
        self.sits, self.may_go = threading.Event(), threading.Event()
        self.start()
        assert self.sits.wait(10)

    def run(self):
        with self.seats.one(self.thing, most=2, seconds=10):
            self.sits.set()
            self.may_go.wait(10)

    def go(self):
        self.may_go.set()
        self.join(10)


def test_who_finds_every_seat_taken_is_told_so_and_others_are_not_kept():
    seats = Seats()
    line = [Waiting(seats, "a calendar") for _ in range(2)]

    with pytest.raises(Crowded, match="Nothing was lost"), seats.one("a calendar", most=2, seconds=0.01):
        pass
    with seats.one("another calendar", most=2, seconds=0.01):
        pass

    line[0].go()
    with seats.one("a calendar", most=2, seconds=10):
        pass
    line[1].go()


def test_a_seat_comes_back_also_after_an_error():
    seats = Seats()

    for _ in range(3):
        with pytest.raises(KeyError), seats.one("a calendar", most=1, seconds=0.01):
            raise KeyError
