"""Certificates for every mood of the server, written into the folder that it is given."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

NAMES = ("127.0.0.1", "localhost")


class Certificates:
    """A CA that clients are told to trust, and one that they have never heard of."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known = trustme.CA()
        self._stranger = trustme.CA(organization_name="Somebody else")
        self.ca_file = str(folder / "ca.pem")
        self._known.cert_pem.write_to_path(self.ca_file)

    def context(
        self, *, trusted: bool = True, expired: bool = False, names: tuple[str, ...] = NAMES
    ) -> ssl.SSLContext:
        """For the server's side of the connections."""
        ca = self._known if trusted else self._stranger
        times = {}
        if expired:
            now = datetime.now(UTC)
            times = {"not_before": now - timedelta(days=9), "not_after": now - timedelta(days=2)}
        certificate = ca.issue_cert(*names, **times)
        file = self._folder / "server.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(file))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        file.unlink()
        return context
