"""Training in numbers: pure functions, from numbers to numbers."""
