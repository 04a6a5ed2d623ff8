"""This file knows what of the questions room the log says in words: each part of it says so itself."""

from . import answer_log_lines, question_log_lines

__all__ = ["answer_log_lines", "question_log_lines"]
