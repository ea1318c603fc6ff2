import pytest

from local.toolchain.progress import seconds, step


@pytest.mark.parametrize(
    ("duration", "text"), [(0.04, "0.0 s"), (9.94, "9.9 s"), (12.4, "12 s"), (185, "3 min 05 s")]
)
def test_durations_are_said_as_people_do(duration: float, text: str) -> None:
    assert seconds(duration) == text


def test_a_step_says_what_and_how_long(capsys: pytest.CaptureFixture[str]) -> None:
    with step("Counting"):
        pass
    assert capsys.readouterr().err == "· Counting ...\n  done in 0.0 s\n"
