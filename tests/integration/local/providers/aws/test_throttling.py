"""A stage's throttling, which MiniStack knows and does not apply."""

import pytest
import requests
from aws_inputs import archive, function

FINE = """
def handler(event, context):
    return {"statusCode": 200, "body": "fine"}
"""
FUNCTION = "aws:lambda/function:Function"
API, INTEGRATION, ROUTE, STAGE = (
    f"aws:apigatewayv2/{name.lower()}:{name}" for name in ("Api", "Integration", "Route", "Stage")
)


@pytest.fixture
def api(made):
    """An API with one route, whose stage lets two calls in, and another one a day."""
    called = made.make(FUNCTION, function(made, code=archive(FINE, "f")))[2]["arn"]
    _, identity, state = made.make(API, {"protocolType": "HTTP"})
    given = {"integrationType": "AWS_PROXY", "integrationUri": called, "payloadFormatVersion": "2.0"}
    _, integration, _ = made.make(INTEGRATION, {"apiId": identity, **given})
    route = {"routeKey": "GET /fine", "target": f"integrations/{integration}"}
    made.make(ROUTE, {"apiId": identity, **route})
    limits = {"throttlingBurstLimit": 2, "throttlingRateLimit": 0.00001}
    stage = {"name": "$default", "autoDeploy": True, "defaultRouteSettings": limits}
    made.make(STAGE, {"apiId": identity, **stage})
    return state["apiEndpoint"]


def test_calls_beyond_the_burst_are_refused_until_tokens_have_come(api):
    answers = [requests.get(f"{api}/fine", timeout=60) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].json() == {"message": "Too Many Requests"}
    assert requests.get(f"{api}/none", timeout=60).status_code == 404
