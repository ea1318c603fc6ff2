"""EventBridge's measure of how complex a rule is, as MachineComplexityEvaluator of aws/event-ruler has it.

PutRule answers "Rule is too complex" above :data:`MOST`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

# What the service allows is not published; this is the value that its users met, see docs/limits.md.
MOST = 8
OTHER = "\0"  # stands for every character that no pattern names

Prefix = tuple[int, int]  # which pattern, and how many of its characters


def wildcards(pattern: object) -> Iterator[str]:
    """Yield every wildcard in an event pattern, those inside ``anything-but`` too."""
    match pattern:
        case dict():
            for name, value in pattern.items():
                if name == "wildcard":
                    yield from [value] if isinstance(value, str) else value
                else:
                    yield from wildcards(value)
        case list():
            for each in pattern:
                yield from wildcards(each)


def complexity(patterns: Iterable[str]) -> int:
    """Return how many beginnings of the wildcard patterns one theoretical value matches at most.

    "ab" is matched by two beginnings of ``a*b``, ``a*`` and ``a*b``, and by no input are there more.
    """
    found = tuple(patterns)
    letters = {OTHER, *"".join(found)} - {"*"}
    begin = _with_stars(found, {(index, 0) for index in range(len(found))})
    seen, waiting, most = {begin}, [begin], 0
    while waiting:
        state = waiting.pop()
        for letter in letters:
            after = _after(found, state, letter)
            if after not in seen:
                seen.add(after)
                waiting.append(after)
                most = max(most, len(after))
    return most


def _after(patterns: tuple[str, ...], state: frozenset[Prefix], letter: str) -> frozenset[Prefix]:
    longer: set[Prefix] = set()
    for index, length in state:
        pattern = patterns[index]
        if length and pattern[length - 1] == "*":
            longer.add((index, length))
        if length < len(pattern) and pattern[length] == letter:
            longer.add((index, length + 1))
    return _with_stars(patterns, longer)


def _with_stars(patterns: tuple[str, ...], state: set[Prefix]) -> frozenset[Prefix]:
    """Add the beginnings that a star, which may stand for nothing, makes longer by itself."""
    more = {(at, length + 1) for at, length in state if patterns[at][length : length + 1] == "*"}
    return frozenset(state | more)
