"""The notifier port on SNS, for jobs whose state machine can no longer send the notification."""

from __future__ import annotations

import json
from collections.abc import Mapping

from core.job import Job
from core.workflow.notification import message
from handlers.aws.clients import client
from handlers.aws.errors import translated


class SnsNotifier:
    """One SNS topic, by ARN, for each topic; see :class:`core.ports.Notifier`."""

    def __init__(self, topics: Mapping[str, str]) -> None:
        self._topics = topics

    def publish(self, topic: str, job: Job, link: str = "") -> None:
        """See :meth:`core.ports.Notifier.publish`."""
        arn = self._topics[topic]
        with translated(f"topic {arn}"):
            client("sns").publish(TopicArn=arn, Message=json.dumps(message(job, link)))
