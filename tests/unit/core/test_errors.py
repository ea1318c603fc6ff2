import re

from core import errors


def test_wire_names_list_the_whole_family() -> None:
    names = errors.wire_names(errors.PhotoError)
    assert set(names) == {
        "PhotoError",
        "EmptyFile",
        "TooManyBytes",
        "TooManyPixels",
        "TooManyFrames",
        "NotAPhoto",
        "NotAsDeclared",
        "UnsupportedFormat",
        "DamagedPhoto",
        "Superseded",
    }
    assert list(names) == sorted(names)


def test_an_unavailable_store_and_a_busy_worker_are_worth_another_try() -> None:
    assert errors.retryable_names() == ("StoreUnavailable", "WorkerBusy")


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = set(re.findall(r"[─ ] ?([A-Z]\w+)", errors.__doc__.split("::")[1].split("The class's name")[0]))
    defined = {name for name in errors.wire_names(errors.TwinlensError) if hasattr(errors, name)}
    assert drawn == defined
