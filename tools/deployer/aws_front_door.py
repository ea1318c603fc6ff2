"""What a deployer on AWS needs for a front door, in addition to the rest."""

from __future__ import annotations

from tools.deployer.aws_permissions import ANY, BUCKETS, OBJECTS, PERMISSIONS, PREFIX, actions, arn

# The bucket of the front door's page, and what is done with any bucket and its objects.
SITE = f"arn:aws:s3:::{PREFIX}-cdn-site-*"
ON_BUCKETS, ON_OBJECTS = (
    frozenset().union(*(acts for each in PERMISSIONS.values() for acts, on in each if on == wanted))
    for wanted in (BUCKETS, OBJECTS)
)
# An API's routes and stages are below it: API Gateway's actions are methods of requests to addresses.
API = "arn:aws:apigateway:*::/apis"
# CloudWatch chooses the ids of deliveries; their sources and destinations have names.
DELIVERIES = "arn:aws:logs:us-east-1:*:delivery:*"
ENDS = f"arn:aws:logs:us-east-1:*:delivery-*:{PREFIX}-*"
# In addition, for who deploys a front door. The last is what access logs take: API Gateway developer guide,
# "Configure logging for HTTP APIs".
FRONT_DOOR = (
    (actions("apigateway", "POST"), (API,)),
    (actions("apigateway", "DELETE GET PATCH POST"), (f"{API}/*",)),
    # Of the two interfaces of API Gateway one tags by PUT, and the other by POST.
    (actions("apigateway", "DELETE GET POST PUT"), ("arn:aws:apigateway:*::/tags/*",)),
    (actions("s3", "PutBucketCORS"), BUCKETS),
    (ON_BUCKETS, (SITE,)),
    (ON_OBJECTS | actions("s3", "GetObject GetObjectTagging PutObject PutObjectTagging"), (f"{SITE}/*",)),
    # CloudFront chooses the ids, and knows no resource for what creates one. The provider's files:
    # cloudfront/distribution.go, origin_access_control.go and response_headers_policy.go.
    (actions("cloudfront", "CreateDistribution CreateOriginAccessControl CreateResponseHeadersPolicy"), ANY),
    (
        actions(
            "cloudfront",
            "DeleteDistribution GetDistribution ListTagsForResource TagResource UntagResource "
            "UpdateDistribution",
        ),
        ("arn:aws:cloudfront::*:distribution/*",),
    ),
    (
        actions("cloudfront", "DeleteOriginAccessControl GetOriginAccessControl UpdateOriginAccessControl"),
        ("arn:aws:cloudfront::*:origin-access-control/*",),
    ),
    (
        actions(
            "cloudfront", "DeleteResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy"
        ),
        ("arn:aws:cloudfront::*:response-headers-policy/*",),
    ),
    # CloudFront's access log: Amazon CloudFront developer guide, "Configure standard logging (v2)".
    (actions("cloudfront", "AllowVendedLogDeliveryForResource"), ("arn:aws:cloudfront::*:distribution/*",)),
    (actions("logs", "CreateDelivery UpdateDeliveryConfiguration"), (DELIVERIES, ENDS)),
    (actions("logs", "DeleteDelivery GetDelivery"), (DELIVERIES,)),
    (
        actions(
            "logs",
            "DeleteDeliveryDestination DeleteDeliverySource GetDeliveryDestination GetDeliverySource "
            "PutDeliveryDestination PutDeliverySource",
        ),
        (ENDS,),
    ),
    (actions("logs", "ListTagsForResource TagResource UntagResource"), (DELIVERIES, ENDS)),
    # With domain. ACM chooses the ids, and knows no resource for what asks for a certificate.
    (actions("acm", "RequestCertificate"), ANY),
    (
        actions(
            "acm",
            "AddTagsToCertificate DeleteCertificate DescribeCertificate ListTagsForCertificate "
            "RemoveTagsFromCertificate",
        ),
        ("arn:aws:acm:us-east-1:*:certificate/*",),
    ),
    # With waf. CloudFront reads a web ACL on behalf of whoever puts it before a distribution.
    (
        actions(
            "wafv2",
            "CreateWebACL DeleteWebACL GetWebACL ListTagsForResource TagResource UntagResource UpdateWebACL",
        ),
        (f"arn:aws:wafv2:us-east-1:*:global/webacl/{PREFIX}-*/*",),
    ),
    (
        actions("wafv2", "CreateWebACL UpdateWebACL"),
        ("arn:aws:wafv2:us-east-1:*:global/managedruleset/*/*",),
    ),
    (
        actions(
            "logs",
            "CreateLogGroup DeleteLogGroup ListTagsForResource PutRetentionPolicy TagResource UntagResource",
        ),
        (
            arn("logs", f"log-group:/aws/vendedlogs/apis/{PREFIX}-*"),
            arn("logs", f"log-group:/aws/vendedlogs/cloudfront/{PREFIX}-*"),
        ),
    ),
    (
        actions(
            "logs",
            "CreateLogDelivery DeleteLogDelivery DescribeResourcePolicies GetLogDelivery ListLogDeliveries "
            "PutResourcePolicy UpdateLogDelivery",
        ),
        ANY,
    ),
)
# In addition, for who deploys a domain whose records are made in a hosted zone: route53/record.go.
DNS_ZONE = (
    (
        actions("route53", "ChangeResourceRecordSets GetHostedZone ListResourceRecordSets"),
        ("arn:aws:route53:::hostedzone/ZONE_ID",),
    ),
    (actions("route53", "GetChange"), ("arn:aws:route53:::change/*",)),
)
