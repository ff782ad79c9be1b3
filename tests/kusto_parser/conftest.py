from __future__ import annotations

from .fixture import kusto_parser

__all__ = ["kusto_parser"]
