"""What messages, episodes and activities cost an instance, by the size of their payload."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.book import Values
from simulation.platforms.options import DurableOptions
from simulation.streams import Draw, Streams

KIB = 1024.0


@dataclass(frozen=True, slots=True)
class DurableCosts:
    """Seconds. ``message`` and ``table`` draw the time of one request; the others are times of a thread.

    ``activity_s`` comes on top of an activity's own work. An episode takes ``episode_s`` and ``event_s`` for
    every event of the history that it replays. A payload beyond 45 KiB goes through blobs, ``blob_s`` each.
    """

    message: Draw
    table: Draw
    activity_s: float
    episode_s: float
    event_s: float
    blob_s: float

    @classmethod
    def of(cls, values: Values, streams: Streams, options: DurableOptions) -> DurableCosts:
        """Return the costs with these parameters."""
        scale, spread = values["azure.hop_discrepancy"], values["azure.queue_sigma"]
        step = values["azure.queue_s" if options.polls else "azure.push_s"] * scale
        tail = values["azure.tail_share"], values["azure.tail_s"]
        kib, payload = options.payload_bytes / KIB, values["azure.payload_discrepancy"]
        bytes_s = kib * values["azure.payload_cpu_s_per_kib"] * payload
        replay_s = kib * values["azure.replay_cpu_s_per_kib"] * payload
        blob_s = 0.0
        if kib > values["azure.large_kib"]:
            blob_s = (values["azure.blob_s"] + kib * values["azure.blob_s_per_kib"]) * payload
            bytes_s += values["azure.large_cpu_s"] * payload
            replay_s += values["azure.large_replay_cpu_s"] * payload
        busy = values["azure.thread_discrepancy"]
        return cls(
            message=streams.lognormal("durable.message", step, spread, *tail),
            table=streams.lognormal("durable.table", values["azure.table_s"] * scale, spread),
            activity_s=values["azure.activity_s"] * busy + bytes_s,
            episode_s=values["azure.episode_s"] * busy,
            event_s=values["azure.event_s"] * busy + replay_s,
            blob_s=blob_s,
        )
