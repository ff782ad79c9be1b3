"""A Log Analytics server to try the online source against, with every failure on demand.

``python -m log_analytics --demo`` serves it by hand; the README of the tests says how.
"""
