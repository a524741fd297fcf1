"""Which error it is: its code, whatever its sentence says."""

from collections.abc import Callable

from analysis.errors import LeveeError


def coded(code: str) -> Callable[[LeveeError], bool]:
    """For ``pytest.raises(…, check=coded("damaged_file"))``."""
    return lambda error: error.code == code
