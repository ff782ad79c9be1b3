"""Where the program starts: nothing is loaded before garbage collection is put off.

Modules and the first frame are many objects at once, and nearly all of them stay.
"""

from __future__ import annotations

from typing import NoReturn

from ..queries.uncollected import pause


def main() -> NoReturn:
    """The ``iotriage`` command; what it runs collects again as soon as it stands."""
    pause()
    from .cli import main  # noqa: PLC0415

    main()
