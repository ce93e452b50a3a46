"""Rewrites that keep the meaning of a function and make it smaller."""
