import pytest

from local.toolchain.versions import parse, show


@pytest.mark.parametrize(
    ("told", "version"),
    [("v20.20.2", (20, 20, 2)), ("go1.26.8", (1, 26, 8)), ("3.259.0-alpha.1", (3, 259, 0)), ("none", None)],
)
def test_the_first_number_is_the_version(told: str, version: tuple[int, ...] | None) -> None:
    assert parse(told) == version


def test_a_version_is_shown_as_text() -> None:
    assert show((3, 259, 0)) == "3.259.0"
