"""Functions with the same archive share the folder with their code."""

import json

import boto3
from aws_inputs import archive, function

WHERE = """
from pathlib import Path

def handler(event, context):
    here = Path(__file__)
    return {"here": str(here), "real": str(here.resolve()), "said": "THIS"}
"""
FUNCTION = "aws:lambda/function:Function"


def said(name):
    answer = boto3.client("lambda").invoke(FunctionName=name)
    assert "FunctionError" not in answer
    return json.load(answer["Payload"])


def test_what_is_the_same_is_unpacked_once_and_what_is_not_is_not(made, monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    codes = (archive(WHERE, "same"), archive(WHERE, "same"), archive(WHERE.replace("THIS", "THAT"), "other"))
    one, same, other = (said(made.make(FUNCTION, function(made, code=code))[1]) for code in codes)

    assert one["here"] != same["here"]
    assert one["real"] == same["real"]
    assert (one["said"], same["said"], other["said"]) == ("THIS", "THIS", "THAT")
    assert other["real"] != one["real"]
