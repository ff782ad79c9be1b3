"""Files of every shape with bytes changed, lost and added: never more than a word about them."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from .reading import opened, said
from .rows import made
from .test_every_shape import PACKERS, put
from .test_hostile_files import devices, line
from .writers import WRITERS

MARKS = (b'"', b"{", b"[", b"\n", b"\0", b"\xff", b"PK\x03\x04", b'"""', b",", b"\\", b"\x80" * 9)


def damaged(content: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 1, 2, 5, 30))):
        # Often near the start, where a file says what it is.
        at = random.randrange(min(len(content), random.choice((200, 2**30))) + 1)
        match random.randrange(5):
            case 0:
                content = content[:at] + random.randbytes(1) + content[at + 1 :]
            case 1:
                content = content[:at] + content[at + random.choice((1, 4, 100)) :]
            case 2:
                content = content[:at] + random.choice(MARKS) + content[at:]
            case 3:
                content = content[: max(at, 1)]
            case _:
                content = content[:at] + content[max(0, at - 50) : at] + content[at:]
    return content


@pytest.mark.parametrize("seed", range(8))
def test_damage_is_said_and_costs_no_other_file(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    rows = {table: of[:4] for table, of in made().items()}
    count = 0
    for shape, write in WRITERS.items():
        content = random.choice(list(write(rows).values()))
        packer = random.choice(list(PACKERS))
        put(tmp_path, {f"{shape}.{packer}": damaged(PACKERS[packer](content), random)})
        count += 1
    put(tmp_path, {"zz-good": line("good")})
    with opened(tmp_path) as evidence:
        assert "good" in devices(evidence)
        assert len({file.path for file in evidence.report.files}) == count + 1
        assert all(len(text.splitlines()) == 1 for text in said(evidence))
