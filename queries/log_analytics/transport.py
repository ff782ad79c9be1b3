"""Connections of our own making."""

from __future__ import annotations

import ssl

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport


def new_transport(connections: int) -> AioHttpTransport:
    """For one event loop; keeps its connections, follows the proxy variables.

    The TLS context is made now: aiohttp makes its default one when it is imported, and so would
    not see an SSL_CERT_FILE that was set later.
    """
    # Connections are kept, names need not be: one that is gone is to be noticed.
    connector = aiohttp.TCPConnector(
        ssl=ssl.create_default_context(), limit=connections, use_dns_cache=False
    )
    session = aiohttp.ClientSession(
        connector=connector,
        trust_env=True,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    return AioHttpTransport(session=session, connection_data_block_size=1 << 16)
