"""Rolling means of equally spaced values."""

from collections.abc import Sequence


def rolling_mean(values: Sequence[float], size: int) -> list[float | None]:
    """The mean of each value and the ``size`` − 1 before it; None for the first ones."""
    return [
        sum(values[i - size + 1 : i + 1]) / size if i >= size - 1 else None
        for i in range(len(values))
    ]
