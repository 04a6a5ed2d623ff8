"""This file knows how numbers for a crisis are opened to the rest: import its queries and models."""
