"""The questions, one folder a pack."""
