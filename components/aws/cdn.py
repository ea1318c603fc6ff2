"""CloudFront before the page and the results."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.aws.access_log import log_access
from components.aws.domain import Certificate, leading, point
from components.aws.firewall import web_acl
from components.aws.object_store import ObjectStore
from components.aws.policies import Statement
from components.settings import Settings
from core.job import OUTPUT_PREFIX
from web.files import (
    CACHE_CONTROL,
    CONFIG,
    HSTS_SECONDS,
    INDEX,
    INERT,
    NOT_FOUND,
    config,
    content_type,
    files,
    security_headers,
)

# Managed-CachingOptimized keeps objects as long as their Cache-Control says:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
PRICE_CLASS = "PriceClass_100"  # the edges of North America and Europe, which cost the least
READ = ["GET", "HEAD"]
SITE, RESULTS = "site", "results"
# S3 answers 403 for an object that is not there to whoever may not list the bucket.
MISSING = (403, 404)


class Cdn(pulumi.ComponentResource):
    """A distribution with the page and, below ``jobs/``, the results. ``url`` is its address.

    Both buckets stay private: only this distribution reads them. Results never change under their names, so
    caches keep them for as long as their own headers say.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        stores: The buckets of uploads and of results; the policy of the second is made here.
        opts: Pulumi's resource options.
    """

    url: pulumi.Output[str]
    dns_records: list[pulumi.Output[dict[str, str]]]

    def __init__(
        self,
        name: str,
        settings: Settings,
        stores: tuple[ObjectStore, ObjectStore],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:Cdn", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        uploads, results = stores
        self._site = ObjectStore(f"{name}-site", keep=False, read_later=True, opts=self._child)
        access = aws.cloudfront.OriginAccessControl(
            name,
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child,
        )
        hosts = pulumi.Output.all(uploads.host, uploads.name, uploads.region)
        policies = {
            SITE: self._headers(SITE, hosts.apply(lambda told: security_headers(_origins(*told)))),
            RESULTS: self._headers(RESULTS, {"Content-Security-Policy": INERT}),
        }
        domain = settings.domain
        certificate = Certificate(name, domain, opts=self._child) if domain else None
        distribution = aws.cloudfront.Distribution(
            name,
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class=PRICE_CLASS,
            web_acl_id=web_acl(name, self._child) if settings.waf else None,
            default_root_object=INDEX,
            origins=[
                {
                    "origin_id": origin,
                    "domain_name": store.host,
                    "origin_access_control_id": access.id,
                }
                for origin, store in ((SITE, self._site), (RESULTS, results))
            ],
            default_cache_behavior=_behavior(SITE, policies[SITE]),
            ordered_cache_behaviors=[
                {"path_pattern": f"{OUTPUT_PREFIX}*", **_behavior(RESULTS, policies[RESULTS])}
            ],
            custom_error_responses=[
                {
                    "error_code": code,
                    "response_code": 404,
                    "response_page_path": f"/{NOT_FOUND}",
                    "error_caching_min_ttl": 10,
                }
                for code in MISSING
            ],
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            aliases=[domain.name] if domain else None,
            viewer_certificate=(
                {
                    "acm_certificate_arn": certificate.arn,
                    "minimum_protocol_version": "TLSv1.2_2021",
                    "ssl_support_method": "sni-only",
                }
                if certificate
                else {"cloudfront_default_certificate": True}
            ),
            opts=self._child,
        )
        log_access(name, distribution.arn, settings.log_retention_days, self._child)
        self._site.protect([_readable(self._site, "*", distribution)])
        results.protect([_readable(results, f"{OUTPUT_PREFIX}*", distribution)])
        self.url = pulumi.Output.concat("https://", domain.name if domain else distribution.domain_name)
        self.dns_records = []
        if domain and certificate:
            if domain.zone:
                point(name, domain, distribution, self._child)
            else:
                self.dns_records = [certificate.record, leading(domain, distribution)]
        self.register_outputs({"url": self.url})

    def publish(self, api: pulumi.Input[str]) -> None:
        """Write the page, which uses this API."""
        texts: Mapping[str, pulumi.Input[str]] = {
            **{name: path.read_text(encoding="utf-8") for name, path in files().items()},
            CONFIG: pulumi.Output.from_input(api).apply(lambda known: config({"AWS": known})),
        }
        for name, text in texts.items():
            aws.s3.BucketObjectv2(
                f"{self._name}-{name}",
                bucket=self._site.name,
                key=name,
                content=text,
                content_type=content_type(name),
                cache_control=CACHE_CONTROL,
                opts=self._child,
            )

    def _headers(self, part: str, headers: pulumi.Input[Mapping[str, str]]) -> pulumi.Output[str]:
        """Return the id of the policy that adds these headers, and those that all answers need."""
        told = pulumi.Output.from_input(headers)
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-{part}",
            security_headers_config={
                "content_security_policy": {
                    "content_security_policy": told.apply(lambda known: known["Content-Security-Policy"]),
                    "override": True,
                },
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "no-referrer", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": HSTS_SECONDS,
                    "override": True,
                },
            },
            opts=self._child,
        ).id


def _behavior(
    origin: str, headers: pulumi.Output[str]
) -> aws.cloudfront.DistributionDefaultCacheBehaviorArgsDict:
    return {
        "target_origin_id": origin,
        "viewer_protocol_policy": "redirect-to-https",
        "allowed_methods": READ,
        "cached_methods": READ,
        "compress": True,
        "cache_policy_id": CACHING_OPTIMIZED,
        "response_headers_policy_id": headers,
    }


def _origins(host: str, bucket: str, region: str) -> list[str]:
    """Return the origins that the page reaches beside its own.

    The API's id is not known: the API lets in the page's origin, which it has to know first.
    """
    return [
        f"https://*.execute-api.{region}.amazonaws.com",
        f"https://{host}",
        f"https://{bucket}.s3.amazonaws.com",
    ]


def _readable(store: ObjectStore, keys: str, distribution: aws.cloudfront.Distribution) -> Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": pulumi.Output.concat(store.arn, "/", keys),
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution.arn}},
    }
