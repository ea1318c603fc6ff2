"""Read config values one by one, and collect all mistakes: in values, in names, and in namespaces."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

import pulumi
from pulumi.runtime import get_config_env, is_config_secret
from pulumi.runtime.config import CONFIG

from core.mistakes import nearest

type Allowed[T] = Mapping[str, Collection[T]]
"""The allowed values of a setting, by cloud."""


class ConfigReader:
    """Reads the settings of one stack; ``mistakes`` has a line for each that is wrong.

    A setting that was never read is not known. A secret value appears in no message.
    """

    def __init__(self, config: pulumi.Config, clouds: Collection[str]) -> None:
        self._config = config
        self._clouds = clouds
        self._known: list[str] = []
        self._values: list[str] = []
        self.cloud = self.choice("cloud", dict.fromkeys(clouds, tuple(clouds)), "")

    @property
    def mistakes(self) -> list[str]:
        """The mistakes so far; call it when every setting has been read, since others count as unknown."""
        return [*self._values, *self._unknown()]

    def choice(self, key: str, allowed: Allowed[str], default: str) -> str:
        """Return one of the allowed words."""
        value = self._get(key) or default
        here = self._here(allowed)
        if value not in here:
            wanted = f"one of {', '.join(here)}" if len(here) > 1 else "".join(here) or "none"
            self.mistake(key, value, wanted, self._elsewhere(allowed, value))
        return value

    def number(self, key: str, allowed: Allowed[int], default: int) -> int:
        """Return one of the allowed whole numbers; 0 stands for the default unless it is allowed itself."""
        text = self._get(key) or str(default)
        here = self._here(allowed)
        try:
            value = int(text) if 0 in here else int(text) or default
        except ValueError:
            value = None
        if value is None or value not in here:
            self.mistake(key, text, f"a whole number {span(here)}", self._elsewhere(allowed, value))
            return default
        return value

    def text(self, key: str, pattern: str, description: str, default: str, *, only: str = "") -> str:
        """Return a text that matches the pattern; ``only`` names the one cloud that has the setting."""
        given = self._get(key)
        value = default if given is None else given
        if only and value != default and self.cloud in self._clouds and self.cloud != only:
            name = self._config.full_key(key)
            self._values.append(f"- {name} is a setting of {only}; this stack's cloud is {self.cloud}")
        elif not re.fullmatch(pattern, value):
            self.mistake(key, value, description)
        return value

    def flag(self, key: str, allowed: Allowed[bool] | None = None, *, default: bool = False) -> bool:
        """Return whether the setting is "true"."""
        text = self._get(key) or str(default).lower()
        by_cloud = allowed or {self.cloud: (False, True)}
        words = {str(value).lower(): value for value in self._here(by_cloud)}
        if text not in words:
            others = self._elsewhere(by_cloud, text == "true") if text in ("true", "false") else ""
            self.mistake(key, text, " or ".join(words), others)
        return words.get(text, False)

    def table(self, key: str, description: str) -> dict[str, Any]:
        """Return a map; its values are for the caller to check."""
        value = self.value(key)
        if not isinstance(value, dict):
            self.mistake(key, value, description)
            return {}
        return value

    def value(self, key: str) -> Any:
        """Return a map or a list, or else the text, for the caller to check; a map if nothing is given."""
        self._known.append(key)
        try:
            return self._config.get_object(key, {})
        except pulumi.ConfigTypeError:
            return self._config.get(key)

    def mistake(self, key: str, value: object, allowed: str, elsewhere: str = "") -> None:
        """Note that a setting has a value that is not allowed."""
        name = self._config.full_key(key)
        shown = "a secret value" if is_config_secret(name) else repr(value)
        if elsewhere:
            self._values.append(
                f"- {name} is {shown}, which is for {elsewhere}; allowed on {self.cloud}: {allowed}"
            )
        else:
            self._values.append(f"- {name} is {shown}; allowed: {allowed}")

    def _get(self, key: str) -> str | None:
        self._known.append(key)
        return self._config.get(key)

    def _here[T](self, allowed: Allowed[T]) -> Collection[T]:
        """Return what is allowed on the stack's cloud, or on any one if it is not a cloud."""
        return allowed.get(getattr(self, "cloud", ""), next(iter(allowed.values())))

    def _elsewhere[T](self, allowed: Allowed[T], value: T | None) -> str:
        """Return the cloud on which the value would be allowed, if this one is known."""
        if getattr(self, "cloud", "") not in allowed:
            return ""
        return " and ".join(cloud for cloud, values in allowed.items() if value in values)

    def _unknown(self) -> list[str]:
        """Return a line for every key that nothing reads: its name or its namespace is wrong."""
        prefix = self._config.full_key("")
        own = prefix.removesuffix(":")
        lines = []
        for key in sorted({**get_config_env(), **CONFIG.get()}):
            namespace, _, name = key.rpartition(":")
            if namespace == own and name not in self._known:
                meant = nearest(name, self._known)
                hint = f"did you mean {prefix}{meant}?" if meant else "README.md lists all settings"
                lines.append(f"- {key} is not a setting; {hint}")
            elif namespace != own and nearest(namespace, [own]):
                lines.append(
                    f"- {key} is not a setting: nothing reads {namespace}:; did you mean {prefix}{name}?"
                )
        return lines


def span(allowed: Collection[int]) -> str:
    """Return the allowed numbers in words."""
    if isinstance(allowed, range):
        return f"from {allowed.start} to {allowed.stop - 1}"
    return f"out of {', '.join(map(str, allowed))}"
