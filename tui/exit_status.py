"""What a command says with its exit status; 0 is for all that was asked, answered whole."""

from __future__ import annotations

from ..queries.answers import Status

FAILED, USAGE, IN_PART = 1, 2, 3
EXITS = {
    Status.COMPLETE: 0,
    Status.TRUNCATED: IN_PART,
    Status.PARTIAL: IN_PART,
    Status.FAILED: FAILED,
}
