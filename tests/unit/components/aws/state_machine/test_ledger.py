from components.aws.state_machine import ledger
from components.aws.state_machine.compiler import compile_workflow
from core.workflow.photo import pipeline


def test_a_claim_has_what_its_condition_names_and_no_more():
    """DynamoDB refuses a name or value that no expression uses."""
    call = ledger.put("$job")
    words = set(call["ConditionExpression"].translate(str.maketrans("(),", "   ")).split())
    assert {each for each in words if each.startswith("#")} == set(call["ExpressionAttributeNames"])
    assert {each for each in words if each.startswith(":")} == set(call["ExpressionAttributeValues"])


def test_a_claim_is_the_same_with_and_without_a_review():
    """What was refused can be processed when it is uploaded again after the review was switched off."""
    first, second = (compile_workflow(pipeline(seconds), 30)["States"]["claim"] for seconds in (0, 60))
    assert first["Arguments"] == second["Arguments"]
