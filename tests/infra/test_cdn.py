"""The CDN: nothing unless there is a front door, and before private stores only."""

import json

import pytest

from core.job import OUTPUT_PREFIX
from web.files import files

SITE = "https://twinlens-cdn.cloudfront.net"


@pytest.fixture(scope="module")
def graph(run):
    return run({"cloud": "aws", "frontDoor": True})


@pytest.mark.parametrize("settings", [{}, {"cdn": True}, {"frontDoor": True, "cdn": False}])
@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_without_it_there_is_nothing_of_it(run, cloud, settings):
    made = run({"cloud": cloud, **settings})
    assert not [each.urn for each in made.resources if "cdn" in each.name or "cloudfront" in each.type]
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
