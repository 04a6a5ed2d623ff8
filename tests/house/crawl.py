"""This file knows how to walk through the product by its links, and when two addresses are pages of one kind."""

from __future__ import annotations

import functools
import tempfile
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup
from werkzeug.routing import Map

from tests.pages import DRAWINGS

REDIRECTS = {301, 302, 303, 307, 308}
RESOURCES = (("img", "src"), ("script", "src"), ("link", "href"), ("source", "src"), ("use", "href"))


@dataclass(frozen=True)
class Answer:
    """What came back for one address; `page` is None for anything but html."""

    path: str
    origin: str
    status: int
    location: str
    page: BeautifulSoup | None


def walk(home: str, get: Callable[[str], tuple[int, str, str, bytes]], enough: int) -> Iterator[Answer]:
    """Every address that links lead to from the home page on, at most `enough` of one kind.

    `get(path)` answers with status, Location, media type and body."""
    waiting, seen, kinds = deque([("/", "the start")]), {"/"}, Counter[object]()
    while waiting:
        path, origin = waiting.popleft()
        status, location, kind, body = get(path)
        page = _tree(path, body) if kind == "text/html" and status == 200 else None
        yield Answer(path, origin, status, location, page)
        targets = _links(home, page, path) if page else []
        if status in REDIRECTS and (inside := _inside(home, urljoin(home + path, location))):
            targets.append(inside)
        for target in targets:
            if target not in seen and kinds[kind_of(target)] < enough:
                kinds[kind_of(target)] += 1
                seen.add(target)
                waiting.append((target, path))


def _tree(path: str, body: bytes) -> BeautifulSoup:
    """The home page whole; all others without the icons, which each of them carries along and which are the same."""
    html = body.decode()
    return BeautifulSoup(html if path == "/" else DRAWINGS.sub("", html), "html.parser")


def kind_of(target: str) -> object:
    """Pages of one kind share a route; with and without a query are two kinds. An unknown address is its own kind."""
    parts = urlsplit(target)
    try:
        endpoint, _ = _addresses().bind("localhost").match(parts.path, method="GET")
    except Exception:
        return target
    return target if endpoint == "static" else (endpoint, bool(parts.query))


@functools.cache
def _addresses() -> Map:
    from practice.app import create_app
    from practice.config import Config

    folder = Path(tempfile.mkdtemp())
    return create_app(Config(mode="demo", data=folder, database_url=f"sqlite:///{folder / 'none.db'}")).url_map


def _links(home: str, page: BeautifulSoup, path: str) -> list[str]:
    asked = [a["href"] for a in page.find_all("a", href=True)]
    asked += [f.get("action") or path for f in page.find_all("form") if f.get("method", "get").lower() == "get"]
    asked += [tag[name] for each, name in RESOURCES for tag in page.find_all(each) if tag.get(name)]
    return [inside for href in asked if (inside := _inside(home, urljoin(home + path, str(href))))]


def _inside(home: str, url: str) -> str | None:
    """The path of an address of ours, without its fragment; None for other addresses (tel:, mailto:, other sites)."""
    parts = urlsplit(urldefrag(url).url)
    if f"{parts.scheme}://{parts.netloc}" != home:
        return None
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
