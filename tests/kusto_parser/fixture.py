"""The fixture ``kusto_parser``, for every test that has KQL to show to Microsoft's parser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from typing import NoReturn

import pytest
from iotriage.queries.kusto_parser.parser import KustoParser, ParserMissing

REQUIRED = "IOTRIAGE_REQUIRE_KUSTO_PARSER"


def without_parser(missing: ParserMissing) -> NoReturn:
    """Skip the test, or fail it where ``IOTRIAGE_REQUIRE_KUSTO_PARSER=1`` says it has to run."""
    if os.environ.get(REQUIRED) == "1":
        pytest.fail(f"{missing} ({REQUIRED}=1)", pytrace=False)
    pytest.skip(str(missing))


@pytest.fixture(scope="session")
def kusto_parser() -> Iterator[KustoParser]:
    """Microsoft's parser with the tables of ``schemas.TABLES``, one process a test session."""
    with ExitStack() as stack:
        try:
            parser = stack.enter_context(KustoParser())
        except ParserMissing as missing:
            without_parser(missing)
        yield parser
