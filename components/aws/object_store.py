"""A private bucket."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from components.aws.policies import Statement, deny_plain_http, document
from core.deployment.limits import WORK_RETENTION_DAYS


class ObjectStore(pulumi.ComponentResource):
    """An encrypted private bucket; it can send events for new objects, and expire those under a prefix.

    Args:
        name: The logical name.
        keep: Retain the bucket and its objects when the stack is destroyed.
        announce: Send an event to EventBridge for every new object.
        short_lived_prefix: Objects under it are deleted after :data:`WORK_RETENTION_DAYS`.
        read_later: Its policy is made by :meth:`protect`, as soon as it is known who may read it.
        undelete_days: How long deleted and overwritten objects can be restored; 0 for not at all.
        opts: Pulumi's resource options.
    """

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    region: pulumi.Output[str]
    host: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        keep: bool,
        announce: bool = False,
        short_lived_prefix: str | None = None,
        read_later: bool = False,
        undelete_days: int = 0,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:ObjectStore", name, None, opts)
        child = pulumi.ResourceOptions(parent=self, retain_on_delete=keep)
        bucket = aws.s3.Bucket(name, force_destroy=not keep, opts=child)
        aws.s3.BucketOwnershipControls(
            name, bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"}, opts=child
        )
        access = aws.s3.BucketPublicAccessBlock(
            name,
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            name,
            bucket=bucket.id,
            rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
            opts=child,
        )
        self._bucket, self._name = bucket, name
        # S3 rejects concurrent changes of a bucket's access.
        self._after = pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=[access]))
        if not read_later:
            self.protect()
        rules: list[aws.s3.BucketLifecycleConfigurationRuleArgsDict] = [
            {
                "id": "unfinished-uploads",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 1},
            }
        ]
        if short_lived_prefix:
            short_lived: aws.s3.BucketLifecycleConfigurationRuleArgsDict = {
                "id": "short-lived",
                "status": "Enabled",
                "filter": {"prefix": short_lived_prefix},
                "expiration": {"days": WORK_RETENTION_DAYS},
            }
            if undelete_days:
                short_lived["noncurrent_version_expiration"] = {"noncurrent_days": WORK_RETENTION_DAYS}
            rules.append(short_lived)
        depends: list[pulumi.Resource] = []
        if undelete_days:
            versioning = aws.s3.BucketVersioning(
                name, bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=child
            )
            depends.append(versioning)
            rules.append(
                {
                    "id": "earlier-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": undelete_days},
                    "expiration": {"expired_object_delete_marker": True},
                }
            )
        aws.s3.BucketLifecycleConfiguration(
            name,
            bucket=bucket.id,
            rules=rules,
            opts=pulumi.ResourceOptions.merge(child, pulumi.ResourceOptions(depends_on=depends)),
        )
        if announce:
            aws.s3.BucketNotification(name, bucket=bucket.id, eventbridge=True, opts=child)
        self.name, self.arn, self.region = bucket.id, bucket.arn, bucket.region
        self.host = bucket.bucket_regional_domain_name
        self.register_outputs({"name": self.name, "arn": self.arn})

    def protect(self, readers: Sequence[Statement] = ()) -> None:
        """Write the bucket's policy: no request without TLS, and whoever else may read it."""
        objects = pulumi.Output.concat(self._bucket.arn, "/*")
        aws.s3.BucketPolicy(
            self._name,
            bucket=self._bucket.id,
            policy=document([deny_plain_http("s3:*", [self._bucket.arn, objects]), *readers]),
            opts=self._after,
        )
