"""Findings, verdicts, the journal, the report. Knows no widget."""
