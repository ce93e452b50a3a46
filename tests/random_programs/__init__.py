"""Random programs, written as a user would write them, and checked against plain Python."""
