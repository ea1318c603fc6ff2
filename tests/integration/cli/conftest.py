"""Local stacks for the tests of this folder."""

from local_commands import done

__all__ = ["done"]
