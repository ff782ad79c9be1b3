"""Colours and styles, as data."""
