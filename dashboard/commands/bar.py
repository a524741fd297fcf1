"""The bar that shows how far a command has come."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def show_bar() -> Iterator[Callable[[str, float], None]]:
    """A bar on a terminal's standard error; nothing elsewhere."""
    shown = sys.stderr.isatty()

    def tell(step: str, share: float) -> None:
        if shown:
            filled = round(share * 24)
            bar = "█" * filled + "·" * (24 - filled)
            print(f"\r\033[K{bar} {step}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        if shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
