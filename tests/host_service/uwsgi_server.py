"""The service under uWSGI, started as Tutor's image starts it."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from steps import StepError

SERVE = "import pyuwsgi; pyuwsgi.run()"
# The options of Tutor's image, but for the address and the folder of static files.
OPTIONS = [
    "--thunder-lock",
    "--single-interpreter",
    "--enable-threads",
    "--processes=2",
    "--buffer-size=8192",
    "--wsgi-file",
    "credentials/wsgi.py",
]


class UwsgiServer:
    """Two processes; the application is loaded once and then forked."""

    def __init__(self, python, service_root, environment, static_root, log):
        self._python = python
        self._root = service_root
        self._environment = environment
        self._static_root = static_root
        self._log = log
        self._process = None
        self.port = free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"

    def start(self, timeout=60):
        """Start and wait until /health/ answers."""
        command = [self._python, "-c", SERVE, "--http", f"127.0.0.1:{self.port}"]
        command += ["--static-map", f"/static={self._static_root}", *OPTIONS]
        with open(self._log, "ab") as log:
            self._process = subprocess.Popen(
                [str(part) for part in command],
                cwd=self._root,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            if self._process.poll() is not None:
                break
            if self._is_healthy():
                return
            time.sleep(0.2)
        self.stop()
        raise StepError(f"the server did not start\n{self.tail()}")

    def stop(self):
        """End the processes that start() made, which share a session of their own."""
        if self._process is None:
            return
        group = self._process.pid
        for number in (signal.SIGINT, signal.SIGKILL):
            try:
                os.killpg(group, number)
            except ProcessLookupError:
                break
            try:
                self._process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
        self._process = None
        self._wait_until_free()

    def _wait_until_free(self, timeout=30):
        """What was killed keeps the port until the system has cleared it away."""
        until = time.monotonic() + timeout
        while time.monotonic() < until:
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", self.port))
                    probe.listen()
                    return
                except OSError:
                    time.sleep(0.1)
        raise StepError(f"port {self.port} is still taken")

    def restart(self):
        """Stop and start; the way in which every process reads a changed switch at once."""
        self.stop()
        self.start()

    def has_log(self):
        """Whether the server was ever started."""
        return os.path.exists(self._log)

    def tail(self, lines=80):
        """The end of the server's log."""
        with open(self._log, encoding="utf-8", errors="replace") as stream:
            return "".join(stream.readlines()[-lines:])

    def _is_healthy(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.base_url}/health/", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False


def free_port():
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
