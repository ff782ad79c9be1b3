"""What every test of the project may ask for."""

from __future__ import annotations

from kusto_parser.fixture import kusto_parser

__all__ = ["kusto_parser"]
