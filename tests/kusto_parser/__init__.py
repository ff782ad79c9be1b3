"""Catalogue texts checked by Microsoft's own KQL parser."""
