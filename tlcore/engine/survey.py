"""Measures the catalog's facts from the modules themselves."""


def write_survey() -> None:
    """Write the facts of every card."""
