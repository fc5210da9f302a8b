"""Rounds of anchoring, as ``vc_anchor`` does and tells them: one, or again and again."""

from __future__ import annotations

from uuid import UUID

from django.core.management.base import CommandError
from django.core.management.base import OutputWrapper

from openedx_verifiable_credentials.api import anchoring
from openedx_verifiable_credentials.management import running

_HELD_UP = 3
_WORDS = {
    "anchor.prepared": "its leaves and its root are fixed",
    "anchor.signed": "its transaction is signed and stored",
    "anchor.replaced": "its transaction was stuck; another one with a higher fee is sent",
    "anchor.mined": "in a block",
    "anchor.finalized": "final",
    "anchor.reorganised": "its block is gone or another one; its transaction counts where it is now",
    "anchor.reverted": "its transaction failed for good; it gets another one",
    "anchor.number_lost": "another transaction has its number for good; it gets another number",
}


class Rounds:
    """``stdout`` hears what happens, and of what holds something up once."""

    def __init__(self, stdout: OutputWrapper):
        self._stdout = stdout
        self._said: tuple[str, ...] = ()

    def one(self, *, flush: bool) -> None:
        """
        Raises CommandError: with status 3 where a batch is held up, with 1 where nothing was done, for what
        :func:`..api.anchoring.anchor` raises, too.
        """
        done = self._round(flush=flush)
        waiting = done.run.waiting
        if waiting:
            self._stdout.write(f"{waiting} {'credential waits' if waiting == 1 else 'credentials wait'} for a batch.")
        for problem in done.run.problems:
            self._stdout.write(_line(problem))
        if any(problem.batch is None for problem in done.run.problems):
            raise CommandError("Not everything could be done; what was done is kept, and the next round goes on.")
        if done.run.problems:
            raise CommandError("A batch is held up; the next round tries again.", returncode=_HELD_UP)
        if done.kept_back:
            raise CommandError(done.kept_back)

    def again_and_again(self, seconds: float, stopping: running.Stopping, *, flush: bool) -> None:
        """Until asked to stop."""

        def work() -> None:
            done = self._round(flush=flush)
            lines = tuple(map(_line, done.run.problems)) + ((done.kept_back,) if done.kept_back else ())
            for line in lines:
                if line not in self._said:
                    self._stdout.write(line)
            self._said = lines

        running.repeat("vc_anchor", work, seconds, stopping)

    def _round(self, *, flush: bool) -> anchoring.Round:
        return anchoring.anchor(flush=flush, progress=self._tell)

    def _tell(self, kind: str, batch: UUID) -> None:
        self._stdout.write(f"{batch}: {_WORDS.get(kind, kind.removeprefix('anchor.'))}.")


def _line(problem: anchoring.Problem) -> str:
    about = problem.network if problem.batch is None else str(problem.batch)
    return f"{about}: {problem.sentence} [{problem.code}]"
