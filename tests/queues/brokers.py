"""A Redis and a RabbitMQ for tests: real ones, that can be restarted or cut off and lose what they hold."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
import subprocess
import time
from pathlib import Path

from kombu import Connection

from tests.queues.cutting import Cable

RABBITMQ_PORT = 5672


class RedisServer:
    """A server of the test's own: it keeps nothing when it dies."""

    kind = "redis"

    def __init__(self, folder: Path):
        self._folder = folder
        self.queue = "ovc_tests"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self._start()

    def _start(self) -> None:
        binary = shutil.which("redis-server")
        assert binary, "The tests start a Redis of their own (Debian: redis-server)."
        options = ["--bind", "127.0.0.1", "--port", str(self._port), "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen([binary, *options, "--dir", str(self._folder)], stdout=subprocess.DEVNULL)
        until(self._answers)

    def _answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
            return True
        return False

    def restart(self) -> None:
        """Killed; gone for a second; there again, and empty."""
        self.stop()
        time.sleep(1)
        self._start()

    def stop(self) -> None:
        """Killed."""
        self._process.kill()
        self._process.wait()

    close = stop


class RabbitMq:
    """This machine's, through a cable of the test's own, with a queue of a name that nobody else has."""

    kind = "rabbitmq"

    def __init__(self, folder: Path):
        self.queue = f"ovc_tests_{secrets.token_hex(6)}"
        self._cable = Cable(RABBITMQ_PORT)
        self.url = f"amqp://guest:guest@127.0.0.1:{self._cable.port}//"

    def restart(self) -> None:
        """Every connection is cut; nobody is let in for a second; what was in the queue is lost."""
        self._cable.cut()
        self._delete()
        time.sleep(1)
        self._cable.mend()

    def stop(self) -> None:
        """Nobody is let in."""
        self._cable.cut()

    def close(self) -> None:
        """Nothing is left."""
        self._cable.close()
        self._delete()

    def _delete(self) -> None:
        with Connection(f"amqp://guest:guest@127.0.0.1:{RABBITMQ_PORT}//") as connection:
            connection.default_channel.queue_delete(self.queue)
            for exchange in (self.queue, f"{self.queue}.events", f"{self.queue}.control.pidbox"):
                connection.default_channel.exchange_delete(exchange)


Broker = RedisServer | RabbitMq
BROKERS = {one.kind: one for one in (RedisServer, RabbitMq)}


def until(is_so: object, seconds: float = 30) -> None:
    """Wait for something that must come true."""
    assert callable(is_so)
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "It does not come true."
        time.sleep(0.05)
