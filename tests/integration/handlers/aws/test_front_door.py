"""The front door's ports on DynamoDB."""

from handlers.aws import front_door
from handlers.aws.front_door import DynamoPlaces


def test_a_place_is_free_again_when_it_is_left_and_with_the_next_window(ledger_table, monkeypatch):
    places, clock = DynamoPlaces(ledger_table, 2), [1000.0]
    monkeypatch.setattr(front_door.time, "time", lambda: clock[0])

    with places.taken() as first:
        with places.taken() as second, places.taken() as third:
            assert (first, second, third) == (True, True, False)
        with places.taken() as fourth, places.taken() as fifth:
            assert (fourth, fifth) == (True, False)
            clock[0] += 20
            with places.taken() as sixth:
                assert sixth
    with DynamoPlaces(ledger_table, 0).taken() as none:
        assert none is False
