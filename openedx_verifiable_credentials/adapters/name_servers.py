"""
Names → IP addresses, in a time that is ours and not the system's.

The system's look-up cannot be interrupted, so it runs in a thread that nobody waits for longer than the time given.
There are few such threads at once; they end when the system's own patience does.
"""

from __future__ import annotations

import os
import queue
import socket
import threading

MAX_AT_ONCE = 8
_free = threading.BoundedSemaphore(MAX_AT_ONCE)
_Answer = list[str] | OSError


def _renew() -> None:
    """In a forked child: threads of the parent that hold a place are not there to give it back."""
    global _free  # noqa: PLW0603  (a semaphore cannot be emptied)
    _free = threading.BoundedSemaphore(MAX_AT_ONCE)


os.register_at_fork(after_in_child=_renew)


def look_up(host: str, port: int, seconds: float) -> list[str]:
    """
    The IP addresses of ``host``, in the order in which the system prefers them. Raises OSError, TimeoutError included.
    """
    answers: queue.SimpleQueue[_Answer] = queue.SimpleQueue()
    places = _free
    if not places.acquire(timeout=seconds):
        raise TimeoutError
    threading.Thread(target=_ask_system, args=(host, port, answers, places), daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _ask_system(host: str, port: int, answers: queue.SimpleQueue[_Answer], places: threading.BoundedSemaphore) -> None:
    # The dot at the end keeps the system from trying the name below its own domains.
    name = f"{host}." if "." in host.strip("0123456789.") else host
    try:
        found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
        answers.put(list(dict.fromkeys(str(entry[4][0]) for entry in found)))
    except OSError as error:
        answers.put(error)
    except UnicodeError as error:
        answers.put(OSError(str(error)))
    finally:
        places.release()
