"""The everyday questions about a bill, answered in the same words by ``twinlens estimate`` and the report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from compare.cost.bill import Bill
from compare.cost.bills import Bills
from compare.cost.break_even import CERTAIN, SENTENCE, UNCERTAIN, Curve, break_evens
from compare.cost.exact import dollars, ranged
from compare.cost.purposes import by_purpose
from compare.metering.stack import Stack
from core.workflow.granularity import FUSED, STEPWISE

# The page's script fills in the same templates when the volume changes.
TEMPLATES = {
    "certain": "{cheap}, whatever is assumed: {own} a month, against {other} for {rival}.",
    "open": "No difference can be claimed: {cheap} most likely costs {own} a month and {rival} {other}, but "
    "their ranges overlap.",
    "alone": "{cheap}: {own} a month.",
    "claim": "certain",
    "no claim": "no difference can be claimed",
    "close": "Too close to {cheap} to tell apart: {others}.",
    "disputed": "{label} rests on a price of {meter} that its vendor states in two ways: {low} a month by "
    "one, {high} by the other.",
    "why": "Most of the difference is in {purpose}: {own} against {other}.",
    "swap": SENTENCE,
    "sure": CERTAIN,
    "unsure": UNCERTAIN,
    "never": "Nowhere from 1,000 to 50 million photos a month: {cheap} most likely stays cheaper than "
    "{rival}.",
    "saves": "{fused} costs {change} a month less than {stepwise} ({share}{ends}).",
    "adds": "{fused} costs {change} a month more than {stepwise} ({share}{ends}).",
    "ends": "; {low} to {high}",
    "largest": "{label}: {first}, {share} ({amount}){then}.",
    "then": ", then {second}, {share}",
    "nothing": "{label}: nothing, the free tiers cover it.",
}
QUESTIONS = {
    "cheapest": "Which is cheaper?",
    "places": "Where do they change places?",
    "fused": "What does fused save?",
    "fastest": "Which is faster?",
    "largest": "What is most of the bill?",
}
READINGS = 100  # a price whose bounds are so many times apart has two readings and no range
NO_TWIN = (
    "Not compared here: `twinlens estimate --set granularity=stepwise,fused` estimates both, and a run of "
    "the other granularity measures it."
)


@dataclass(frozen=True)
class Answer:
    """An answer to one of the :data:`QUESTIONS`, and in one line what it rests on."""

    name: str
    question: str
    answer: str
    basis: str = ""


@dataclass(frozen=True)
class Candidate:
    """A stack to compare, with its bills by volume."""

    label: str
    stack: Stack
    curve: Curve


def answers(candidates: Sequence[Candidate], images: int, basis: str) -> tuple[Answer, ...]:
    """Answer what can be asked about the bills of ``images`` photos a month."""
    bills = {each.label: each.curve(images) for each in candidates}
    pair = rivals(candidates, bills)
    found = {"cheapest": cheapest(candidates, bills), "largest": _largest(pair, bills)}
    if len(pair) > 1:
        found["places"] = places(pair)
    if saved := list(_saved(candidates, bills)):
        found["fused"] = " ".join(saved)
    return tuple(
        Answer(name, question, found[name], basis) for name, question in QUESTIONS.items() if name in found
    )


def rivals(candidates: Sequence[Candidate], bills: dict[str, Bills]) -> list[Candidate]:
    """Return the cheapest candidate and the best of the other cloud, or else the second cheapest."""
    ranked = sorted(candidates, key=lambda each: bills[each.label].expected)
    rest = sorted(ranked[1:], key=lambda each: each.stack.cloud == ranked[0].stack.cloud)
    return [*ranked[:1], *rest[:1]]


def cheapest(candidates: Sequence[Candidate], bills: dict[str, Bills]) -> str:
    """Say which candidate is cheapest, if the ranges allow it, and in what it differs."""
    best, *others = (each.label for each in rivals(candidates, bills))
    own = amount(bills[best])
    if not others:
        alone = TEMPLATES["alone"].format(cheap=best, own=own)
        return " ".join(filter(None, (alone, disputed(best, bills[best].by_bound["expected"]))))
    (rival,) = others
    kind = "certain" if bills[best].is_below(bills[rival]) else "open"
    close = [
        each.label
        for each in candidates
        if each.label not in (best, rival) and not bills[best].is_below(bills[each.label])
    ]
    said = [
        TEMPLATES[kind].format(cheap=best, own=own, rival=rival, other=amount(bills[rival])),
        _why(bills[best].by_bound["expected"], bills[rival].by_bound["expected"]),
        *(disputed(label, bills[label].by_bound["expected"]) for label in (best, rival)),
        TEMPLATES["close"].format(cheap=best, others=", ".join(close)) if close else "",
    ]
    return " ".join(filter(None, said))


def places(pair: Sequence[Candidate]) -> str:
    """Say at which volumes the two change places."""
    found = break_evens({each.label: each.curve for each in pair})
    first, second = (each.label for each in pair)
    never = TEMPLATES["never"].format(cheap=first, rival=second)
    return " ".join(each.sentence for each in found) or never


def amount(bills: Bills) -> str:
    """Return the expected amount with its range."""
    return ranged(bills.expected, bills.low, bills.high)


def disputed(label: str, bill: Bill) -> str:
    """Say what a bill would be by either reading of a price that its vendor states in two ways."""
    return " ".join(
        TEMPLATES["disputed"].format(
            label=label,
            meter=line.meter.title,
            low=dollars(bill.total - line.amount + line.low),
            high=dollars(bill.total - line.amount + line.high),
        )
        for line in bill.lines
        if line.low and line.high >= READINGS * line.low
    )


def _why(own: Bill, other: Bill) -> str:
    mine, theirs = by_purpose(own.lines), by_purpose(other.lines)
    name = max(mine, key=lambda each: abs(theirs[each] - mine[each]))
    if mine[name] == theirs[name]:
        return ""
    return TEMPLATES["why"].format(purpose=name, own=dollars(mine[name]), other=dollars(theirs[name]))


def _saved(candidates: Sequence[Candidate], bills: dict[str, Bills]) -> Iterator[str]:
    """Compare candidates that differ only in granularity, bound by bound."""
    for fused in candidates:
        twin = replace(fused.stack, granularity=STEPWISE)
        stepwise = next((each for each in candidates if each.stack == twin), None)
        if fused.stack.granularity != FUSED or stepwise is None:
            continue
        one, other = bills[stepwise.label], bills[fused.label]
        saved = one.expected - other.expected
        changes = [abs(each) for each in (one.low - other.low, saved, one.high - other.high)]
        least, most = dollars(min(changes)), dollars(max(changes))
        ends = TEMPLATES["ends"].format(low=least, high=most) if least != most else ""
        yield TEMPLATES["saves" if saved >= 0 else "adds"].format(
            fused=fused.label,
            stepwise=stepwise.label,
            change=dollars(abs(saved)),
            share=percent(abs(saved), one.expected),
            ends=ends,
        )


def _largest(pair: Sequence[Candidate], bills: dict[str, Bills]) -> str:
    return " ".join(_of_the_bill(each.label, bills[each.label].by_bound["expected"]) for each in pair)


def _of_the_bill(label: str, bill: Bill) -> str:
    lines = sorted((line for line in bill.lines if line.amount), key=lambda line: -line.amount)
    if not lines:
        return TEMPLATES["nothing"].format(label=label)
    then = "".join(
        TEMPLATES["then"].format(second=line.meter.title, share=percent(line.amount, bill.total))
        for line in lines[1:2]
    )
    return TEMPLATES["largest"].format(
        label=label,
        first=lines[0].meter.title,
        share=percent(lines[0].amount, bill.total),
        amount=dollars(lines[0].amount),
        then=then,
    )


def percent(part: Decimal, whole: Decimal) -> str:
    """Return a share of a whole in per cent, without decimals."""
    return f"{100 * part / whole if whole else Decimal(0):.0f} %"
