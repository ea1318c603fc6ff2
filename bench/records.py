"""Create the records of a run folder from the jobs of a deployment."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import cast

from bench.sending import Submission
from bench.stack import DeployedStack
from compare.folder import BEFORE, first_artifacts, preview_path
from compare.run import ApiCalls, JobRecord, Outcome, PhotoFile, Plan, Run
from core.errors import PhotoError
from core.job import Job
from core.ledger import LedgerRow
from core.photo.decode import decode
from core.trace import now
from core.workflow.document import to_document
from core.workflow.granularity import pipeline_in

PREVIEW_PIXELS = 480
PREVIEW_QUALITY = 70


def head(deployment: DeployedStack, photos: Sequence[Path], plan: Plan, *, via_api: bool = False) -> Run:
    """Return the head of a run that begins now."""
    outputs = deployment.outputs
    return Run(
        name=f"{deployment.stack}-{datetime.now(UTC):%Y%m%d-%H%M%S}",
        stack=deployment.stack,
        cloud=outputs["cloud"],
        orchestrator=outputs["orchestrator"],
        granularity=outputs["granularity"],
        architecture=outputs["architecture"],
        memory_mb=int(outputs["memoryMb"]),
        region=outputs["region"],
        recipe=outputs["recipe"],
        where=deployment.where,
        started=now(),
        ended=None,
        versions={
            "Twinlens": version("twinlens"),
            "Pulumi SDK": version("pulumi"),
            "Python": platform.python_version(),
            "client": f"{platform.system()} {platform.machine()} with {os.cpu_count()} CPUs",
        },
        photos=tuple(map(_photo_file, photos)),
        plan=plan,
        workflow=to_document(pipeline_in(outputs["granularity"], int(outputs.get("reviewSeconds", 0)))),
        chaos=outputs.get("chaos", ""),
        log_level=outputs.get("logLevel", ""),
        step_memory_mb=outputs.get("stepMemoryMb", {}),
        own_key=outputs.get("ownKey", False),
        redundancy=outputs.get("photoRedundancy", ""),
        soft_delete_days=int(outputs.get("softDeleteDays", 0)),
        front_door=bool(outputs.get("apiUrl")),
        cdn=bool(outputs.get("siteUrl")),
        waf=bool(outputs.get("waf", False)),
        via_api=via_api,
    )


def record(
    upload: Submission,
    row: LedgerRow | None,
    *,
    burst: int = 1,
    warm_up: bool = False,
    outputs: bool = False,
    api: ApiCalls | None = None,
) -> JobRecord:
    """Return the record of an upload; its state is ``lost`` if it has no row in a final state.

    With ``outputs`` every artifact is read back for its SHA-256.
    """
    job = Job.from_document(row.document) if row else None
    artifacts = job.artifacts if job and outputs else ()
    return JobRecord(
        id=upload.id,
        photo=upload.photo.name,
        began=upload.began,
        sent=upload.sent,
        state=cast(Outcome, row.state) if row else "lost",
        recorded_at=row.updated_at if row else None,
        job=job,
        outputs={each.name: _sha256(upload.deployment.read_output(each.key)) for each in artifacts},
        burst=burst,
        warm_up=warm_up,
        api=api,
    )


def keep_previews(folder: Path, run: Run, upload: Submission, row: LedgerRow | None) -> None:
    """Save previews of the photo and its renditions; an invalid photo has none."""
    photo = next(each for each in run.photos if each.name == upload.photo.name)
    _keep(preview_path(folder, photo, BEFORE), upload.photo.read_bytes())
    job = Job.from_document(row.document) if row else None
    for name, artifact in first_artifacts(job).items():
        _keep(preview_path(folder, photo, name), upload.deployment.read_output(artifact.key))


def _keep(path: Path, data: bytes) -> None:
    try:
        picture = decode(data, max_pixels=1 << 30)
    except PhotoError:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    picture.convert("RGB").save(path, "JPEG", quality=PREVIEW_QUALITY)


def _photo_file(photo: Path) -> PhotoFile:
    data = photo.read_bytes()
    return PhotoFile(photo.name, len(data), _sha256(data))


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
