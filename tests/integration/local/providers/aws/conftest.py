import pytest

from local.providers.aws.__main__ import stand_in


@pytest.fixture
def provider(aws):
    """The AWS stand-in on MiniStack."""
    return stand_in()
