"""This file knows how to be a real mail server on this machine that remembers what it received."""

from __future__ import annotations

import asyncio
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


class SmtpSink:
    """An SMTP server on a free loopback port; `messages` are parsed, `raw` are the bytes as they came."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.recipients: list[list[str]] = []
        self.refuse_with: str | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.raw]  # type: ignore[misc]

    def to(self, address: str) -> list[EmailMessage]:
        """What arrived for `address`, oldest first."""
        return [m for m, who in zip(self.messages, self.recipients, strict=True) if address in who]

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> SmtpSink:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def _listen(self) -> asyncio.Server:
        def session() -> SMTP:
            return SMTP(Keeper(self), enable_SMTPUTF8=True, hostname="sink.example", loop=self._loop)

        return await self._loop.create_server(session, "127.0.0.1", 0)

    def __exit__(self, *_why: Any) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        rest = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)


class Keeper:
    """What the server tells of each message. Not the sink itself: the server looks at every attribute of this one with
    each connection, and would have all messages parsed anew."""

    def __init__(self, sink: SmtpSink) -> None:
        self.sink = sink

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.sink.refuse_with:
            return self.sink.refuse_with
        assert isinstance(envelope.content, bytes)
        self.sink.raw.append(envelope.content)
        self.sink.recipients.append(list(envelope.rcpt_tos))
        return "250 kept"
