"""This file knows what of the questions room is written down about a person: each part of it says so itself."""

from . import answer_records, question_records

__all__ = ["answer_records", "question_records"]
