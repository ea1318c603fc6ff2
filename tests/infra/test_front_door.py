"""What the front door takes: nothing unless it is asked for, and then no more than its work."""

import json

import pytest

from core.front_door.routes import ROUTES

ARN = "arn:aws:{}:us-east-1:123456789012:{}"
ORIGIN = "https://photos.example.com"
SIGN_IN = {"issuer": "https://login.example.com/tenant", "audience": "photos"}

ADD = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action"
DELEGATOR = "db58b8e5-c6ad-4a2a-8342-4190687cbf4a"


def granted(graph, role):
    [policy] = [each for each in graph.of("RolePolicy") if each.name == role]
    return {
        (action, resource)
        for statement in json.loads(policy.inputs["policy"])["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


@pytest.fixture(scope="module")
def aws(run):
    return run({"cloud": "aws", "frontDoor": True, "pageOrigin": ORIGIN, "logRetentionDays": 90})


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_without_it_there_is_nothing_of_it(run, cloud):
    graph = run({"cloud": cloud, "pageOrigin": ORIGIN})

    assert not [each.urn for each in graph.resources if "door" in each.name or "apigateway" in each.type]
    assert not graph.of("BucketCorsConfiguration")
    assert "TICKETS" not in json.dumps(
        [each.inputs for each in graph.of("WebApp") + graph.of("Function")], default=str
    )
    assert graph.outputs["apiUrl"] == ""


@pytest.mark.parametrize("cdn", [True, False])
def test_its_function_has_the_permissions_for_its_work_alone(run, cdn):
    """It signs addresses of results only where no CDN has them."""
    aws = run({"cloud": "aws", "frontDoor": True, "cdn": cdn})
    tickets, ledger = (ARN.format("dynamodb", f"twinlens-{name}") for name in ("door-tickets", "ledger"))
    uploads = ARN.format("s3", "twinlens-input") + "/incoming/door/*"
    assert granted(aws, "twinlens-door") == {
        *((f"dynamodb:{each}Item", tickets) for each in ("Put", "Get", "Update")),
        ("dynamodb:GetItem", ledger),
        ("s3:GetObject", uploads),
        ("s3:PutObject", uploads),
        *([] if cdn else [("s3:GetObject", ARN.format("s3", "twinlens-output") + "/jobs/*")]),
        ("states:GetExecutionHistory", ARN.format("sfn", "twinlens-workflow") + ":*"),
        ("logs:CreateLogStream", ARN.format("cloudwatch", "twinlens-door") + ":*"),
        ("logs:PutLogEvents", ARN.format("cloudwatch", "twinlens-door") + ":*"),
        ("xray:PutTraceSegments", "*"),
        ("xray:PutTelemetryRecords", "*"),
    }


def test_its_routes_are_those_of_the_document_and_call_the_alias(aws):
    keys = {each.inputs["routeKey"] for each in aws.of("Route")}
    assert keys == {f"{each.method} {each.path}" for each in ROUTES}
    assert {each.inputs["authorizationType"] for each in aws.of("Route")} == {"NONE"}
    assert not aws.of("Authorizer")
    assert aws.one("Integration").inputs["integrationUri"].endswith("twinlens-door:live")
    permission = aws.one("Permission").inputs
    assert (permission["principal"], permission["qualifier"]) == ("apigateway.amazonaws.com", "live")


def test_a_flood_is_throttled_and_the_log_has_no_address_that_a_client_chose(aws):
    stage = aws.one("Stage").inputs
    limits = stage["defaultRouteSettings"]
    assert (limits["throttlingRateLimit"], limits["throttlingBurstLimit"]) == (50, 200)
    log = json.loads(stage["accessLogSettings"]["format"])
    assert not {"$context.path", "$context.authorizer.error"} & set(log.values())
    assert not [value for value in log.values() if "header" in value.lower() or "query" in value.lower()]
    assert aws.one("LogGroup", "door-access").inputs["retentionInDays"] == 90


def test_only_the_pages_origin_may_read_its_answers(run):
    aws = run({"cloud": "aws", "frontDoor": True, "pageOrigin": ORIGIN, "cdn": False})
    cors = aws.one("Api").inputs["corsConfiguration"]
    assert (cors["allowOrigins"], cors["allowMethods"]) == ([ORIGIN], ["GET", "POST"])
    [rule] = aws.one("BucketCorsConfiguration").inputs["corsRules"]
    assert (rule["allowedOrigins"], rule["allowedMethods"]) == ([ORIGIN], ["PUT"])

    closed = run({"cloud": "aws", "frontDoor": True, "cdn": False})
    assert "corsConfiguration" not in closed.one("Api").inputs
    assert not closed.of("BucketCorsConfiguration")


def test_with_sign_in_the_gateway_asks_for_tokens(run):
    graph = run({"cloud": "aws", "frontDoor": True, "signIn": SIGN_IN})

    authorizer = graph.one("Authorizer")
    assert authorizer.inputs["jwtConfiguration"] == {"issuer": SIGN_IN["issuer"], "audiences": ["photos"]}
    guarded = {each.inputs["routeKey"]: each.inputs["authorizationType"] for each in graph.of("Route")}
    assert guarded == {f"{each.method} {each.path}": "JWT" if each.guarded else "NONE" for each in ROUTES}


@pytest.mark.parametrize(("most", "waiting"), [(0, 8), (1000, 8), (16, 4), (3, 0)])
def test_calls_that_wait_leave_half_of_its_functions_to_others(run, most, waiting):
    """In two windows of time each: see handlers.aws.front_door.DynamoPlaces."""
    graph = run({"cloud": "aws", "frontDoor": True, "maxConcurrency": most})

    variables = graph.one("Function", "door").inputs["environment"]["variables"]
    assert variables["TWINLENS_WAITING_CALLS"] == str(waiting)


@pytest.fixture(scope="module")
def azure(run):
    return run({"cloud": "azure", "frontDoor": True, "pageOrigin": ORIGIN, "cdn": False})


def test_the_app_on_azure_may_create_uploads_and_no_more(azure):
    role = azure.one("RoleDefinition").inputs
    [permission] = role["permissions"]
    assert permission["dataActions"] == [ADD]
    assert not permission["actions"]
    granted = {
        (each.name.removeprefix("twinlens-app-"), each.inputs["scope"].rpartition("/")[2])
        for each in azure.of("RoleAssignment")
        if each.inputs["roleDefinitionId"].endswith((azure.one("RoleDefinition").name, DELEGATOR))
    }
    assert granted == {("add-uploads", "twinlens-photos-input"), ("sign", "twinlensphotos")}


def test_an_owner_s_role_takes_the_place_of_the_stack_s(run):
    adder = "0b1c2d3e-0000-4000-8000-0123456789ab"
    made = run({"cloud": "azure", "frontDoor": True, "cdn": False, "uploadRole": adder})
    assert not made.of("RoleDefinition")
    [given] = [each.inputs for each in made.of("RoleAssignment") if each.name.endswith("add-uploads")]
    assert given["roleDefinitionId"].endswith(f"/{adder}")


def test_the_app_on_azure_answers_many_at_once_and_one_page(azure, run):
    app = azure.one("WebApp").inputs
    scale = app["functionAppConfig"]["scaleAndConcurrency"]
    assert scale["triggers"] == {"http": {"perInstanceConcurrency": 16}}
    assert app["siteConfig"]["cors"] == {"allowedOrigins": [ORIGIN]}
    [rule] = azure.one("BlobServiceProperties").inputs["cors"]["corsRules"]
    assert (rule["allowedOrigins"], rule["allowedMethods"]) == ([ORIGIN], ["PUT"])
    assert azure.outputs["apiUrl"] == "https://twinlens-app.azurewebsites.net/api"

    closed = run({"cloud": "azure", "frontDoor": True, "cdn": False, "signIn": SIGN_IN})
    app = closed.one("WebApp").inputs
    assert "cors" not in app["siteConfig"]
    assert not closed.of("BlobServiceProperties")
    settings = {each["name"]: each["value"] for each in app["siteConfig"]["appSettings"]}
    assert settings["TWINLENS_SIGN_IN_ISSUER"] == SIGN_IN["issuer"]
    assert settings["TWINLENS_SIGN_IN_AUDIENCE"] == SIGN_IN["audience"]
