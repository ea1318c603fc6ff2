from google.protobuf import struct_pb2

from local.providers import wire


def test_values_survive_the_round_trip():
    values = {"text": "a", "whole": 1209600, "part": 0.5, "yes": True, "list": [1, {"a": "b"}], "map": {}}
    decoded = wire.decode(wire.encode(values))
    assert decoded == values
    assert isinstance(decoded["whole"], int)
    assert isinstance(decoded["yes"], bool)


def test_nulls_are_left_out():
    given = struct_pb2.Struct()
    given.update({"gone": None, "nested": {"gone": None, "here": 1}})
    assert wire.decode(given) == {"nested": {"here": 1}}


def test_archives_keep_their_hash_and_are_recognised():
    archive = {wire.SIGNATURE: wire.ARCHIVE, "hash": "abc", "path": "a.zip"}
    assert wire.decode(wire.encode({"code": archive}))["code"] == archive
    assert wire.signature(archive) == wire.ARCHIVE
    assert wire.signature({"a": 1}) is None
    assert wire.signature("a") is None


def test_unknown_is_the_engines_own_mark():
    assert wire.is_unknown("04da6b54-80e4-46f7-96ec-b56ff0331ba9")
    assert not wire.is_unknown("a")
    assert not wire.is_unknown(["a"])


def test_unknown_is_found_anywhere():
    assert wire.has_unknown({"a": [{"b": wire.UNKNOWN}]})
    assert not wire.has_unknown({"a": [{"b": "c"}, 1, None]})
