"""A rush for one thing keeps no thread from everything else."""

import threading

import pytest

from practice.http.waiting_room import WaitingRoom
from practice.values.errors import Crowded


class Waiting(threading.Thread):
    """A thread that sits in front of a thing until it is told to go."""

    def __init__(self, room, thing):
        super().__init__()
        self.room, self.thing = room, thing
        self.sits, self.may_go = threading.Event(), threading.Event()
        self.start()
        assert self.sits.wait(10)

    def run(self):
        with self.room.one(self.thing, most=2, seconds=10):
            self.sits.set()
            self.may_go.wait(10)

    def go(self):
        self.may_go.set()
        self.join(10)


def test_who_finds_every_seat_taken_is_told_so_and_others_are_not_kept():
    room = WaitingRoom()
    line = [Waiting(room, "a calendar") for _ in range(2)]

    with pytest.raises(Crowded, match="Nothing was lost"), room.one("a calendar", most=2, seconds=0.01):
        pass
    with room.one("another calendar", most=2, seconds=0.01):
        pass

    line[0].go()
    with room.one("a calendar", most=2, seconds=10):
        pass
    line[1].go()


def test_a_seat_comes_back_also_after_an_error():
    room = WaitingRoom()

    for _ in range(3):
        with pytest.raises(KeyError), room.one("a calendar", most=1, seconds=0.01):
            raise KeyError
