"""Data that holds every trap at once, and random mixtures of them.

``trap_tables()`` is the same on every call. Its day is ``WINDOW``, its hub ``HUB``, and the
devices worth asking about are ``DEVICES``.
"""

from __future__ import annotations

from typing import Any

from .build import CAM, CAM_LOUD, CAM_TEN, DEVICES, HOSTILE, HUB, MICRO, WINDOW, Sheet
from .mixture import WIDE, random_tables
from .trap_activity import login_traps, process_traps
from .trap_advice import advice_traps
from .trap_alerts import alert_traps
from .trap_posture import check_traps, firewall_traps, signal_traps, system_traps
from .trap_state import edge_traps, health_traps, port_traps, user_traps
from .trap_stories import connection_traps, session_traps

__all__ = [
    "CAM",
    "CAM_LOUD",
    "CAM_TEN",
    "DEVICES",
    "HOSTILE",
    "HUB",
    "MICRO",
    "WIDE",
    "WINDOW",
    "random_tables",
    "trap_tables",
]


def trap_tables() -> dict[str, list[dict[str, Any]]]:
    """The four tables of Defender for IoT, full of traps."""
    sheet = Sheet()
    for fill in (
        user_traps,
        port_traps,
        login_traps,
        process_traps,
        health_traps,
        edge_traps,
        alert_traps,
        connection_traps,
        session_traps,
        firewall_traps,
        check_traps,
        system_traps,
        signal_traps,
        advice_traps,
    ):
        fill(sheet)
    return sheet.tables
