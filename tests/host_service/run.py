#!/usr/bin/env python3
"""
Install the plugin's wheel into the real Credentials service and use it there.

    run.py --service-root CHECKOUT --python INTERPRETER --wheel FILE

INTERPRETER has the service's requirements; it is not written to. A MariaDB or MySQL server is needed: DB_HOST, DB_PORT,
DB_USER and DB_PASSWORD name it, by default root on 127.0.0.1:3306 without a password. Needs nothing but Python.
"""

import argparse
import os
import shutil
import signal
import sys
import tempfile
import traceback
from pathlib import Path

import anchored
import bulk
import scenario
from layered_venv import LayeredVenv
from service import Service
from steps import StepError
from steps import Steps
from steps import expect
from steps import warn
from throwaway_database import ThrowawayDatabase

PLUGIN = "openedx_verifiable_credentials"
DISTRIBUTION = "openedx-verifiable-credentials"
SWITCH = f"{PLUGIN}.enabled"
CONTRACT = Path(__file__).resolve().parent.parent / "host"


def main():
    """Exit status 0 when every step passed, else 1."""
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="test-host-"))
    steps = Steps()
    service = database = None
    try:
        venv = LayeredVenv(arguments.python, folder / "venv")
        venv.create()
        database = ThrowawayDatabase(venv)
        service = Service(arguments.service_root, venv, database, folder)
        steps.done(f"environment on top of {len(venv.before['packages'])} packages")
        steps.done(f"database on {database.create()}")
        run_all(service, steps, f"{arguments.wheel}[{arguments.extras}]" if arguments.extras else arguments.wheel)
        venv.expect_untouched()
        status = 0
    except Exception as failure:  # an error of this program or of a scenario is a failed run too
        said = failure if isinstance(failure, StepError) else traceback.format_exc()
        print(f"FAILED after {steps.passed} steps: {said}", flush=True)
        if service is not None and service.server.has_log():
            print(f"--- the server's log\n{service.server.tail()}", flush=True)
        status = 1
    finally:
        clean_up(service, database, folder, arguments.keep)
    if status == 0:
        print(f"test-host: {steps.passed} steps passed", flush=True)
    return status


def run_all(service, steps, wheel):
    """The sequence: without the plugin, with it off, on, off again, on for a crowd, anchored, without it once more."""
    seeded = without_the_plugin(service, steps)
    tables = install(service, steps, wheel)
    scenario.prepare(service, steps, seeded)
    service.server.start()
    steps.done("server started with the plugin")
    scenario.while_off(service, steps, seeded)
    turn(service, steps, "on")
    scenario.while_on(service, steps, seeded)
    turn(service, steps, "off")
    scenario.while_off_again(service, steps, seeded)
    turn(service, steps, "on")
    bulk.issued_at_once(service, steps)
    anchored.on_a_test_network(service, steps)
    uninstall(service, steps, seeded, tables)


def without_the_plugin(service, steps):
    """The service as it is; returns the identifiers of its first rows."""
    service.configure()
    expect(not plugin_state(service)["installed"], f"{PLUGIN} is installed below already")
    service.manage("check")
    steps.done("without the plugin: manage.py check")
    differences = service.inside("contract", folder=str(CONTRACT))
    expect(differences == [], "the service differs from tests/host/contract.json\n" + "\n".join(differences))
    steps.done("without the plugin: the service keeps to tests/host/contract.json")
    service.manage("migrate", "--verbosity=0")
    steps.done("without the plugin: migrate")
    seeded = service.inside("seed", domain=f"127.0.0.1:{service.server.port}")
    steps.done("site, learners and certificates")
    return seeded


