"""Raters that do not exist: their ratings, their sessions, and the power of a study by them."""
