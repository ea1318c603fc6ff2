"""The CDN: nothing unless there is a front door, and before private stores only."""

import json
import re
from dataclasses import replace

import arm_models
import pytest

from compare.metering.standing import WAF_RULES
from components.azure.roles import Role
from core.job import OUTPUT_PREFIX
from local.providers.azure_native import cdn as stand_in
from local.providers.azure_native.__main__ import SERVICES
from web.files import files

SITE = "https://twinlens-cdn.cloudfront.net"


@pytest.fixture(scope="module")
def graph(run):
    return run({"cloud": "aws", "frontDoor": True, "waf": True, "logRetentionDays": 90})


@pytest.mark.parametrize("settings", [{}, {"cdn": True}, {"frontDoor": True, "cdn": False}])
@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_without_it_there_is_nothing_of_it(run, cloud, settings):
    made = run({"cloud": cloud, **settings})
    assert not [each.urn for each in made.resources if "cdn" in each.urn or "cloudfront" in each.type]
    assert made.outputs["siteUrl"] == ""


def test_the_page_s_files_have_none_of_the_tags_of_which_s3_allows_ten(run):
    graph = run({"cloud": "aws", "frontDoor": True, "tags": {f"tag{number}": "x" for number in range(11)}})
    assert graph.of("BucketObjectv2")
    assert not any(each.inputs.get("tags") for each in graph.of("BucketObjectv2"))
    assert len(graph.one("Distribution").inputs["tags"]) == 11


def test_only_the_distribution_reads_the_buckets_and_of_results_no_more_than_the_finished(graph):
    distribution = "arn:aws:cloudfront:us-east-1:123456789012:twinlens-cdn"
    for name, keys in (("twinlens-cdn-site", "*"), ("twinlens-output", f"{OUTPUT_PREFIX}*")):
        policy = json.loads(graph.one("BucketPolicy", name).inputs["policy"])
        [allowed] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
        assert allowed == {
            "Effect": "Allow",
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:us-east-1:123456789012:{name}/{keys}",
            "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
        }
        block = graph.one("BucketPublicAccessBlock", name).inputs
        assert block["blockPublicPolicy"]
        assert block["restrictPublicBuckets"]
    assert graph.one("OriginAccessControl").inputs["signingBehavior"] == "always"


def test_what_is_not_there_is_a_404_and_nothing_comes_without_tls(graph):
    made = graph.one("Distribution").inputs
    assert {each["errorCode"]: each["responseCode"] for each in made["customErrorResponses"]} == {
        403: 404,
        404: 404,
    }
    [results] = made["orderedCacheBehaviors"]
    assert results["pathPattern"] == f"{OUTPUT_PREFIX}*"
    for behavior in (made["defaultCacheBehavior"], results):
        assert behavior["viewerProtocolPolicy"] == "redirect-to-https"
        assert behavior["allowedMethods"] == ["GET", "HEAD"]


