"""This file knows how the body of a request is read: within limits, and whatever can go wrong is the sender's 400."""

from __future__ import annotations

import errno
from typing import Any
from urllib.parse import parse_qsl

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

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

    def _load_form_data(self) -> None:
        try:
            super()._load_form_data()
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
