"""The domain of the CDN: its certificate, its records, and who uses its name."""

import json

import pytest

DOMAIN = "photos.example.com"
SITE = f"https://{DOMAIN}"
ZONES = {
    "aws": "Z0123456789ABC",
    "azure": "/subscriptions/0000/resourceGroups/names/providers/Microsoft.Network/dnsZones/example.com",
}


@pytest.fixture(scope="module", params=["aws", "azure"])
def elsewhere(run, request):
    """The graph whose records are made by hand."""
    return run({"cloud": request.param, "frontDoor": True, "waf": True, "domain": DOMAIN})


def managed(run, cloud, **changes):
    domain = {"name": DOMAIN, "zone": ZONES[cloud], **changes}
    return run({"cloud": cloud, "frontDoor": True, "waf": True, "domain": domain})


def test_page_api_and_results_go_by_the_domain(elsewhere):
    assert elsewhere.outputs["siteUrl"] == SITE
    if elsewhere.config["cloud"] == "aws":
        origins = elsewhere.one("Api").inputs["corsConfiguration"]["allowOrigins"]
        [rule] = elsewhere.one("BucketCorsConfiguration").inputs["corsRules"]
        told = elsewhere.one("Function", "twinlens-door").inputs["environment"]["variables"]
    else:
        app = elsewhere.one("WebApp").inputs["siteConfig"]
        origins = app["cors"]["allowedOrigins"]
        [rule] = elsewhere.one("BlobServiceProperties").inputs["cors"]["corsRules"]
        told = {each["name"]: each["value"] for each in app["appSettings"]}
    assert origins == rule["allowedOrigins"] == [SITE]
    assert told["TWINLENS_RESULTS_URL"] == SITE


def test_records_are_outputs_where_they_are_made_by_hand(elsewhere):
    expected = {
        "aws": [
            {"name": f"_proof.{DOMAIN}", "type": "CNAME", "value": "_answer.acm-validations.aws"},
            {"name": DOMAIN, "type": "CNAME", "value": "twinlens-cdn.cloudfront.net"},
        ],
        "azure": [
            {"name": f"_dnsauth.{DOMAIN}", "type": "TXT", "value": "token"},
            {"name": DOMAIN, "type": "CNAME", "value": "twinlens-cdn.azurefd.net"},
        ],
    }
    assert elsewhere.outputs["dnsRecords"] == expected[elsewhere.config["cloud"]]
    assert not elsewhere.of("Record") + elsewhere.of("RecordSet")


def test_cloudfront_has_a_certificate_of_us_east_1_once_it_is_valid(run):
    made = managed(run, "aws")
    assert made.outputs["dnsRecords"] == []
    certificate, valid = made.one("Certificate").inputs, made.one("CertificateValidation").inputs
    assert (certificate["domainName"], certificate["validationMethod"]) == (DOMAIN, "DNS")
    assert certificate["region"] == valid["region"] == "us-east-1"
    assert valid["validationRecordFqdns"] == [f"_proof.{DOMAIN}."]
    distribution = made.one("Distribution").inputs
    assert distribution["aliases"] == [DOMAIN]
    assert distribution["viewerCertificate"] == {
        "acmCertificateArn": valid["certificateArn"],
        "minimumProtocolVersion": "TLSv1.2_2021",
        "sslSupportMethod": "sni-only",
    }
    records = {each.inputs["type"]: each.inputs for each in made.of("Record")}
    assert {each["zoneId"] for each in records.values()} == {ZONES["aws"]}
    assert records["CNAME"]["records"] == ["_answer.acm-validations.aws"]
    for kind in ("A", "AAAA"):
        assert records[kind]["name"] == DOMAIN
        [alias] = records[kind]["aliases"]
        assert (alias["name"], alias["zoneId"]) == ("twinlens-cdn.cloudfront.net", "Z2FDTNDATAQYW2")


@pytest.mark.parametrize(
    ("name", "proof", "leading"),
    [
        (DOMAIN, "_dnsauth.photos", ("CNAME", "photos")),
        ("example.com", "_dnsauth", ("A", "@")),
    ],
)
def test_front_door_makes_the_certificate_and_the_zone_has_the_records(run, name, proof, leading):
    made = managed(run, "azure", name=name)
    assert made.outputs["dnsRecords"] == []
    domain = made.one("AFDCustomDomain")
    assert domain.inputs["tlsSettings"] == {
        "certificateType": "ManagedCertificate",
        "minimumTlsVersion": "TLS12",
    }
    assert all(each.inputs["customDomains"][0]["id"].endswith("/twinlens-cdn") for each in made.of("Route"))
    guarded = json.dumps(made.one("SecurityPolicy").inputs["parameters"]["associations"])
    assert guarded.count("/twinlens-cdn") == 2
    records = {each.inputs["recordType"]: each.inputs for each in made.of("RecordSet")}
    assert {each["resourceGroupName"] for each in records.values()} == {"names"}
    text = records["TXT"]
    assert (text["zoneName"], text["relativeRecordSetName"]) == ("example.com", proof)
    assert text["txtRecords"] == [{"value": ["token"]}]
    kind, label = leading
    assert records[kind]["relativeRecordSetName"] == label
    if kind == "CNAME":
        assert records[kind]["cnameRecord"] == {"cname": "twinlens-cdn.azurefd.net"}
    else:
        assert records[kind]["targetResource"]["id"].endswith("/twinlens-cdn")


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_a_preview_plans_all_of_it_before_anything_is_known(run, cloud):
    asked = {
        "cloud": cloud,
        "frontDoor": True,
        "waf": True,
        "pageOrigin": "https://other.example.com",
        "domain": {"name": DOMAIN, "zone": ZONES[cloud]},
    }
    planned = run(asked, preview=True)
    made = run(asked)
    assert {each.urn for each in planned.resources} == {each.urn for each in made.resources}
