"""Asking: which questions there are, and who answers them."""
