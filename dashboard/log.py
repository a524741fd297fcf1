"""The program's log: where something went wrong, never with which words of a file."""

from __future__ import annotations

import logging
import traceback


def log_failure(message: str, error: BaseException) -> None:
    """Log the places in the code where an error arose.

    What an error says is left out: ``could not convert '王小明'`` quotes a cell of somebody's
    file, and logs are kept where nobody looks for names.
    """
    places = "".join(traceback.format_tb(error.__traceback__))
    logging.getLogger("levee").error("%s: %s\n%s", message, type(error).__name__, places)
