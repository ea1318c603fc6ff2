"""A domain of one's own for the CDN: its certificate, and its records in the DNS."""

from __future__ import annotations

import pulumi
from pulumi_azure_native import cdn, dns

from components.front_door_settings import Domain

TTL_SECONDS = 300


class CustomDomain(pulumi.ComponentResource):
    """A domain of a profile of Front Door, with a certificate that Front Door makes and renews.

    With a zone of Azure DNS its records are made; without one they are ``records``. ``up`` does not wait for
    them: Front Door makes the certificate as soon as it finds the first.
    """

    id: pulumi.Output[str]
    records: list[pulumi.Output[dict[str, str]]]

    def __init__(
        self,
        name: str,
        domain: Domain,
        group: pulumi.Input[str],
        profile: cdn.Profile,
        endpoint: cdn.AFDEndpoint,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:azure:CustomDomain", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        made = cdn.AFDCustomDomain(
            name,
            resource_group_name=group,
            profile_name=profile.name,
            custom_domain_name=domain.name.replace(".", "-"),
            host_name=domain.name,
            tls_settings={
                "certificate_type": cdn.AfdCertificateType.MANAGED_CERTIFICATE,
                "minimum_tls_version": cdn.AfdMinimumTlsVersion.TLS12,
            },
            azure_dns_zone={"id": domain.zone} if domain.zone else None,
            opts=child,
        )
        self.id = made.id
        token = made.validation_properties.validation_token
        # A domain cannot be deleted while its records lead to the endpoint.
        after = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[made]))
        if domain.zone:
            _prove(f"{name}-proof", domain, token, after)
            _point(f"{name}-name", domain, endpoint, after)
        self.records = (
            []
            if domain.zone
            else [
                token.apply(lambda text: {"name": f"_dnsauth.{domain.name}", "type": "TXT", "value": text}),
                endpoint.host_name.apply(lambda host: {"name": domain.name, "type": "CNAME", "value": host}),
            ]
        )
        self.register_outputs({"id": self.id})


def _prove(name: str, domain: Domain, token: pulumi.Output[str], opts: pulumi.ResourceOptions) -> None:
    group, zone, label = _within(domain)
    dns.RecordSet(
        name,
        resource_group_name=group,
        zone_name=zone,
        relative_record_set_name="_dnsauth" if label == "@" else f"_dnsauth.{label}",
        record_type="TXT",
        ttl=TTL_SECONDS,
        txt_records=[{"value": [token]}],
        opts=opts,
    )


def _point(name: str, domain: Domain, endpoint: cdn.AFDEndpoint, opts: pulumi.ResourceOptions) -> None:
    group, zone, label = _within(domain)
    apex = label == "@"  # has no CNAME: an alias takes its place
    dns.RecordSet(
        name,
        resource_group_name=group,
        zone_name=zone,
        relative_record_set_name=label,
        record_type="A" if apex else "CNAME",
        ttl=TTL_SECONDS,
        target_resource={"id": endpoint.id} if apex else None,
        cname_record=None if apex else {"cname": endpoint.host_name},
        opts=opts,
    )


def _within(domain: Domain) -> tuple[str, str, str]:
    """Return the zone's resource group and name, and the domain's name within it."""
    parts = domain.zone.split("/")
    group, zone = parts[4], parts[-1]
    return group, zone, domain.name.removesuffix(zone).rstrip(".") or "@"
