"""Make characters visible that change what a reader sees: what an uploader names is shown as it is."""

from __future__ import annotations

_CONTROLS = (*range(32), *range(127, 160))
# Unicode's bidirectional controls, which reorder the text around them, and characters without width.
_HIDDEN = (0x061C, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x206A), 0xFEFF)
# How Python represents bytes of a file name that are not UTF-8 (PEP 383).
_BYTES = {0xDC00 + byte: f"\\x{byte:02x}" for byte in range(128, 256)}

_LINE = {code: f"\\x{code:02x}" for code in _CONTROLS} | {code: f"\\u{code:04x}" for code in _HIDDEN} | _BYTES
_PAGE = {code: escape for code, escape in _LINE.items() if chr(code) not in "\n\t"}
_JSON = {code: f"\\u{code:04x}" for code in (*range(127, 160), *_HIDDEN)}


def visible(text: str) -> str:
    """Return one line of text with every hidden or control character as an escape, line breaks included."""
    return text.translate(_LINE)


def visible_page(text: str) -> str:
    """Return a page of text as :func:`visible` does, with its line breaks and tabs kept."""
    return text.translate(_PAGE)


def visible_json(document: str) -> str:
    """Return a JSON document of the same values, with every hidden character as a JSON escape."""
    return document.translate(_JSON)
