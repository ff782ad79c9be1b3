"""Showing and judging."""
