"""The component's distribution on MiniStack: what it serves, to whom, and with which headers."""

import json

import boto3
import pytest
import requests
from aws_inputs import ANYBODY

from components.aws.cdn import CACHING_OPTIMIZED
from core.job import WORK_PREFIX
from web.files import NOT_FOUND, security_headers

PAGE = "<h1>Twinlens</h1>"
IMMUTABLE = "public, max-age=31536000, immutable"
VIEWER = {"X-Forwarded-Proto": "https"}
BEHAVIOR = {
    "viewerProtocolPolicy": "redirect-to-https",
    "allowedMethods": ["GET", "HEAD"],
    "cachedMethods": ["GET", "HEAD"],
    "compress": True,
    "cachePolicyId": CACHING_OPTIMIZED,
}


def distribution(made, site, results, access, headers):
    origins = [
        {"originId": name, "domainName": each["bucketRegionalDomainName"], "originAccessControlId": access}
        for name, each in (("site", site), ("results", results))
    ]
    behavior = {**BEHAVIOR, "responseHeadersPolicyId": headers}
    return {
        "enabled": True,
        "origins": origins,
        "defaultRootObject": "index.html",
        "defaultCacheBehavior": {**behavior, "targetOriginId": "site"},
        "orderedCacheBehaviors": [{**behavior, "pathPattern": "jobs/*", "targetOriginId": "results"}],
        "customErrorResponses": [
            {"errorCode": code, "responseCode": 404, "responsePagePath": f"/{NOT_FOUND}"}
            for code in (403, 404)
        ],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }


@pytest.fixture
def cdn(made):
    """A distribution's address, and the state of its bucket of results."""
    site, results = (made.make("aws:s3/bucket:Bucket", {"forceDestroy": True})[2] for _ in range(2))
    access = made.make(
        "aws:cloudfront/originAccessControl:OriginAccessControl",
        {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
    )[1]
    csp = security_headers(["https://api.example.com"])["Content-Security-Policy"]
    headers = made.make(
        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
        {
            "securityHeadersConfig": {
                "contentSecurityPolicy": {"contentSecurityPolicy": csp, "override": True},
                "contentTypeOptions": {"override": True},
                "strictTransportSecurity": {"accessControlMaxAgeSec": 31536000, "override": True},
            }
        },
    )[1]
    inputs = distribution(made, site, results, access, headers)
    state = made.make("aws:cloudfront/distribution:Distribution", inputs)[2]
    for bucket in (site, results):
        statement = {
            **ANYBODY,
            "Principal": {"Service": "cloudfront.amazonaws.com"},
            "Action": "s3:GetObject",
            "Resource": f"{bucket['arn']}/*",
            "Condition": {"StringEquals": {"AWS:SourceArn": state["arn"]}},
        }
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made.make("aws:s3/bucketPolicy:BucketPolicy", {"bucket": bucket["bucket"], "policy": policy})
    for name, text in {"index.html": PAGE, NOT_FOUND: "nothing"}.items():
        text_of = {"bucket": site["bucket"], "key": name, "content": text, "contentType": "text/html"}
        made.make("aws:s3/bucketObjectv2:BucketObjectv2", {**text_of, "cacheControl": "no-cache"})
    boto3.client("s3").put_object(
        Bucket=results["bucket"], Key="jobs/1/a.jpg", Body=b"photo", CacheControl=IMMUTABLE
    )
    boto3.client("s3").put_object(Bucket=results["bucket"], Key="work/1/a.png", Body=b"half")

    def get(path, headers=VIEWER, **more):
        port = state["domainName"].partition(":")[2]
        sent = {**headers, "Host": state["domainName"]}
        return requests.get(f"http://127.0.0.1:{port}{path}", headers=sent, **more)

    return get


def test_it_serves_the_page_and_the_results_and_nothing_else(cdn):
    page = cdn("/")
    assert (page.text, page.headers["Cache-Control"]) == (PAGE, "no-cache")
    photo = cdn("/jobs/1/a.jpg")
    assert (photo.content, photo.headers["Cache-Control"]) == (b"photo", IMMUTABLE)
    for path in (f"/{WORK_PREFIX}1/a.png", "/jobs/1/missing.jpg", "/jobs/", "/missing.html"):
        assert (cdn(path).status_code, cdn(path).text) == (404, "nothing"), path
    again = cdn("/jobs/1/a.jpg", headers={**VIEWER, "If-None-Match": photo.headers["ETag"]})
    assert again.status_code == 304


def test_its_answers_have_the_security_headers_and_come_by_https_alone(cdn):
    for path in ("/", "/jobs/1/a.jpg"):
        headers = cdn(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self';")
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
    plain = cdn("/", headers={}, allow_redirects=False)
    assert plain.status_code == 301
    assert plain.headers["Location"].startswith("https://")
