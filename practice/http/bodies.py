"""This file knows how the body of a request is read: within limits, and whatever can go wrong is the sender's 400."""

from __future__ import annotations

import errno
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, Request, current_app, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

View = Callable[..., Any]
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Fields(FormDataParser):
    """Reads forms of both kinds alike: strictly, with one limit of fields, bytes that are no UTF-8 marked as such."""

    def __init__(self, **limits: Any) -> None:
        super().__init__(**limits | {"silent": False})

    def _parse_urlencoded(self, stream: Any, _type: str, _length: int | None, _options: dict[str, str]) -> Any:
        text = stream.read().decode("utf-8", "replace")
        if self.max_form_parts is not None and text.count("&") >= self.max_form_parts:
            raise RequestEntityTooLarge
        # What is no UTF-8 becomes U+FFFD, which no field takes.
        pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
        return stream, self.cls(pairs), self.cls()

    def _parse_multipart(self, *body: Any) -> Any:
        stream, form, files = super()._parse_multipart(*body)
        if None in form or None in files:
            for _, each in files.items(multi=True):
                each.close()
            raise BadRequest
        return stream, form, files


class Body(Request):
    """A request whose body is read once, in one place."""

    form_data_parser_class = Fields

    def get_data(self, *how: Any, **more: Any) -> Any:
        """The bytes of it, as a program sent them."""
        with self._as_sent():
            return super().get_data(*how, **more)

    def _load_form_data(self) -> None:
        with self._as_sent():
            super()._load_form_data()

    @contextmanager
    def _as_sent(self) -> Iterator[None]:
        """What cannot be read is the sender's mistake, or a full disk."""
        try:
            yield
        except HTTPException:
            self._forget()
            raise
        except Exception as error:
            self._forget()
            if isinstance(error, OSError) and error.errno in NO_ROOM:
                raise
            raise BadRequest from error

    def _forget(self) -> None:
        """The page that says what was wrong asks for the form too: there is none."""
        self.__dict__.update(form=MultiDict(), files=MultiDict())


# ---------------------------------------------------------------- how much is taken


def takes(most: int) -> Callable[[View], View]:
    """Mark a view whose form may have `most` bytes in all, from people who are signed in; others keep what all may."""

    def mark(view: View) -> View:
        view.most = most  # type: ignore[attr-defined]
        return view

    return mark


def takes_json(view: View) -> View:
    """Mark a view that programs write to, and no form of ours."""
    view.takes_json = True  # type: ignore[attr-defined]
    return view


def set_up(app: Flask) -> None:
    """Before anybody reads a form, it is known how large it may be."""
    app.before_request(_allow)


def most_of(app: Flask, method: str, path: str, cookies: str) -> int:
    """How many bytes such a request may bring: known from its head, before they are here, without the database."""
    head = {"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_COOKIE": cookies}
    local = {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO()}
    with app.request_context(head | local):
        _allow()
        return request.max_content_length or 0


def _allow() -> None:
    most = getattr(current_app.view_functions.get(request.endpoint or ""), "most", None)
    if most and "_user_id" in session:
        request.max_content_length = most