def test_the_page_and_the_api_know_each_other(graph):
    objects = {each.inputs["key"]: each.inputs for each in graph.of("BucketObjectv2")}
    assert objects.keys() == {*files(), "config.json"}
    assert json.loads(objects["config.json"]["content"]) == {
        "doors": [{"name": "AWS", "api": graph.outputs["apiUrl"]}]
    }
    assert objects["main.js"]["contentType"] == "text/javascript; charset=utf-8"
    assert graph.outputs["siteUrl"] == SITE
    assert graph.one("Api").inputs["corsConfiguration"]["allowOrigins"] == [SITE]
    [rule] = graph.one("BucketCorsConfiguration").inputs["corsRules"]
    assert rule["allowedOrigins"] == [SITE]
    assert (
        graph.one("Function", "twinlens-door").inputs["environment"]["variables"]["TWINLENS_RESULTS_URL"]
        == SITE
    )
    policy = graph.one("ResponseHeadersPolicy", "site").inputs["securityHeadersConfig"]
    told = policy["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "script-src 'self';" in told
    assert (
        "connect-src 'self' https://*.execute-api.us-east-1.amazonaws.com "
        "https://twinlens-input.s3.us-east-1.amazonaws.com https://twinlens-input.s3.amazonaws.com;"
    ) in told


@pytest.fixture(scope="module")
def azure(run):
    return run({"cloud": "azure", "frontDoor": True, "waf": True, "pageOrigin": "https://photos.example.com"})


FRONT = "https://twinlens-cdn.azurefd.net"


def test_only_the_profile_s_identity_reads_the_containers_and_of_results_the_finished(azure):
    blobs = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
    given = {
        each.inputs["scope"].rpartition("/")[2]: each.inputs
        for each in azure.of("RoleAssignment")
        if each.inputs["principalId"] == "principal-twinlens-cdn"
    }
    assert given.keys() == {"twinlens-cdn-site", "twinlens-photos-output"}
    assert all(each["roleDefinitionId"].endswith(Role.BLOB_READER.value) for each in given.values())
    assert "condition" not in given["twinlens-cdn-site"]
    assert given["twinlens-photos-output"]["condition"] == (
        f"((!(ActionMatches{{'{blobs}/read'}})) OR (@Resource[{blobs}:path] StringLike '{OUTPUT_PREFIX}*'))"
    )
    assert {each.inputs["publicAccess"] for each in azure.of("BlobContainer")} == {"None"}
    for group in azure.of("AFDOriginGroup"):
        signed_in = group.inputs["authentication"]
        assert signed_in["scope"] == "https://storage.azure.com/.default"
        assert signed_in["userAssignedIdentity"]["id"].endswith("/twinlens-cdn")
        assert group.inputs["healthProbeSettings"]["probeProtocol"] == "Https"


def test_results_are_cached_by_their_whole_address_and_the_page_is_not(azure):
    routes = {each.inputs["routeName"]: each.inputs for each in azure.of("Route")}
    assert {name: (each["patternsToMatch"], each["originPath"]) for name, each in routes.items()} == {
        "index": (["/"], "/site"),
        "site": (["/*"], "/site"),
        "results": ([f"/{OUTPUT_PREFIX}*"], "/output/jobs"),
    }
    kept = {name: each.get("cacheConfiguration") for name, each in routes.items()}
    assert kept == {
        "index": None,
        "site": None,
        "results": {"queryStringCachingBehavior": "UseQueryString"},
    }
    for each in routes.values():
        assert (each["httpsRedirect"], each["forwardingProtocol"]) == ("Enabled", "HttpsOnly")


def headers(graph, route):
    """Return the headers that the rules of a route set, in requests and in answers."""
    [made] = [each.inputs for each in graph.of("Route") if each.inputs["routeName"] == route]
    sets = [each["id"].rpartition("/")[2] for each in made["ruleSets"]]
    actions = [
        action
        for name in sets
        for each in graph.of("Rule")
        if each.name == name
        for action in each.inputs["actions"]
    ]
    return {
        action["parameters"]["headerName"]: action["parameters"]["value"]
        for action in actions
        if "headerName" in action["parameters"]
    }


def test_every_answer_of_front_door_has_the_headers_of_cloudfront_s(azure):
    page, results = headers(azure, "site"), headers(azure, "results")
    safe = {
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Strict-Transport-Security": "max-age=31536000",
        "x-ms-version": "2023-11-03",
    }
    assert page == headers(azure, "index")
    assert results == {**safe, "Content-Security-Policy": "default-src 'none'; sandbox"}
    told = page.pop("Content-Security-Policy")
    assert page == {**safe, "Cache-Control": "no-cache"}
    assert (
        "connect-src 'self' https://twinlens-app.azurewebsites.net https://twinlensphotos.blob.core.windows.net;"
    ) in told
    [index] = [each.inputs["actions"] for each in azure.of("Rule") if each.inputs["ruleName"] == "index"]
    assert [each["parameters"]["destination"] for each in index] == ["/index.html"]


def test_the_page_and_the_api_on_azure_know_each_other(azure):
    blobs = {each.inputs["blobName"]: each.inputs for each in azure.of("Blob") if "cdn" in each.name}
    assert blobs.keys() == {*files(), "config.json"}
    assert json.loads(blobs["config.json"]["source"].text) == {
        "doors": [{"name": "Azure", "api": azure.outputs["apiUrl"]}]
    }
    assert {each["accountName"] for each in blobs.values()} == {"twinlenscode"}
    assert azure.outputs["siteUrl"] == FRONT
    app = azure.one("WebApp").inputs["siteConfig"]
    assert app["cors"] == {"allowedOrigins": ["https://photos.example.com", FRONT]}
    [rule] = azure.one("BlobServiceProperties").inputs["cors"]["corsRules"]
    assert rule["allowedOrigins"] == ["https://photos.example.com", FRONT]
    settings = {each["name"]: each["value"] for each in app["appSettings"]}
    assert settings["TWINLENS_RESULTS_URL"] == FRONT


PATHS = {each.kind: each for each in (make() for service in SERVICES for make in service.RESOURCES)}


def faults(resource):
    """Return what Azure would refuse, by Microsoft's models and the stand-in's names and limits."""
    known = PATHS[resource.type]
    address = {*re.findall(r"{(\w+)}", known.path), "resourceGroupName", "resourceUri", "scope"}
    named = {**resource.inputs, known.auto_name.property: resource.inputs.get(known.auto_name.property, "x1")}
    modelled = arm_models.faults(resource.type, resource.inputs, frozenset(address))
    own = known.check(named) if type(known).__module__ == stand_in.__name__ else ()
    return [*modelled, *(f"{each.path}: {each.reason}" for each in own)]


def test_azure_takes_every_resource_of_it(azure, run):
    zone = "/subscriptions/0000/resourceGroups/names/providers/Microsoft.Network/dnsZones/example.com"
    named = run({"cloud": "azure", "frontDoor": True, "domain": {"name": "photos.example.com", "zone": zone}})
    both = [
        *azure.resources,
        *(each for kind in ("AFDCustomDomain", "Route", "RecordSet") for each in named.of(kind)),
    ]
    # Microsoft's library for monitoring has no model of the last.
    unmodelled = (":Blob", ":DiagnosticSetting")
    asked = [each for each in both if each.custom and not each.type.endswith(unmodelled)]
    assert {each.name: found for each in asked if (found := faults(each))} == {}


def test_what_takes_tags_has_them(run):
    made = run({"cloud": "azure", "frontDoor": True, "tags": {"team": "photos"}})
    assert {
        each.type.split(":")[-1] for each in made.resources if ":cdn:" in each.type and "tags" in each.inputs
    } == {
        "Profile",
        "AFDEndpoint",
    }


def test_the_firewall_of_cloudfront_limits_each_address_and_keeps_no_requests(graph, run):
    acl = graph.one("WebAcl")
    assert (acl.inputs["scope"], acl.inputs["region"]) == ("CLOUDFRONT", "us-east-1")
    assert graph.one("Distribution").inputs["webAclId"].endswith(f":{acl.name}")
    limit, *managed = acl.inputs["rules"]
    assert limit["action"] == {"block": {}}
    assert limit["statement"]["rateBasedStatement"] == {
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
        "limit": 2000,
    }
    assert [each["statement"]["managedRuleGroupStatement"]["vendorName"] for each in managed] == ["AWS"] * 3
    assert all(each["overrideAction"] == {"none": {}} for each in managed)
    counted = [acl.inputs["visibilityConfig"], *(each["visibilityConfig"] for each in acl.inputs["rules"])]
    assert not any(each["sampledRequestsEnabled"] for each in counted)
    assert len(acl.inputs["rules"]) == WAF_RULES
    assert graph.outputs["waf"] is True
    assert not run({"cloud": "aws", "frontDoor": True}).of("WebAcl")


def test_the_firewall_of_front_door_limits_each_address_and_lets_in_readers_only(azure, run):
    policy = azure.one("Policy").inputs
    methods, limit = policy["customRules"]["rules"]
    [only] = methods["matchConditions"]
    assert (only["matchVariable"], only["negateCondition"]) == ("RequestMethod", True)
    assert only["matchValue"] == ["GET", "HEAD"]
    assert (limit["ruleType"], limit["rateLimitThreshold"]) == ("RateLimitRule", 2000)
    assert (limit["rateLimitDurationInMinutes"], limit["groupBy"]) == (5, [{"variableName": "SocketAddr"}])
    assert {each["action"] for each in (methods, limit)} == {"Block"}
    assert policy["policySettings"]["mode"] == "Prevention"
    guarded = azure.one("SecurityPolicy").inputs["parameters"]
    assert guarded["wafPolicy"]["id"].endswith("/twinlenscdnfirewall")
    [association] = guarded["associations"]
    assert [each["id"].rpartition("/")[2] for each in association["domains"]] == ["twinlens-cdn"]
    assert association["patternsToMatch"] == ["/*"]
    assert not run({"cloud": "azure", "frontDoor": True}).of("SecurityPolicy")


def test_the_log_of_cloudfront_has_nothing_that_opens_a_result_and_goes_in_time(graph):
    fields = set(graph.one("LogDelivery").inputs["recordFields"])
    assert fields >= {"date", "time", "c-ip", "sc-status", "sc-bytes"}
    assert not [each for each in fields if re.search(r"uri|query|Referer|Cookie", each, re.IGNORECASE)]
    assert graph.one("LogGroup", "cdn-access").inputs["retentionInDays"] == 90
    assert graph.one("LogDeliverySource").inputs["resourceArn"].endswith(":twinlens-cdn")
    kinds = ("LogDelivery", "LogDeliverySource", "LogDeliveryDestination")
    asked = [graph.one("LogGroup", "cdn-access"), *(graph.one(kind) for kind in kinds)]
    assert {each.inputs["region"] for each in asked} == {"us-east-1"}


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1"])
def test_a_key_encrypts_the_log_of_cloudfront_only_where_it_is(run, region):
    key = f"arn:aws:kms:{region}:123456789012:key/own"
    made = run({"cloud": "aws", "frontDoor": True, "kmsKey": key})
    keys = {each.name: each.inputs.get("kmsKeyId") for each in made.of("LogGroup")}
    assert keys.pop("twinlens-cdn-access") == (key if region == "us-east-1" else None)
    assert set(keys.values()) == {key}


def test_the_log_of_front_door_has_nothing_that_opens_a_result(azure):
    scrubbing = azure.one("Profile").inputs["logScrubbing"]
    assert scrubbing["state"] == "Enabled"
    assert {each["matchVariable"] for each in scrubbing["scrubbingRules"]} == {
        "RequestUri",
        "QueryStringArgNames",
    }
    assert {each["selectorMatchOperator"] for each in scrubbing["scrubbingRules"]} == {"EqualsAny"}
    setting = azure.one("DiagnosticSetting").inputs
    assert setting["logs"] == [{"category": "FrontDoorAccessLog", "enabled": True}]
    assert setting["workspaceId"].endswith("/twinlens-logs")


VIOLATIONS = [
    ("Profile", {"sku": {"name": "Cheap_AzureFrontDoor"}}, "is not one of"),
    ("Profile", {"location": "eastus2"}, "Front Door is in Global"),
    ("Profile", {"profileName": "-cdn"}, "is not a valid name"),
    ("AFDEndpoint", {"endpointName": "e" * 47}, "is not a valid name"),
    ("AFDEndpoint", {"autoGeneratedDomainNameLabelScope": "Nowhere"}, "is not one of"),
    ("AFDOriginGroup", {"healthProbeSettings": {"probeProtocol": "Http"}}, "probed by Https"),
    ("AFDOriginGroup", {"authentication": {"type": "Password"}}, "is not one of"),
    ("Policy", {"policyName": "fire-wall"}, "is not a valid name"),
    ("Policy", {"managedRules": {"managedRuleSets": []}}, "Premium tier only"),
    ("Policy", {"policySettings": {"mode": "Attack"}}, "is not one of"),
    ("SecurityPolicy", {"securityPolicyName": "a b"}, "is not a valid name"),
    ("RuleSet", {"ruleSetName": "of-pages"}, "is not a valid name"),
    ("Rule", {"ruleName": "1st"}, "is not a valid name"),
    ("Route", {"forwardingProtocol": "Gopher"}, "is not one of"),
    ("Route", {"supportedProtocols": ["Https"]}, "needs Http and Https"),
    ("Route", {"patternsToMatch": ["/*/photos"]}, "is no path"),
]


@pytest.mark.parametrize(("kind", "change", "told"), VIOLATIONS)
def test_what_azure_would_refuse_is_found(azure, kind, change, told):
    resource = azure.of(kind)[0]
    [fault] = faults(replace(resource, inputs={**resource.inputs, **change}))
    assert told in fault


def test_a_rule_has_five_actions_and_short_headers(azure):
    rule = next(each for each in azure.of("Rule") if each.inputs["ruleName"] == "page")
    actions = rule.inputs["actions"]
    many = faults(replace(rule, inputs={**rule.inputs, "actions": [*actions, *actions[:1]]}))
    long = {**actions[0], "parameters": {**actions[0]["parameters"], "value": "x" * 641}}
    [fault] = faults(replace(rule, inputs={**rule.inputs, "actions": [long]}))
    assert "has at most 5" in many[0]
    assert "at most 640" in fault


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_page_that_has_another_origin_keeps_it(run, cloud):
    made = run({"cloud": cloud, "frontDoor": True, "cdn": False, "pageOrigin": "https://photos.example.com"})
    assert "cloudfront.net" not in json.dumps(made.outputs, default=str)
    assert "azurefd.net" not in json.dumps([each.inputs for each in made.resources], default=str)
