"""Speed and memory, side by side with other servers in one run; ``python -m tests.benchmarks``."""
