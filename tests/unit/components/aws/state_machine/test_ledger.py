import pytest

from components.aws.state_machine import ledger


@pytest.mark.parametrize("without_picture", [[], ["failed"], ["failed", "rejected"]])
def test_a_claim_has_what_its_condition_names_and_no_more(without_picture):
    """DynamoDB refuses an empty list, and a name or value that no expression uses."""
    call = ledger.put("$job", without_picture)
    words = set(call["ConditionExpression"].translate(str.maketrans("(),", "   ")).split())
    assert {each for each in words if each.startswith("#")} == set(call["ExpressionAttributeNames"])
    assert {each for each in words if each.startswith(":")} == set(call["ExpressionAttributeValues"])
    assert "IN ()" not in call["ConditionExpression"]
