import pytest

from core.deployment import variables
from core.errors import MESSAGE_CHARACTERS, RecipeError
from core.job import Job, Source
from handlers.aws import function

JOB = Job("0" * 32, "gallery", Source("photos", "a.jpg", "e", 1), "run", "", "")


@pytest.mark.parametrize("length", [10, 50_000])
def test_an_error_passes_through_with_a_message_that_a_state_machine_carries(monkeypatch, length):
    def fails(*_):
        raise RecipeError("x" * length)

    monkeypatch.setenv(variables.STEP, "resize")
    monkeypatch.setattr(function, "execute", fails)
    monkeypatch.setattr(function, "tools", lambda _: None)
    with pytest.raises(RecipeError) as caught:
        function.handler({"job": JOB.to_document(), "attempt": 1}, None)
    assert len(str(caught.value)) == min(length, MESSAGE_CHARACTERS)
