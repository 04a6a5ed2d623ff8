"""This surface knows the staff's pages over every room; it owns no tables."""
