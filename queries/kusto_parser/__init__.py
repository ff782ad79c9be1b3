"""Microsoft's own KQL parser, where it is installed."""
