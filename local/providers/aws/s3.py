"""S3 buckets and their settings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from local.providers.aws.cloud import client, region
from local.providers.aws.resource import AwsResource, Setting, chosen, document, pascal, policy_faults
from local.providers.check import Fault
from local.providers.naming import AutoName
from local.providers.wire import Properties


class Bucket(AwsResource):
    """``aws.s3.Bucket``; ``forceDestroy`` empties it first."""

    kind = "aws:s3/bucket:Bucket"
    auto_name = AutoName("bucket", max_length=63, lower=True, forbidden=r"[^a-z0-9.-]")
    replace_on = frozenset({"bucket", "objectLockEnabled", "region"})

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        name = inputs["bucket"]
        place = {} if region() == "us-east-1" else {"LocationConstraint": region()}
        client("s3").create_bucket(Bucket=name, **({"CreateBucketConfiguration": place} if place else {}))
        return name, {
            "arn": f"arn:aws:s3:::{name}",
            "bucketDomainName": f"{name}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{name}.s3.{region()}.amazonaws.com",
            "bucketRegion": region(),
            "requestPayer": "BucketOwner",
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        return {}

    def find(self, identity: str, state: Properties) -> object:
        return client("s3").head_bucket(Bucket=identity)

    def remove(self, identity: str, state: Properties) -> None:
        if state.get("forceDestroy"):
            for page in client("s3").get_paginator("list_object_versions").paginate(Bucket=identity):
                for each in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                    client("s3").delete_object(Bucket=identity, Key=each["Key"], VersionId=each["VersionId"])
        client("s3").delete_bucket(Bucket=identity)


class BucketObject(AwsResource):
    """``aws.s3.BucketObjectv2`` of a text; its id is the bucket's name and the key."""

    kind = "aws:s3/bucketObjectv2:BucketObjectv2"
    replace_on = frozenset({"bucket", "key", "region"})

    def check(self, inputs: Properties) -> Iterator[Fault]:
        if inputs.get("content") is None:
            yield Fault("content", "the local stand-in writes only content.")

    def make(self, inputs: Properties) -> tuple[str, Properties]:
        bucket, key = inputs["bucket"], inputs["key"]
        return f"{bucket}/{key}", {
            "arn": f"arn:aws:s3:::{bucket}/{key}",
            **self.change("", {}, inputs),
        }

    def change(self, identity: str, state: Properties, inputs: Properties) -> Properties:
        headers = chosen(inputs, {"contentType": "ContentType", "cacheControl": "CacheControl"})
        made = client("s3").put_object(
            Bucket=inputs["bucket"], Key=inputs["key"], Body=inputs["content"].encode(), **headers
        )
        return {"etag": made["ETag"].strip('"')}

    def find(self, identity: str, state: Properties) -> object:
        return client("s3").head_object(Bucket=state["bucket"], Key=state["key"])

    def remove(self, identity: str, state: Properties) -> None:
        client("s3").delete_object(Bucket=state["bucket"], Key=state["key"])


class BucketSetting(Setting):
    """One setting of a bucket; subclasses name the three calls and build the request."""

    replace_on = frozenset({"bucket", "region"})
    getter: str
    putter: str
    remover: str

    @abstractmethod
    def request(self, inputs: Properties) -> dict[str, Any]:
        """Return the arguments of the put call besides the bucket."""

    def put(self, inputs: Properties) -> str:
        getattr(client("s3"), self.putter)(Bucket=inputs["bucket"], **self.request(inputs))
        return str(inputs["bucket"])

    def find(self, identity: str, state: Properties) -> object:
        return getattr(client("s3"), self.getter)(Bucket=identity)

    def remove(self, identity: str, state: Properties) -> None:
        getattr(client("s3"), self.remover)(Bucket=identity)


class BucketPublicAccessBlock(BucketSetting):
    """``aws.s3.BucketPublicAccessBlock``."""

    kind = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    getter, putter, remover = (
        "get_public_access_block",
        "put_public_access_block",
        "delete_public_access_block",
    )

    def request(self, inputs: Properties) -> dict[str, Any]:
        names = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        return {"PublicAccessBlockConfiguration": pascal({name: inputs.get(name, False) for name in names})}


class BucketServerSideEncryptionConfiguration(BucketSetting):
    """``aws.s3.BucketServerSideEncryptionConfiguration``."""

    kind = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    getter, putter, remover = "get_bucket_encryption", "put_bucket_encryption", "delete_bucket_encryption"

    def request(self, inputs: Properties) -> dict[str, Any]:
        return {
            "ServerSideEncryptionConfiguration": {"Rules": [_encryption(rule) for rule in inputs["rules"]]}
        }


