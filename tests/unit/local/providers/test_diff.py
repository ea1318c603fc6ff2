from local.providers import wire
from local.providers.diff import changes


def kinds(old, new, replace_on=()):
    return {change.path: (change.kind, change.replaces) for change in changes(old, new, replace_on)}


def archive(digest, path="a.zip"):
    return {wire.SIGNATURE: wire.ARCHIVE, "hash": digest, "path": path}


def test_equal_inputs_have_no_changes():
    assert kinds({"a": [1, {"b": "c"}]}, {"a": [1, {"b": "c"}]}) == {}


def test_changes_are_reported_by_path():
    old = {"environment": {"variables": {"A": "1", "B": "2"}}, "gone": 1}
    new = {"environment": {"variables": {"A": "1", "B": "3", "x-y": "4"}}, "added": 2}
    assert kinds(old, new) == {
        "environment.variables.B": ("update", False),
        'environment.variables["x-y"]': ("add", False),
        "gone": ("delete", False),
        "added": ("add", False),
    }


def test_a_list_changes_as_a_whole():
    assert kinds({"a": [1, 2]}, {"a": [1, 3]}) == {"a": ("update", False)}


def test_a_change_within_an_input_that_cannot_change_replaces():
    assert kinds({"key": {"name": "a"}, "b": 1}, {"key": {"name": "b"}, "b": 2}, {"key"}) == {
        "key.name": ("update", True),
        "b": ("update", False),
    }


def test_archives_are_compared_by_their_hash():
    assert kinds({"code": archive("1", "a.zip")}, {"code": archive("1", "b.zip")}) == {}
    assert kinds({"code": archive("1")}, {"code": archive("2")}) == {"code": ("update", False)}
    assert kinds({"code": "x"}, {"code": archive("2")}) == {"code": ("update", False)}


def test_a_value_that_is_not_known_yet_counts_as_changed():
    assert kinds({"arn": "a"}, {"arn": wire.UNKNOWN}) == {"arn": ("update", False)}
