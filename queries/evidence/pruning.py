"""Columns that nobody reads, left out of the steps of a query."""

from __future__ import annotations

from typing import Any

from .sql_types import Node


def pruned(node: Node) -> None:
    """For now nothing."""
