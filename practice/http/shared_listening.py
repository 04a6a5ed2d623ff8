"""This file knows how processes that share one listening socket share new connections: who is busy leaves them."""

from __future__ import annotations

from typing import Any

from .gunicorn_parts import ThreadWorker


class SharingWorker(ThreadWorker):
    """Gunicorn's worker with threads, except that one with a request for each of its threads leaves new connections.

    The first process that looks would otherwise take nearly all, and keep them as long as browsers do; somebody whose
    connection a busy process took waits, while another process has nothing to do.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_hand = 0
        self.has_finished_one = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """A busy process takes one new connection for each answer it gives: where all are busy nobody is left out."""
        has_time = self.in_hand < self.cfg.threads or self.has_finished_one
        super().set_accept_enabled(enabled and has_time and self.alive)

    def took_connection(self) -> None:
        """One new connection was taken."""
        self.has_finished_one = False
        self.set_accept_enabled(True)

    def began_request(self) -> None:
        """A request goes to a thread."""
        self.in_hand += 1
        self.set_accept_enabled(True)

    def finished_request(self) -> None:
        """A thread has given its answer."""
        self.in_hand -= 1
        self.has_finished_one = True