def install(service, steps, wheel):
    """The wheel, its checks and its tables; returns the tables."""
    added = service.venv.install(wheel)
    for line in added:
        warn(f"+ {line}")
    service.venv.check()
    if not service.venv.has_module("pyuwsgi"):
        service.venv.install("pyuwsgi")
    steps.done(f"wheel installed beside the service's exact versions, {len(added)} packages new")
    service.configure(**scenario.SETTINGS)
    state = plugin_state(service)
    expect(state["installed"], f"the service did not load the plugin\n{state['error'] or ''}")
    service.manage("check", "--fail-level=WARNING", "--database=default", "--tag=models")
    service.manage("check")
    steps.done(f"plugin loaded as {state['entry'][0]}; manage.py check")
    service.manage("migrate", "--verbosity=0")
    service.manage("migrate", "--check", "--verbosity=0")
    service.manage("makemigrations", PLUGIN, "--check", "--dry-run", "--verbosity=0")
    state = plugin_state(service)
    missing = set(state["tables"]) - set(state["all_tables"])
    expect(not missing, f"tables that migrate did not make: {sorted(missing)}")
    steps.done(f"migrate: {len(state['tables'])} tables")
    service.manage("compilejsi18n", "--locale=en", "--verbosity=0")
    service.manage("collectstatic", "--noinput", "--verbosity=0")
    steps.done("collectstatic, with hashed names as in production")
    return state["tables"]


def turn(service, steps, position):
    """The switch; the server starts anew, since its processes keep switches in caches of their own."""
    service.manage("waffle_switch", SWITCH, position, "--create")
    service.server.restart()
    steps.done(f"switch {position}")


def uninstall(service, steps, seeded, tables):
    """The service without the plugin, whose tables stay behind."""
    service.server.stop()
    service.venv.uninstall(DISTRIBUTION)
    state = plugin_state(service)
    expect(not state["installed"], "still loaded after pip uninstall")
    expect(set(tables) <= set(state["all_tables"]), "tables are gone after pip uninstall")
    service.manage("check")
    service.manage("migrate", "--verbosity=0")
    steps.done("uninstalled: manage.py check and migrate, the plugin's tables still there")
    service.server.start()
    answer = service.signed_in("staff").get(f"/api/v2/credentials/{seeded['ada_course']}/")
    expect(
        answer.status == 200 and answer.json()["username"] == seeded["ada_username"], f"the service's API: {answer!r}"
    )
    for path in scenario.LEARNER_ENDPOINTS:
        answer = service.anonymous().get(path)
        expect(answer.status == 404, f"{path} after pip uninstall: {answer!r}")
    service.inside("leave", username="grace", uuid=seeded["grace_course"])
    service.server.stop()
    steps.done("uninstalled: the service answers, revokes and deletes")


def plugin_state(service):
    """What inside/plugin.py finds."""
    return service.inside("plugin", name=PLUGIN)


def clean_up(service, database, folder, keep):
    """Stop the server, drop the database, remove the folder; every part is tried."""
    for action in (service and service.server.stop, database and database.drop):
        try:
            if action:
                action()
        except (OSError, StepError) as failure:
            warn(f"while cleaning up: {failure}")
    if keep:
        warn(f"kept: {folder}")
    else:
        shutil.rmtree(folder, ignore_errors=True)


def parse_arguments():
    """Options, by default from the environment."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service-root", type=Path, default=os.environ.get("CREDENTIALS_SERVICE_ROOT"))
    parser.add_argument("--python", type=Path, default=os.environ.get("CREDENTIALS_PYTHON"))
    parser.add_argument("--wheel", type=Path, required=True)
    parser.add_argument("--extras", default="all", help="extras of the wheel, separated by commas; '' for none")
    parser.add_argument("--keep", action="store_true", help="leave the folder of the run behind")
    found = parser.parse_args()
    for name in ("service_root", "python", "wheel"):
        if getattr(found, name) is None:
            parser.error(f"--{name.replace('_', '-')} is missing")
        # Not resolve(): a venv's interpreter is a link, and where it leads is another environment.
        path = Path(os.path.abspath(getattr(found, name)))
        if not path.exists():
            parser.error(f"there is no {path}")
        setattr(found, name, path)
    return found


if __name__ == "__main__":
    sys.exit(main())
