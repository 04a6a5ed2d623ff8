"""This file knows whether the files that rows name are there and open, and whether offers are what may be sold."""

from __future__ import annotations

import os
from collections.abc import Iterator

from practice.config import settings
from practice.providers import images
from practice.providers.storage import DiskStore, NoSuchFile
from practice.store.checks import check

from . import files, photos, queries
from .cancel_rules import CancelRule


@check
def folder_faults() -> Iterator[str]:
    """What is wrong with the folder of uploads as a whole: quickly told, at every start."""
    folder = settings().uploads
    if not folder.is_dir():
        named = len(_named())
        if named:
            yield (
                f"{folder} does not exist, and the database names {named} files in it. Is its disk there? Bring the "
                "files back from a backup; if they are lost for good, make the empty folder, and it starts without."
            )
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield f"{folder} cannot be written to by the user that runs this."


@check
def file_faults() -> Iterator[str]:
    """Every file that a row names is opened: a sentence for each that is missing or does not open."""
    for key in sorted(_named()):
        try:
            content = _store().read(key)
        except (NoSuchFile, OSError) as error:
            yield f"The file {key} cannot be read: {type(error).__name__}."
            continue
        # Sealed documents are opened with all other sealed texts.
        if key.startswith("photos/") and images.picture_type(content) is None:
            yield f"The file {key} is no picture any more."


@check
def offer_faults() -> Iterator[str]:
    """Offers whose rule is none, or stricter than any may be, and lower prices given to more than there are places."""
    for code, stored in queries.cancel_rules():
        try:
            CancelRule.read(stored)
        except ValueError:
            yield f"The offer {code} has a cancel rule that there is not: {stored!r}."
    for code, given, count in queries.overgiven():
        yield f"The offer {code} is sold at its lower price to {given}, and has {count} places."


def _named() -> set[str]:
    """Every file that a row names."""
    own = {key for key in files.photo_keys() if not key.startswith(photos.DRAWN)}
    return files.credential_file_keys() | {f"{key}-{size}.webp" for key in own for size in (images.LARGE, images.SMALL)}


def _store() -> DiskStore:
    return DiskStore(settings().uploads)
