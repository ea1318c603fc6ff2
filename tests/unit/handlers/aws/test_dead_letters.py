import json

import pytest

from handlers.aws.dead_letters import _letter

RUN = "arn:aws:states:us-east-1:1:execution:twinlens-workflow:a"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"find": "stuck"}, "a run of the reconciler for stuck jobs failed"),
        ({"find": "unclaimed"}, "a run of the reconciler for unclaimed jobs failed"),
        (
            {"source": "aws.states", "detail": {"executionArn": RUN, "status": "ABORTED"}},
            f"execution {RUN} was lost",
        ),
        ({"id": None, "state": "lost", "execution": RUN}, f"execution {RUN} was lost"),
    ],
)
def test_a_message_of_ours_that_is_no_upload_is_named(body, told):
    letter = _letter(message(json.dumps(body)))
    assert told in letter.told
    assert letter.uploads == ()


@pytest.mark.parametrize(
    "body", ["", "no json", "[]", "7", '{"find": "gold"}', '{"detail": null}', '{"detail": 7}']
)
def test_a_message_of_others_is_not_explained(body):
    letter = _letter(message(body))
    assert (letter.told, letter.uploads, letter.text) == ("", (), body)


def message(body):
    return {"Body": body, "ReceiptHandle": "h", "Attributes": {"SentTimestamp": "1700000000000"}}
