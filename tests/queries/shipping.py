"""Every text that the built-in packs and rules ask, and what it is translated to.

``python tests/queries/shipping.py`` writes the translations that come with the program; to be run
when a pack, a rule or the translation has changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
import msgspec
from iotriage.queries.evidence.engine import translatable_text, translate
from iotriage.queries.evidence.tables import TABLES
from iotriage.queries.evidence.translations import SHIPPED, Shipped, digest
from iotriage.queries.hints import rules
from iotriage.queries.hints.folder import rules_in
from iotriage.queries.hints.rules import BUILT_IN as RULES
from iotriage.queries.hints.rules import Rule, RuleSet, with_hints
from iotriage.queries.packs.loading import BUILT_IN, load_pack
from iotriage.queries.pivot import QUESTION, Kind, Wanted, asked_for
from iotriage.queries.questions import Query
from iotriage.queries.window import Window

_MODULE = "iotriage.queries.evidence."
_TRANSLATING = (
    *("cheapest_first", "extracting", "flattening", "folding", "known_forms", "never_null"),
    *("placing", "plainer", "pruning", "sql_folds", "sql_tree", "sql_types", "whole_rows"),
)
_WINDOW = Window(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))


def queries() -> Iterator[tuple[str, Query]]:
    """Each with a name of its own."""
    for pack in BUILT_IN:
        for name, question in with_hints(load_pack(pack), RuleSet(sigma())).questions.items():
            if name == QUESTION:
                question = asked_for(question, Wanted("", Kind.TEXT))  # noqa: PLW2901
            row = dict.fromkeys(question.keys, "")
            for part, query in {
                "text": question.query("", "", _WINDOW),
                "events": question.events_query("", "", _WINDOW, row),
                "values": question.values_query("", "", _WINDOW, row),
                "prevalence": question.prevalence_query("", "", _WINDOW, _WINDOW.start),
            }.items():
                if query.text:
                    yield f"{pack}/{name}.{part}", query


@cache
def sigma() -> tuple[Rule, ...]:
    """The rules of the program, as KQL."""
    made = rules_in(RULES)
    assert not made.refused
    return made.rules


def translator() -> str:
    """Another text where the translation may be another."""
    parts = [*map(find_spec, map(_MODULE.__add__, _TRANSLATING)), find_spec("duckdb_kql.lower")]
    sources = [Path(part.origin).read_text("utf-8") for part in parts if part and part.origin]
    assert len(sources) == len(parts)
    return digest("\0".join((*sources, repr(TABLES))))


def texts() -> dict[str, str]:
    """Each text that is asked, by its digest."""
    found = sorted({translatable_text(query) for _, query in queries()})
    return {digest(text): text for text in found}


def translated() -> Shipped:
    """Made anew; takes a minute."""
    made = {name: translate(text) for name, text in texts().items()}
    return Shipped(duckdb.__version__, translator(), made)


def _write(path: Path, content: object) -> None:
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")


if __name__ == "__main__":
    source = Path(__file__).parents[2] / "queries"
    _write(source / "hints" / rules.SHIPPED.name, sigma())
    _write(source / "evidence" / SHIPPED.name, translated())
