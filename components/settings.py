"""Read a stack's config into one value and validate it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path

import pulumi

from components.config_reader import ConfigReader
from components.front_door_settings import FrontDoorSettings, read_front_door
from components.special_settings import REVIEW_SECONDS, read_budget, read_chaos, read_review, read_tags
from components.step_settings import StepSettings, read_steps
from core.deployment.limits import DEFAULT_MAX_BYTES, DEFAULT_MAX_PIXELS, SUFFIXES, patience
from core.deployment.variables import Reconciler
from core.review.flags import MODES, NONE
from core.workflow.granularity import GRANULARITIES

RECIPES = Path(__file__).parent.parent / "recipes"


@dataclass(frozen=True)
class Cloud:
    """The settings that one cloud supports; the first of each tuple is the default."""

    orchestrators: tuple[str, ...]
    architectures: tuple[str, ...]
    memory_mb: Collection[int]
    default_memory_mb: int
    log_retention_days: Collection[int]
    max_concurrency: Collection[int]
    default_max_concurrency: int
    point_in_time_recovery: tuple[bool, ...]
    no_shared_keys: tuple[bool, ...]
    log_levels: tuple[str, ...]
    keys: str
    redundancies: tuple[str, ...]
    soft_delete_days: Collection[int]


# Memory: Lambda's quota page (up to 10,240 MB) and Flex Consumption's instance sizes. Lambda also has 128 MB,
# but a worker takes about that much before it opens a photo (WORKER_MB).
# Retention: CloudWatch accepts only these numbers of days; a Log Analytics workspace 30 to 730.
CLOUDS = {
    "aws": Cloud(
        orchestrators=("standard", "express", "durable"),
        architectures=("arm64", "x86_64"),
        memory_mb=range(256, 10241),
        default_memory_mb=1024,
        log_retention_days=(
            *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
            *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
        ),
        max_concurrency=range(1001),  # 0: the account's unreserved concurrency
        default_max_concurrency=0,
        point_in_time_recovery=(False, True),
        no_shared_keys=(False,),
        log_levels=("error", "all", "none"),  # of the state machine
        keys=r"arn:aws[\w-]*:kms:[\w-]+:\d{12}:key/[\w-]+",
        redundancies=("",),  # S3 Standard keeps every object in three zones or more
        soft_delete_days=range(3651),
    ),
    "azure": Cloud(
        orchestrators=("storage", "scheduler"),
        architectures=("x86_64",),
        memory_mb=(2048, 4096),
        default_memory_mb=2048,
        log_retention_days=range(30, 731),
        max_concurrency=range(40, 1001),
        default_max_concurrency=100,
        point_in_time_recovery=(False,),
        no_shared_keys=(False, True),
        log_levels=("information", "warning"),  # of the host; the alerts need its warnings
        keys=r"/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft.KeyVault/vaults/[\w-]+/keys/[\w-]+",
        redundancies=("LRS", "ZRS", "GRS", "GZRS"),
        soft_delete_days=range(366),
    ),
}
KEYS = {
    "aws": "the ARN of a KMS key, or empty",
    "azure": "the resource id of a key in a Key Vault, or empty",
}
# Divisors of an hour, since a cron expression starts over every hour; 0 for never.
RECONCILE_MINUTES = (0, 1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)
ROOT_PATH = "/"
BOUNDARY = r"(arn:aws[\w-]*:iam::(\d{12}|aws):policy/[\w+=,.@/-]+)?"
# learn.microsoft.com, "Naming rules and restrictions for Azure resources", Microsoft.Resources.
RESOURCE_GROUP = r"([\w().-]{0,89}[\w()-])?"
# A workflow has 15 minutes, and a step up to three attempts.
TIMEOUT_SECONDS = range(1, 241)


@dataclass(frozen=True)
class Settings(FrontDoorSettings):
    """One deployment's settings; ``Pulumi.yaml`` describes each."""

    cloud: str
    orchestrator: str
    granularity: str
    architecture: str
    memory_mb: int
    timeout_seconds: int
    recipe: str
    max_bytes: int
    max_pixels: int
    input_prefix: str
    notify_email: str
    log_level: str
    log_retention_days: int
    max_concurrency: int
    point_in_time_recovery: bool
    keep_data: bool
    permissions_boundary: str = ""
    role_path: str = ROOT_PATH
    resource_group: str = ""
    no_shared_keys: bool = False
    kms_key: str = ""
    photo_redundancy: str = ""
    soft_delete_days: int = 0
    monthly_budget: int = 0
    reconcile_minutes: int = 0
    review: str = NONE
    review_seconds: int = 0  # 0 without review
    chaos: str = ""
    allow_chaos: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    steps: dict[str, StepSettings] = field(default_factory=dict)

    @classmethod
    def read(cls, config: pulumi.Config) -> Settings:
        """Read the stack's config.

        Raises:
            pulumi.RunError: Settings are invalid; the message has a line for each.
        """
        reader = ConfigReader(config, CLOUDS)
        cloud = CLOUDS.get(reader.cloud, CLOUDS["aws"])
        orchestrator = reader.choice(
            "orchestrator", _by_cloud(lambda each: each.orchestrators), cloud.orchestrators[0]
        )
        granularity = reader.choice("granularity", _anywhere(GRANULARITIES), GRANULARITIES[0])
        architecture = reader.choice(
            "architecture", _by_cloud(lambda each: each.architectures), cloud.architectures[0]
        )
        review, review_seconds = read_review(
            reader, orchestrator, _anywhere(MODES), _anywhere(REVIEW_SECONDS)
        )
        usual = StepSettings(
            reader.number("memoryMb", _by_cloud(lambda each: each.memory_mb), cloud.default_memory_mb),
            reader.number("timeoutSeconds", _anywhere(TIMEOUT_SECONDS), 30),
        )
        keyless = reader.flag("noSharedKeys", _by_cloud(lambda each: each.no_shared_keys))
        settings = cls(
            **vars(read_front_door(reader, no_shared_keys=keyless)),
            cloud=reader.cloud,
            orchestrator=orchestrator,
            granularity=granularity,
            architecture=architecture,
            memory_mb=usual.memory_mb,
            timeout_seconds=usual.timeout_seconds,
            steps=read_steps(
                reader,
                granularity,
                review_seconds,
                usual,
                {"memoryMb": cloud.memory_mb, "timeoutSeconds": TIMEOUT_SECONDS},
            ),
            review=review,
            review_seconds=review_seconds,
            recipe=reader.choice(
                "recipe", _anywhere(tuple(sorted(path.stem for path in RECIPES.glob("*.toml")))), "gallery"
            ),
            max_bytes=reader.number("maxBytes", _anywhere(range(1, 2**30 + 1)), DEFAULT_MAX_BYTES),
            max_pixels=reader.number("maxPixels", _anywhere(range(1, 10**9 + 1)), DEFAULT_MAX_PIXELS),
            input_prefix=reader.text(
                "inputPrefix", r"([\w.-]+/)*", "folders, each followed by a slash", "incoming/"
            ),
            notify_email=reader.text("notifyEmail", r"([^@\s]+@[^@\s]+)?", "an e-mail address, or empty", ""),
            log_level=reader.choice("logLevel", _by_cloud(lambda each: each.log_levels), cloud.log_levels[0]),
            log_retention_days=reader.number(
                "logRetentionDays", _by_cloud(lambda each: each.log_retention_days), 30
            ),
            max_concurrency=reader.number(
                "maxConcurrency",
                _by_cloud(lambda each: each.max_concurrency),
                cloud.default_max_concurrency,
            ),
            point_in_time_recovery=reader.flag(
                "pointInTimeRecovery", _by_cloud(lambda each: each.point_in_time_recovery)
            ),
            keep_data=reader.flag("keepData"),
            permissions_boundary=reader.text(
                "permissionsBoundary", BOUNDARY, "the ARN of an IAM policy, or empty", "", only="aws"
            ),
            role_path=reader.text(
                "rolePath", r"/([!-.0-~]+/)*", "a path that begins and ends in a slash", ROOT_PATH, only="aws"
            ),
            resource_group=reader.text(
                "resourceGroup", RESOURCE_GROUP, "the name of a resource group, or empty", "", only="azure"
            ),
            no_shared_keys=keyless,
            kms_key=reader.text("kmsKey", f"({cloud.keys})?", KEYS.get(reader.cloud, "a key"), ""),
            photo_redundancy=reader.choice(
                "photoRedundancy", _by_cloud(lambda each: each.redundancies), cloud.redundancies[0]
            ),
            soft_delete_days=reader.number(
                "softDeleteDays", _by_cloud(lambda each: each.soft_delete_days), 0
            ),
            monthly_budget=read_budget(reader, _anywhere(range(1_000_001))),
            reconcile_minutes=reader.number("reconcileMinutes", _anywhere(RECONCILE_MINUTES), 30),
            allow_chaos=(allow_chaos := reader.flag("allowChaos")),
            chaos=read_chaos(reader, allowed=allow_chaos),
            tags=read_tags(reader),
        )
        if mistakes := reader.mistakes:
            raise pulumi.RunError("\n".join(("The stack's config needs a correction:", *mistakes)))
        return settings

    def of_step(self, name: str) -> StepSettings:
        """Return the memory and the time limit of a step."""
        return self.steps.get(name, StepSettings(self.memory_mb, self.timeout_seconds))

    def reconciler(self, workflow_seconds: int) -> Reconciler:
        """Return the parameters of the reconciler."""
        return Reconciler(self.input_prefix, SUFFIXES, patience(workflow_seconds))


def _by_cloud[T](pick: Callable[[Cloud], Collection[T]]) -> dict[str, Collection[T]]:
    return {name: pick(cloud) for name, cloud in CLOUDS.items()}


def _anywhere[T](values: Collection[T]) -> dict[str, Collection[T]]:
    return dict.fromkeys(CLOUDS, values)
