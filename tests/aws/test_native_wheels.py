"""Dependencies with native code: Zappa finds their wheels for both architectures of Lambda."""

import pytest
from zappa.core import build_manylinux_wheel_file_match_pattern

#: As PyPI has them; the stable ABI of Python 3.10 serves every later Python.
WHEELS = {
    "x86_64": "resvg_py-0.5.0-cp310-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
    "arm64": "resvg_py-0.5.0-cp310-abi3-manylinux_2_17_aarch64.manylinux2014_aarch64.whl",
}


@pytest.mark.parametrize("python", ["python3.11", "python3.12", "python3.13"])
@pytest.mark.parametrize("architecture", WHEELS)
def test_zappa_takes_the_wheel_of_the_architecture(python: str, architecture: str) -> None:
    pattern = build_manylinux_wheel_file_match_pattern(python, architecture)
    taken = [name for name, wheel in WHEELS.items() if pattern.match(wheel)]
    assert taken == [architecture]
