from local.providers.aws.wafv2 import WebAcl

RULE = {"name": "countries", "statement": {"geoMatchStatement": {"countryCodes": ["FR"]}}}


def test_what_no_rule_of_ours_needs_is_refused_and_not_dropped():
    inputs = {"scope": "CLOUDFRONT", "region": "us-east-1", "rules": [RULE], "tokenDomains": ["a.example"]}
    assert [each.reason for each in WebAcl().check(inputs)] == [
        "the local stand-in does not serve tokenDomains.",
        "the local stand-in does not serve the geoMatchStatement of 'countries'.",
    ]
