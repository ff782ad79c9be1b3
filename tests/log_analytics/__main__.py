"""The server by hand: the demo evidence behind Log Analytics, without Azure."""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from .az_script import AzScript
from .demo import OTHER, WORKSPACE, demo_workspaces
from .faults import BY_NAME
from .service import Service
from .tokens import TENANT

_SECONDS_TO_TYPE_A_CODE = 8.0


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m log_analytics", description=__doc__)
    parser.add_argument("--demo", action="store_true", required=True, help="the demo evidence")
    parser.add_argument(
        "--slow", type=float, default=0.0, metavar="SECONDS", help="how long a query takes"
    )
    parser.add_argument(
        "--fault",
        choices=sorted(BY_NAME),
        metavar="NAME",
        help=f"what happens to every question, though not at opening: {', '.join(sorted(BY_NAME))}",
    )
    return parser.parse_args()


def environment(service: Service, az: AzScript) -> Mapping[str, str]:
    return {
        "PATH": f"{az.folder}:$PATH",
        "SSL_CERT_FILE": service.ca_file,
        "IOTRIAGE_MANAGEMENT": service.endpoint,
        "AZURE_AUTHORITY_HOST": service.endpoint,
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": "11d0cafe-0000-4000-8000-000000000001",
        "AZURE_CLIENT_SECRET": service.entra.client_secret,
    }


def told(service: Service, az: AzScript) -> str:
    one = f"--workspace {WORKSPACE} --auth cli --endpoint {service.endpoint}"
    two = one.replace(" --auth", f" --workspace {OTHER} --auth")
    exports = [f'export {name}="{text}"' for name, text in environment(service, az).items()]
    lines = [
        f"# Log Analytics for tests at {service.endpoint} until Ctrl+C. In another terminal:",
        *exports,
        "",
        "# One workspace; two, of which the second lacks a table; from a script:",
        f"iotriage {one}",
        f"iotriage {two}",
        f"iotriage ask logins --device cam-0231 --hub plant-7 {one}",
        "",
        "# The other ways to sign in are --auth env and --auth device, where any code is",
        f"# taken for typed after {_SECONDS_TO_TYPE_A_CODE:g} seconds.",
    ]
    return "\n".join(lines)


def serve(wanted: argparse.Namespace, folder: Path) -> None:
    """Until somebody interrupts."""
    with Service(folder) as service, demo_workspaces(service, datetime.now(UTC)):
        az = AzScript(folder / "az", service.tokens)
        service.delay = wanted.slow
        service.entra.approve_after = _SECONDS_TO_TYPE_A_CODE
        if wanted.fault:
            # A question begins with its values; what is asked at opening has none.
            service.faults.add(BY_NAME[wanted.fault](), times=None, where=r"^let ")
        print(told(service, az), flush=True)
        while True:
            time.sleep(3600)


def main() -> None:
    # A shell lets what it starts in the background ignore interrupts.
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="log-analytics-") as name:
        try:
            serve(arguments(), Path(name))
        except KeyboardInterrupt:
            print("\nstopped")


if __name__ == "__main__":
    main()
