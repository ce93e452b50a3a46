"""Reverse mode: from a function to the functions that compute its derivative."""
