"""The front door: an HTTP API with one function, and the table of its tickets."""

from __future__ import annotations

import json

import pulumi
import pulumi_aws as aws

from components.aws.function import UNRESERVED, Function
from components.aws.ledger import Ledger
from components.aws.object_store import ObjectStore
from components.aws.policies import Statement, allow, allow_objects
from components.settings import Settings
from core.deployment import variables
from core.deployment.limits import WAITING_CALLS
from core.deployment.names import EXPIRES_AT, LEDGER_KEY
from core.front_door.routes import ROUTES
from core.job import OUTPUT_PREFIX
from core.store.declared import FOLDER
from core.workflow.granularity import pipeline_in

MEMORY_MB = 256
TIMEOUT_SECONDS = 28  # an HTTP API waits 30 seconds; whoever asks to wait waits 20
# Requests a second in the long run, and at once: what a flood can cost is in docs/front-door.md.
RATE, BURST = 50, 200
HEADERS = ("authorization", "content-type", "if-none-match", "twinlens-handle")
UPLOAD_HEADERS = ("content-type", "if-none-match", "x-amz-checksum-sha256")
# Neither addresses nor headers: they have no place for a handle, but a client may put it there by mistake.
LOGGED = {
    "time": "$context.requestTime",
    "request": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "address": "$context.identity.sourceIp",
    "milliseconds": "$context.responseLatency",
    "error": "$context.error.message",
}


