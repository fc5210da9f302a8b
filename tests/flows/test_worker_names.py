"""Whose lease it is: names of workers, of this machine and of others."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from openedx_verifiable_credentials.api import batches
from openedx_verifiable_credentials.api import worker_names
from openedx_verifiable_credentials.models import BatchChunk
from tests import bulk
from tests import seed

# Names of pods of one Deployment.
PODS = ("credentials-vc-worker-7d9f8b6c5d-x2x4z", "credentials-vc-worker-7d9f8b6c5d-k9q7m")


@pytest.fixture(autouse=True)
def fresh():
    """The name is made once in a process."""
    worker_names.here.cache_clear()
    yield
    worker_names.here.cache_clear()


def dead_process():
    """A number that no process has."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.django_db(transaction=True)
def test_a_lease_ends_at_once_only_where_its_process_is_of_this_machine(ready, monkeypatch):
    seed.backdate(seed.award(seed.make_learner("somebody"), seed.make_course(ready)), days=1)
    batch, number = bulk.order(), dead_process()
    monkeypatch.setattr("socket.gethostname", lambda: PODS[0])
    assert len(batches.open_parts(batch)) == 1
    BatchChunk.objects.update(state="leased", worker=f"{worker_names.here()}{number}:0123abcd")
    monkeypatch.setattr("socket.gethostname", lambda: PODS[1])
    worker_names.here.cache_clear()
    # There, the number says nothing of who lives here.
    assert worker_names.free_dead() == 0
    monkeypatch.setattr("socket.gethostname", lambda: PODS[0])
    worker_names.here.cache_clear()
    assert worker_names.free_dead() == 1
    assert BatchChunk.objects.get().state == "waiting"


def test_containers_that_share_a_name_are_two_machines(monkeypatch):
    here = worker_names.here()
    worker_names.here.cache_clear()
    monkeypatch.setattr(os, "readlink", lambda path: "pid:[1]")
    assert worker_names.here() != here


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("host", ["a", "ä" * 64, PODS[0]])
def test_a_name_fits_its_column(monkeypatch, host):
    monkeypatch.setattr("socket.gethostname", lambda: host)
    name = f"{worker_names.here()}{2**22}:0123abcd"
    assert len(name) <= BatchChunk._meta.get_field("worker").max_length
