"""``python -m log_analytics --demo`` as somebody without Azure starts it."""

from __future__ import annotations

import http.client
import json
import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .demo import WORKSPACE

TESTS = Path(__file__).resolve().parents[1]


@contextmanager
def by_hand(folder: Path, *words: str) -> Iterator[tuple[dict[str, str], str]]:
    """What it says to export, and all that it says; interrupted in the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "log_analytics", "--demo", *words],
        cwd=TESTS,
        env={"TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("# taken for typed"):
                break
        said = "".join(lines)
        yield dict(re.findall(r'^export (\w+)="(.*)"$', said, flags=re.M)), said
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert (process.returncode, errors) == (0, "")
    finally:
        process.kill()
        process.wait()
        process.communicate()


def test_it_serves_what_it_says_until_it_is_interrupted(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("by-hand")
    with by_hand(folder, "--fault", "status-429") as (exported, said):
        az = Path(exported["PATH"].split(":")[0]) / "az"
        given = subprocess.run([az, "account", "get-access-token"], capture_output=True, check=True)
        token = json.loads(given.stdout)["accessToken"]
        place = exported["IOTRIAGE_MANAGEMENT"].removeprefix("https://")
        assert f"iotriage --workspace {WORKSPACE} --auth cli --endpoint https://{place}\n" in said
        trust = ssl.create_default_context(cafile=exported["SSL_CERT_FILE"])
        connection = http.client.HTTPSConnection(place, context=trust, timeout=10)

        def asked(kql: str) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            path = f"/v1/workspaces/{WORKSPACE}/query"
            connection.request("POST", path, json.dumps({"query": kql}), headers)
            with connection.getresponse() as response:
                response.read()
                return response.status

        statuses = [asked("SecurityAlert | count"), asked("let a = true;\nprint a")]
        connection.close()
    assert statuses == [200, 429]
    assert list(folder.glob("log-analytics-*")) == []
