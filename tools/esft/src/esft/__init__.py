"""Trains chosen experts of a Mixture-of-Experts model (ESFT, arXiv 2407.01906), and compares the result with its base."""


class Refusal(Exception):
    """What a user asked for cannot be done. The message says why, all reasons at once."""
