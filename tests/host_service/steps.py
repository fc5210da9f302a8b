"""Numbered lines of progress, and failures that show what was said."""

import subprocess
import sys
import time


class StepError(Exception):
    """A step did not do what it must; the text is shown as it is."""


class Steps:
    """Prints one line a step and counts them."""

    def __init__(self):
        self.passed = 0
        self._since = time.monotonic()

    def done(self, text):
        """One more step is behind us."""
        self.passed += 1
        now = time.monotonic()
        print(f"ok {self.passed:2d}  {text}  ({now - self._since:.1f} s)", flush=True)
        self._since = now


def run(command, *, fails_with=None, stdin=None, **options):
    """
    Run a command and return its output; raises StepError, with everything it printed, when it does not exit with 0.

    ``fails_with``: what to say instead of the command line.
    """
    finished = subprocess.run(
        [str(part) for part in command],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )
    if finished.returncode != 0:
        said = fails_with or " ".join(str(part) for part in command)
        raise StepError(f"{said}\n(exit status {finished.returncode})\n{finished.stdout}")
    return finished.stdout


def expect(condition, text):
    """Raise StepError with this text unless the condition holds."""
    if not condition:
        raise StepError(text)


def warn(text):
    """A line that is no step."""
    print(f"      {text}", file=sys.stderr, flush=True)
