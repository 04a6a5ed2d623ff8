"""This file knows what of the questions room can be a case of staff: each part of it says so itself."""

from . import answer_subjects, question_subjects

__all__ = ["answer_subjects", "question_subjects"]
