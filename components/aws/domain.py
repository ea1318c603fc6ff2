"""A domain of one's own for the CDN: its certificate, and its records in the DNS."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.partition import CLOUDFRONT_REGION
from components.front_door_settings import Domain

TTL_SECONDS = 300


class Certificate(pulumi.ComponentResource):
    """A certificate for a domain, validated by a record in the DNS; ``arn`` is known once it is.

    With a hosted zone the record is made. Without one it is shown while ``up`` waits for it, and ``record``
    is to be kept, since AWS renews the certificate by it.
    """

    arn: pulumi.Output[str]
    record: pulumi.Output[dict[str, str]]

    def __init__(self, name: str, domain: Domain, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("twinlens:aws:Certificate", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        certificate = aws.acm.Certificate(
            name, domain_name=domain.name, validation_method="DNS", region=CLOUDFRONT_REGION, opts=child
        )
        self.record = certificate.domain_validation_options.apply(lambda options: _record(options[0]))
        proofs: list[pulumi.Input[str]] | None = None
        if domain.zone:
            made = aws.route53.Record(
                f"{name}-proof",
                zone_id=domain.zone,
                name=self.record["name"],
                type=self.record["type"],
                records=[self.record["value"]],
                ttl=TTL_SECONDS,
                opts=child,
            )
            proofs = [made.fqdn]
        else:
            self.record.apply(_ask_for)
        valid = aws.acm.CertificateValidation(
            name,
            certificate_arn=certificate.arn,
            validation_record_fqdns=proofs,
            region=CLOUDFRONT_REGION,
            opts=child,
        )
        self.arn = valid.certificate_arn
        self.register_outputs({"arn": self.arn})


def point(name: str, domain: Domain, to: aws.cloudfront.Distribution, opts: pulumi.ResourceOptions) -> None:
    """Make the records of the domain that lead to a distribution."""
    for kind in ("A", "AAAA"):
        aws.route53.Record(
            f"{name}-{kind.lower()}",
            zone_id=domain.zone,
            name=domain.name,
            type=kind,
            aliases=[{"name": to.domain_name, "zone_id": to.hosted_zone_id, "evaluate_target_health": False}],
            opts=opts,
        )


def leading(domain: Domain, to: aws.cloudfront.Distribution) -> pulumi.Output[dict[str, str]]:
    """Return the record of the domain that leads to a distribution, for whoever makes it elsewhere."""
    return to.domain_name.apply(lambda host: {"name": domain.name, "type": "CNAME", "value": host})


def _record(option: Any) -> dict[str, str]:
    return {
        "name": str(option.resource_record_name).rstrip("."),
        "type": str(option.resource_record_type),
        "value": str(option.resource_record_value).rstrip("."),
    }


def _ask_for(record: dict[str, str]) -> None:
    pulumi.log.info(
        f"The certificate needs this DNS record, for which up waits: {record['name']} {record['type']} "
        f"{record['value']}"
    )
