"""The settings of the front door: its API, its CDN, and who may use them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from components.config_reader import ConfigReader
from core.deployment.names import LOCAL_SUFFIX

# As browsers send it: no path and no slash at the end.
ORIGIN = r"(https?://[a-z0-9.-]+(:\d{1,5})?)?"
# What the firewall lets one address ask of the CDN. A page with a photo asks some ten times.
RATE_LIMIT, RATE_MINUTES = 2000, 5
# RFC 1123, in lower case, of two labels or more.
LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
DOMAIN = rf"(?=.{{4,253}}$)({LABEL}\.)+{LABEL}"
ZONES = {
    "aws": r"Z[A-Z0-9]{1,31}",
    "azure": (
        r"/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.Network/dnsZones/[a-z0-9.-]+"
    ),
}
NAMES = {"aws": "the id of a Route 53 hosted zone", "azure": "the resource id of a zone of Azure DNS"}
ROLE_ID = r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?"
SIGN_IN = "issuer and audience, the issuer an https address"


@dataclass(frozen=True)
class SignIn:
    """Whose tokens the front door accepts: those of an OpenID Connect issuer for an audience."""

    issuer: str
    audience: str


@dataclass(frozen=True)
class Domain:
    """A domain of one's own, and the zone in which its records are made; empty if they are made elsewhere."""

    name: str
    zone: str = ""


@dataclass(frozen=True, kw_only=True)
class FrontDoorSettings:
    """What the front door is; without one, all of it is off."""

    front_door: bool = False
    page_origin: str = ""
    cdn: bool = False
    waf: bool = False
    domain: Domain | None = None
    upload_role: str = ""
    sign_in: SignIn | None = None


def read_front_door(reader: ConfigReader, *, no_shared_keys: bool) -> FrontDoorSettings:
    """Return the front door's settings; ``no_shared_keys`` says that nothing can be written with a key."""
    front_door = reader.flag("frontDoor")
    cdn = _read_cdn(reader, front_door=front_door, no_shared_keys=no_shared_keys)
    return FrontDoorSettings(
        front_door=front_door,
        page_origin=reader.text("pageOrigin", ORIGIN, "an origin, such as https://example.com", ""),
        cdn=cdn,
        waf=_read_waf(reader, cdn=cdn),
        domain=_read_domain(reader, cdn=cdn),
        upload_role=reader.text(
            "uploadRole",
            ROLE_ID,
            "the id of a role, or empty",
            "",
            only="azure",
        ),
        sign_in=_read_sign_in(reader, front_door=front_door),
    )


def _read_cdn(reader: ConfigReader, *, front_door: bool, no_shared_keys: bool) -> bool:
    """Return whether there is a CDN."""
    cdn = reader.flag("cdn", default=True) and front_door
    if cdn and no_shared_keys:
        reader.mistake("cdn", "true", "false with noSharedKeys: the page is written with an account's key")
    return cdn


def _read_waf(reader: ConfigReader, *, cdn: bool) -> bool:
    """Return whether a firewall stands before the CDN: neither cloud has one for the API itself."""
    waf = reader.flag("waf")
    if waf and not cdn:
        reader.mistake("waf", "true", "only with frontDoor true and cdn true: it stands before the CDN")
    return waf and cdn


def _read_domain(reader: ConfigReader, *, cdn: bool) -> Domain | None:
    """Return the CDN's domain, which is given as its name or as a map."""
    value = reader.value("domain")
    if not value:
        return None
    match {"name": value} if isinstance(value, str) else value:
        case {"name": str(name), **rest} if re.fullmatch(DOMAIN, name) and _is_zone(reader.cloud, name, rest):
            if not cdn:
                reader.mistake("domain", value, "only with frontDoor true and cdn true: it is the CDN's")
            if pulumi.get_stack().endswith(LOCAL_SUFFIX):
                reader.mistake("domain", value, "none in a local stack, which no DNS leads to")
            return Domain(name, str(rest.get("zone", "")))
    zone = NAMES.get(reader.cloud, "the id of a zone")
    reader.mistake("domain", value, f"a name in lower case, or name and zone, {zone} that has the name")
    return None


def _is_zone(cloud: str, name: str, rest: Mapping[object, object]) -> bool:
    """Return whether nothing else is given, or a zone; on Azure its id says of which names."""
    zone = rest.get("zone")
    if not rest:
        return True
    if len(rest) > 1 or not isinstance(zone, str) or not re.fullmatch(ZONES.get(cloud, ".*"), zone):
        return False
    return cloud != "azure" or f".{name}".endswith(f".{zone.rpartition('/')[2]}")


def _read_sign_in(reader: ConfigReader, *, front_door: bool) -> SignIn | None:
    """Return whose tokens the front door accepts, or ``None`` if it lets everybody in."""
    value = reader.table("signIn", SIGN_IN)
    if not value:
        return None
    if not front_door:
        reader.mistake("signIn", value, "only with frontDoor true")
    match value:
        case {"issuer": str(issuer), "audience": str(audience), **rest} if (
            not rest and audience and re.fullmatch(r"https://[^\s?#]+", issuer)
        ):
            return SignIn(issuer, audience)
    reader.mistake("signIn", value, SIGN_IN)
    return None