class FrontDoor(pulumi.ComponentResource):
    """An HTTP API that takes photos and tells of jobs. ``url`` is its address.

    Args:
        name: The logical name.
        settings: The deployment's settings.
        code: The deployment package.
        stores: The buckets of uploads and of results.
        ledger: The ledger.
        machines: The ARNs of the state machines, whose executions tell how far a job is.
        site: Where the page is, and results under their keys; without it, addresses of results are signed.
        opts: Pulumi's resource options.
    """

    url: pulumi.Output[str]
    function: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        stores: tuple[ObjectStore, ObjectStore],
        ledger: Ledger,
        machines: list[pulumi.Output[str]],
        site: pulumi.Output[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("twinlens:aws:FrontDoor", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        uploads, results = stores
        outputs = pulumi.Output.concat(results.arn, f"/{OUTPUT_PREFIX}*")
        tickets = aws.dynamodb.Table(
            f"{name}-tickets",
            billing_mode="PAY_PER_REQUEST",
            hash_key=LEDGER_KEY,
            attributes=[{"name": LEDGER_KEY, "type": "S"}],
            ttl={"attribute_name": EXPIRES_AT, "enabled": True},
            opts=child,
        )
        door = Door(
            name,
            settings,
            code,
            [
                allow(["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:UpdateItem"], [tickets.arn]),
                allow(["dynamodb:GetItem"], [ledger.arn]),
                allow(["states:GetExecutionHistory"], [executions(each) for each in machines]),
                # To look whether an upload has come, and what it signs: it signs with its own permissions.
                allow_objects(
                    ["s3:GetObject", "s3:PutObject"],
                    [pulumi.Output.concat(uploads.arn, f"/{settings.input_prefix}{FOLDER}*")],
                ),
                *([allow_objects(["s3:GetObject"], [outputs])] if site is None else []),
            ],
            {
                variables.INPUT_CONTAINER: uploads.name,
                variables.OUTPUT_CONTAINER: results.name,
                variables.INPUT_PREFIX: settings.input_prefix,
                variables.LEDGER_TABLE: ledger.name,
                variables.TICKETS_TABLE: tickets.name,
                variables.RECIPE: settings.recipe,
                variables.MAX_BYTES: str(settings.max_bytes),
                variables.STEPS: ",".join(each.name for each in pipeline_in(settings.granularity).steps()),
                variables.WAITING_CALLS: str(waiting(settings.max_concurrency)),
                **({variables.RESULTS_URL: site} if site is not None else {}),
            },
            opts=child,
        )
        pages: list[pulumi.Input[str]] = [*filter(None, [settings.page_origin])]
        if site is not None:
            pages.append(site)
        self.url = _api(name, settings, door, pages, child)
        self.function = door.name
        if pages:
            aws.s3.BucketCorsConfiguration(
                f"{name}-uploads",
                bucket=uploads.name,
                cors_rules=[
                    {
                        "allowed_origins": pages,
                        "allowed_methods": ["PUT"],
                        "allowed_headers": list(UPLOAD_HEADERS),
                        "max_age_seconds": 3600,
                    }
                ],
                opts=child,
            )
        self.register_outputs({"url": self.url})


class Door(Function):
    """The function behind the API."""

    def __init__(
        self,
        name: str,
        settings: Settings,
        code: pulumi.Archive,
        statements: list[Statement],
        environment: dict[str, pulumi.Input[str]],
        opts: pulumi.ResourceOptions,
    ) -> None:
        super().__init__(
            "Door",
            name,
            settings,
            code,
            "handlers.aws.front_door.handler",
            statements,
            environment,
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
            reserved_concurrent_executions=settings.max_concurrency or UNRESERVED,
            opts=opts,
        )
        self.register_outputs({"arn": self.arn})


def waiting(max_concurrency: int) -> int:
    """Return how many calls may wait: with twice as many for a moment, never more than half of the calls."""
    return min(WAITING_CALLS, max_concurrency // 4) if max_concurrency else WAITING_CALLS


def executions(machine: pulumi.Output[str]) -> pulumi.Output[str]:
    """Return the ARN of all executions of a state machine."""
    return machine.apply(lambda arn: f"{arn.replace(':stateMachine:', ':execution:')}:*")


def _api(
    name: str,
    settings: Settings,
    door: Door,
    pages: list[pulumi.Input[str]],
    child: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    api = aws.apigatewayv2.Api(
        name,
        protocol_type="HTTP",
        cors_configuration=(
            {
                "allow_origins": pages,
                "allow_methods": ["GET", "POST"],
                "allow_headers": list(HEADERS),
                "expose_headers": ["etag", "retry-after"],
                "max_age": 3600,
            }
            if pages
            else None
        ),
        opts=child,
    )
    integration = aws.apigatewayv2.Integration(
        name,
        api_id=api.id,
        integration_type="AWS_PROXY",
        integration_uri=door.arn,
        payload_format_version="2.0",
        opts=child,
    )
    signed_in: aws.apigatewayv2.Authorizer | None = None
    if settings.sign_in:
        signed_in = aws.apigatewayv2.Authorizer(
            name,
            api_id=api.id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration={"issuer": settings.sign_in.issuer, "audiences": [settings.sign_in.audience]},
            opts=child,
        )
    for route in ROUTES:
        guarded = signed_in if route.guarded else None
        aws.apigatewayv2.Route(
            f"{name}-{route.name.replace('_', '-')}",
            api_id=api.id,
            route_key=f"{route.method} {route.path}",
            target=pulumi.Output.concat("integrations/", integration.id),
            authorization_type="JWT" if guarded else "NONE",
            authorizer_id=guarded.id if guarded else None,
            opts=child,
        )
    log = aws.cloudwatch.LogGroup(
        f"{name}-access",
        # Under this prefix the log group's name is not written into a resource policy of limited length.
        name_prefix=f"/aws/vendedlogs/apis/{name}-",
        retention_in_days=settings.log_retention_days,
        opts=child,
    )
    aws.apigatewayv2.Stage(
        name,
        api_id=api.id,
        name="$default",
        auto_deploy=True,
        access_log_settings={"destination_arn": log.arn, "format": json.dumps(LOGGED)},
        default_route_settings={"throttling_rate_limit": RATE, "throttling_burst_limit": BURST},
        opts=child,
    )
    aws.lambda_.Permission(
        name,
        action="lambda:InvokeFunction",
        function=door.name,
        qualifier=door.arn.apply(lambda arn: arn.rpartition(":")[2]),  # the alias has to be there
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(api.execution_arn, "/*"),
        opts=child,
    )
    return api.api_endpoint
