"""Doing it, on a real server: connect, survey, back up, run steps, record them."""
