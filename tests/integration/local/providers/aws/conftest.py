import pytest
from aws_inputs import Made

from local.providers.aws.__main__ import stand_in


@pytest.fixture
def provider(aws):
    """The AWS stand-in on MiniStack."""
    return stand_in()


@pytest.fixture
def made(provider):
    made = Made(provider)
    yield made
    made.undo()
