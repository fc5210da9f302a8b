"""Settings of worker processes: those of the tests, with a broker and a queue that the environment names."""

import os

from credentials.settings import test as _tests

globals().update({name: value for name, value in vars(_tests).items() if name.isupper()})

OPENEDX_VC_BROKER_URL = os.environ["BROKER_URL"]
OPENEDX_VC_TASK_QUEUE = os.environ["TASK_QUEUE"]
OPENEDX_VC_TASK_RATE = os.environ.get("TASK_RATE", "")
