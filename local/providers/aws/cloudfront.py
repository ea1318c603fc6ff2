"""CloudFront: distributions before S3 buckets, who reads these, and the headers of answers."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from local.providers.aws.cloud import account, client
from local.providers.aws.resource import AwsResource
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties

SERVED = {
    "customErrorResponses",
    "defaultCacheBehavior",
    "defaultRootObject",
    "enabled",
    "httpVersion",
    "isIpv6Enabled",
    "orderedCacheBehaviors",
    "origins",
    "priceClass",
    "restrictions",
    "tags",
    "viewerCertificate",
    "webAclId",
}
# Where capitals alone do not make the API's name.
THEIRS = {"xssProtection": "XSSProtection"}
CACHED_METHODS = (["GET", "HEAD"], ["GET", "HEAD", "OPTIONS"])
HOSTED_ZONE = "Z2FDTNDATAQYW2"  # of all distributions


class Distribution(AwsResource):
    """``aws.cloudfront.Distribution`` before S3 buckets, at MiniStack's own address.

    MiniStack answers plain HTTP only; requests with the header ``X-Forwarded-Proto: https`` count as HTTPS.
    """

    kind = "aws:cloudfront/distribution:Distribution"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in sorted(inputs.keys() - SERVED):
            if inputs[name]:
                yield Fault(name, f"the local stand-in does not serve {name}.")
        known = {each["originId"] for each in inputs["origins"]}
        for behavior in (inputs["defaultCacheBehavior"], *inputs.get("orderedCacheBehaviors", ())):
            if behavior["targetOriginId"] not in known:
                yield Fault("targetOriginId", f"there is no origin {behavior['targetOriginId']!r}.")
            # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachedMethods.html
            if sorted(behavior["cachedMethods"]) not in CACHED_METHODS:
                yield Fault("cachedMethods", f"{behavior['cachedMethods']} cannot be cached.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        # CloudFront takes each once; origins differ.
        reference = hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]
        made = client("cloudfront").create_distribution(DistributionConfig=_config(inputs, reference))
        found = made["Distribution"]
        label = found["DomainName"].partition(".")[0]
        port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
        return found["Id"], {
            "arn": found["ARN"],
            "callerReference": reference,
            "domainName": f"{label}.cloudfront.127.0.0.1:{port}",
            "etag": made["ETag"],
            "hostedZoneId": HOSTED_ZONE,
            "status": found["Status"],
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        config = _config(inputs, state["callerReference"])
        tag = client("cloudfront").get_distribution_config(Id=identity)["ETag"]
        made = client("cloudfront").update_distribution(Id=identity, IfMatch=tag, DistributionConfig=config)
        return {"etag": made["ETag"]}

    def find(self, identity: str, state: Properties) -> object:
        return client("cloudfront").get_distribution(Id=identity)

    def remove(self, identity: str, state: Properties) -> None:
        # CloudFront deletes only what is switched off.
        found = client("cloudfront").get_distribution_config(Id=identity)
        config = {**found["DistributionConfig"], "Enabled": False}
        made = client("cloudfront").update_distribution(
            Id=identity, IfMatch=found["ETag"], DistributionConfig=config
        )
        client("cloudfront").delete_distribution(Id=identity, IfMatch=made["ETag"])


class OriginAccessControl(AwsResource):
    """``aws.cloudfront.OriginAccessControl``."""

    kind = "aws:cloudfront/originAccessControl:OriginAccessControl"
    auto_name = AutoName(max_length=64)

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("cloudfront").create_origin_access_control(OriginAccessControlConfig=_access(inputs))
        identity = made["OriginAccessControl"]["Id"]
        arn = f"arn:aws:cloudfront::{account()}:origin-access-control/{identity}"
        return identity, {"etag": made["ETag"], "arn": arn}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        tag = client("cloudfront").get_origin_access_control(Id=identity)["ETag"]
        made = client("cloudfront").update_origin_access_control(
            Id=identity, IfMatch=tag, OriginAccessControlConfig=_access(inputs)
        )
        return {"etag": made["ETag"]}

    def find(self, identity: str, state: Properties) -> object:
        return client("cloudfront").get_origin_access_control(Id=identity)

    def remove(self, identity: str, state: Properties) -> None:
        tag = client("cloudfront").get_origin_access_control(Id=identity)["ETag"]
        client("cloudfront").delete_origin_access_control(Id=identity, IfMatch=tag)


class ResponseHeadersPolicy(AwsResource):
    """``aws.cloudfront.ResponseHeadersPolicy`` of security headers."""

    kind = "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"
    auto_name = AutoName(max_length=128)

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("corsConfig", "customHeadersConfig", "removeHeadersConfig", "serverTimingHeadersConfig"):
            if inputs.get(name):
                yield Fault(name, f"the local stand-in serves securityHeadersConfig only, not {name}.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        made = client("cloudfront").create_response_headers_policy(
            ResponseHeadersPolicyConfig=_headers(inputs)
        )
        identity = made["ResponseHeadersPolicy"]["Id"]
        arn = f"arn:aws:cloudfront::{account()}:response-headers-policy/{identity}"
        return identity, {"etag": made["ETag"], "arn": arn}

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        tag = client("cloudfront").get_response_headers_policy(Id=identity)["ETag"]
        made = client("cloudfront").update_response_headers_policy(
            Id=identity, IfMatch=tag, ResponseHeadersPolicyConfig=_headers(inputs)
        )
        return {"etag": made["ETag"]}

    def find(self, identity: str, state: Properties) -> object:
        return client("cloudfront").get_response_headers_policy(Id=identity)

    def remove(self, identity: str, state: Properties) -> None:
        tag = client("cloudfront").get_response_headers_policy(Id=identity)["ETag"]
        client("cloudfront").delete_response_headers_policy(Id=identity, IfMatch=tag)


def _many(items: list[Any]) -> dict[str, Any]:
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


def _config(inputs: Properties, reference: str) -> dict[str, Any]:
    return {
        "CallerReference": reference,
        "Comment": "",
        "Enabled": inputs["enabled"],
        "Origins": _many([_origin(each) for each in inputs["origins"]]),
        "DefaultCacheBehavior": _behavior(inputs["defaultCacheBehavior"]),
        "CacheBehaviors": _many(
            [
                {"PathPattern": each["pathPattern"], **_behavior(each)}
                for each in inputs.get("orderedCacheBehaviors", [])
            ]
        ),
        "CustomErrorResponses": _many([_error(each) for each in inputs.get("customErrorResponses", [])]),
        "DefaultRootObject": inputs.get("defaultRootObject", ""),
        "HttpVersion": inputs.get("httpVersion", "http2"),
        "IsIPV6Enabled": inputs.get("isIpv6Enabled", False),
        "PriceClass": inputs.get("priceClass", "PriceClass_All"),
        "Restrictions": {
            "GeoRestriction": {
                "RestrictionType": inputs["restrictions"]["geoRestriction"]["restrictionType"],
                "Quantity": 0,
            }
        },
        "ViewerCertificate": {
            "CloudFrontDefaultCertificate": inputs["viewerCertificate"].get("cloudfrontDefaultCertificate")
        },
        "WebACLId": inputs.get("webAclId", ""),
    }


def _origin(origin: Properties) -> dict[str, Any]:
    return {
        "Id": origin["originId"],
        "DomainName": origin["domainName"],
        "OriginAccessControlId": origin.get("originAccessControlId", ""),
        "S3OriginConfig": {"OriginAccessIdentity": ""},
    }


def _behavior(behavior: Properties) -> dict[str, Any]:
    return {
        "TargetOriginId": behavior["targetOriginId"],
        "ViewerProtocolPolicy": behavior["viewerProtocolPolicy"],
        "AllowedMethods": {
            **_many(behavior["allowedMethods"]),
            "CachedMethods": _many(behavior["cachedMethods"]),
        },
        "Compress": behavior.get("compress", False),
        "CachePolicyId": behavior["cachePolicyId"],
        "ResponseHeadersPolicyId": behavior.get("responseHeadersPolicyId", ""),
    }


def _error(response: Properties) -> dict[str, Any]:
    return {
        "ErrorCode": response["errorCode"],
        "ResponseCode": str(response["responseCode"]),
        "ResponsePagePath": response["responsePagePath"],
        "ErrorCachingMinTTL": response.get("errorCachingMinTtl", 10),
    }


def _access(inputs: Properties) -> dict[str, Any]:
    return {
        "Name": inputs["name"],
        "OriginAccessControlOriginType": inputs["originAccessControlOriginType"],
        "SigningBehavior": inputs["signingBehavior"],
        "SigningProtocol": inputs["signingProtocol"],
    }


def _headers(inputs: Properties) -> dict[str, Any]:
    security = inputs["securityHeadersConfig"]
    made = {
        THEIRS.get(name, f"{name[:1].upper()}{name[1:]}"): {
            f"{key[:1].upper()}{key[1:]}": value for key, value in header.items() if value is not None
        }
        for name, header in security.items()
        if header
    }
    return {"Name": inputs["name"], "Comment": "", "SecurityHeadersConfig": made}


RESOURCES = (Distribution, OriginAccessControl, ResponseHeadersPolicy)
