"""Every filter's examples, which its own test file holds, for the tests that look at all filters."""

from pathlib import Path
from runpy import run_path

import pytest

from core.photo import filters

FILTER_TESTS = Path(__file__).parent / "filters"


def examples(name: str) -> dict[str, dict[str, object]]:
    """Return the parameters of each of the filter's examples, by what is added to the filter's name."""
    return run_path(str(FILTER_TESTS / f"test_{name}.py"))["EXAMPLES"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give ``filter_example``, a filter's name and its parameters, to every test that asks for it."""
    if "filter_example" in metafunc.fixturenames:
        found = {
            "-".join(filter(None, (name, variant))): (name, parameters)
            for name in filters.names()
            for variant, parameters in examples(name).items()
        }
        metafunc.parametrize("filter_example", found.values(), ids=found)
