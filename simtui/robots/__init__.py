"""Participants who do not exist: raters made of formulas, their sessions, and robots at the real screen."""
