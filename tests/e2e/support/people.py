"""The people of a storm: what they decide about photos, how often and when, and what they are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import requests

from core.ledger import LedgerRow
from core.review.decisions import APPROVED, EXPIRED, REFUSED, TOPIC, digest

LATE = "late"
# What is decided about a key, in turn: once, twice at the same time, in both ways, or when it is too late.
WAYS = (
    (APPROVED,),
    (REFUSED,),
    (APPROVED, APPROVED),
    (APPROVED,),
    (REFUSED, APPROVED),
    (LATE,),
)
TAKEN = (200, 202)  # decided; the second if its workflow could not be told yet
TOO_LATE = (404, 409, 410)


@dataclass(eq=False)
class Decision:
    """What somebody sends from the page of a link at a time (UTC), and the answers, 0 for none."""

    link: str
    word: str
    at: datetime
    late: bool
    answers: list[int] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it is to be sent, or sent again: it has no answer, or one of a page that broke."""
        return not self.answers or not 0 < self.answers[-1] < 500

    def send(self) -> None:
        """Send the page's form."""
        page, _, query = self.link.partition("?")
        form = dict(parse_qsl(query)) | {"decision": self.word, "reason": "storm"}
        try:
            self.answers.append(requests.post(page, form, timeout=60).status_code)
        except requests.RequestException:
            self.answers.append(0)


@dataclass
class People:
    """Whoever decides about photos."""

    by_link: dict[str, list[Decision]] = field(default_factory=dict)
    _keys: dict[str, str] = field(default_factory=dict)
    _asked: set[str] = field(default_factory=set)

    def hear(self, notifications: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Take note of new questions. Who was late is not late again."""
        for topic, message in notifications:
            if topic != TOPIC or (link := message["link"]) in self.by_link:
                continue
            key = message["source"]["key"]
            way = WAYS[int(Path(key).stem) % len(WAYS)]
            late = way == (LATE,) and message["id"] not in self._asked
            at = datetime.fromisoformat(message["review"]["deadline"]) if late else datetime.now(UTC)
            words = (APPROVED,) if way == (LATE,) else way
            self.by_link[link] = [Decision(link, word, at, late) for word in words]
            self._keys[link] = key
            self._asked.add(message["id"])

    def decide(self, about: Callable[[str], bool]) -> bool:
        """Send the decisions about these keys that are due; return whether all were answered."""
        due = [
            each
            for each in self._decisions()
            if each.open and about(self._keys[each.link]) and each.at <= datetime.now(UTC)
        ]
        with ThreadPoolExecutor(4) as senders:
            list(senders.map(Decision.send, due))
        return not any(each.open for each in self._decisions())

    def possible(self, row: LedgerRow) -> set[str]:
        """Return which decisions the row may have: the one that somebody was told is taken.

        Without such an answer it is one whose answer was lost, or none before the deadline.
        """
        sent = [
            each for link, those in self.by_link.items() if key_of(link) == row.link_hash for each in those
        ]
        told = {each.word for each in sent if each.answers[-1] in TAKEN}
        return told or {EXPIRED, *(each.word for each in sent if len(each.answers) > 1)}

    def check(self) -> None:
        """See that one decision at most was taken about each question, and none too late."""
        for sent in self.by_link.values():
            taken = [each for each in sent if each.answers[-1] in TAKEN]
            assert len(taken) <= 1, [(each.word, each.answers) for each in sent]
            assert all(each.answers[-1] in TOO_LATE for each in sent if each.late), sent

    def answers(self) -> Counter[int]:
        """Count the answers by their status."""
        return Counter(answer for each in self._decisions() for answer in each.answers)

    def secrets(self) -> set[str]:
        """Return the secrets of the links."""
        return {dict(parse_qsl(link.partition("?")[2]))["key"] for link in self.by_link}

    def _decisions(self) -> Iterator[Decision]:
        for sent in self.by_link.values():
            yield from sent


def key_of(link: str) -> str:
    """Return the hash of a link's secret, as it is in the ledger."""
    return digest(dict(parse_qsl(link.partition("?")[2]))["key"])