class BucketOwnershipControls(BucketSetting):
    """``aws.s3.BucketOwnershipControls``."""

    kind = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    getter, putter = "get_bucket_ownership_controls", "put_bucket_ownership_controls"
    remover = "delete_bucket_ownership_controls"

    def request(self, inputs: Properties) -> dict[str, Any]:
        return {"OwnershipControls": {"Rules": [pascal(inputs["rule"])]}}


class BucketPolicy(BucketSetting):
    """``aws.s3.BucketPolicy``."""

    kind = "aws:s3/bucketPolicy:BucketPolicy"
    getter, putter, remover = "get_bucket_policy", "put_bucket_policy", "delete_bucket_policy"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        yield from policy_faults(inputs, "policy")

    def request(self, inputs: Properties) -> dict[str, Any]:
        return {"Policy": document(inputs["policy"])}


class BucketCorsConfiguration(BucketSetting):
    """``aws.s3.BucketCorsConfiguration``."""

    kind = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration"
    getter, putter, remover = "get_bucket_cors", "put_bucket_cors", "delete_bucket_cors"

    def request(self, inputs: Properties) -> dict[str, Any]:
        rules = [
            {name if name != "Id" else "ID": value for name, value in pascal(each).items()}
            for each in inputs["corsRules"]
        ]
        return {"CORSConfiguration": {"CORSRules": rules}}


class BucketLifecycleConfiguration(BucketSetting):
    """``aws.s3.BucketLifecycleConfiguration``."""

    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    getter, putter = "get_bucket_lifecycle_configuration", "put_bucket_lifecycle_configuration"
    remover = "delete_bucket_lifecycle"

    def request(self, inputs: Properties) -> dict[str, Any]:
        return {"LifecycleConfiguration": {"Rules": [_lifecycle(rule) for rule in inputs.get("rules", [])]}}


class BucketNotification(BucketSetting):
    """``aws.s3.BucketNotification``, to EventBridge only."""

    kind = "aws:s3/bucketNotification:BucketNotification"
    getter, putter = "get_bucket_notification_configuration", "put_bucket_notification_configuration"

    def check(self, inputs: Properties) -> Iterator[Fault]:
        for name in ("lambdaFunctions", "queues", "topics"):
            if inputs.get(name):
                yield Fault(name, f"the local stand-in serves only eventbridge notifications, not {name}.")

    def request(self, inputs: Properties) -> dict[str, Any]:
        wanted: dict[str, Any] = {"EventBridgeConfiguration": {}} if inputs.get("eventbridge") else {}
        return {"NotificationConfiguration": wanted}

    def remove(self, identity: str, state: Properties) -> None:
        self.put({"bucket": identity})


class BucketVersioning(BucketSetting):
    """``aws.s3.BucketVersioning``; removing it suspends versioning, as in the cloud."""

    kind = "aws:s3/bucketVersioning:BucketVersioning"
    getter, putter = "get_bucket_versioning", "put_bucket_versioning"

    def request(self, inputs: Properties) -> dict[str, Any]:
        return {"VersioningConfiguration": {"Status": inputs["versioningConfiguration"]["status"]}}

    def remove(self, identity: str, state: Properties) -> None:
        self.put({"bucket": identity, "versioningConfiguration": {"status": "Suspended"}})


def _encryption(rule: Properties) -> dict[str, Any]:
    given = rule.get("applyServerSideEncryptionByDefault", {})
    default = {"SSEAlgorithm": given.get("sseAlgorithm"), "KMSMasterKeyID": given.get("kmsMasterKeyId")}
    made = {
        "ApplyServerSideEncryptionByDefault": {key: value for key, value in default.items() if value},
        "BucketKeyEnabled": rule.get("bucketKeyEnabled"),
    }
    return {key: value for key, value in made.items() if value is not None}


def _lifecycle(rule: Properties) -> dict[str, Any]:
    """Rename keys that capitalization alone does not convert; without filter, a rule is for all objects."""
    made = pascal({"filter": {"prefix": ""}, **rule})
    made["ID"] = made.pop("Id")
    return dict(made)


RESOURCES = (
    Bucket,
    BucketObject,
    BucketPublicAccessBlock,
    BucketServerSideEncryptionConfiguration,
    BucketOwnershipControls,
    BucketPolicy,
    BucketCorsConfiguration,
    BucketLifecycleConfiguration,
    BucketNotification,
    BucketVersioning,
)
