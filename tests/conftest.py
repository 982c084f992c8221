"""What every test may ask for. Real PostgreSQL and Redis on loopback, started once a run."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from app.config import Config, load_config
from app.embedded.ports import free_port
from tests.support import simulators
from tests.support.chromium import running_chromium
from tests.support.client import Client
from tests.support.database import WorkerDatabase, WorldDatabase, committed, rolled_back
from tests.support.database import settle as settle_now
from tests.support.forgetting import memories
from tests.support.servers import Address, RunServers
from tests.support.work import Statements
from tests.support.work import count_sql as count_statements
from tests.support.work import make_due as pull_forward
from tests.support.work import run_outbox as work_off
from tests.support.world import Member, World, browser, make_world

MASTER_KEYS = "1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PUBLIC_URL = "http://127.0.0.1:9"  # the discard port: nothing listens there
_run: dict[str, RunServers] = {}


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the run's servers are, starting them for the first."""
    if "servers" not in _run:
        _run["servers"] = RunServers()
    node.workerinput["sill_servers"] = _run["servers"].address.plain()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Send tests that share an installation to one worker; xdist's own groups do nothing under pytest 9."""
    from tests.support.scheduling import TogetherScheduling

    return TogetherScheduling(config, log)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the servers, in the process that started them."""
    if "servers" in _run:
        _run.pop("servers").stop()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Address:
    """Where the run's PostgreSQL and Redis are."""
    given = getattr(request.config, "workerinput", {}).get("sill_servers")
    if given:
        return Address.from_plain(given)
    if "servers" not in _run:
        _run["servers"] = RunServers()
    return _run["servers"].address


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """The number of this xdist worker, 0 without xdist."""
    return int(getattr(request.config, "workerinput", {}).get("workerid", "gw0")[2:])


@pytest.fixture(scope="session")
def database(servers: Address, worker_number: int) -> Iterator[WorkerDatabase]:
    """This worker's own copy of the migrated database."""
    database = WorkerDatabase(servers.postgres(), f"sill_w{worker_number}")
    yield database
    database.engine.dispose()


@pytest.fixture(scope="session")
def ports() -> dict[str, int]:
    """Ports for the far ends, which the settings name before they run."""
    return {name: free_port() for name in ("mailbox", "smtp", "squeegee")}


@pytest.fixture(scope="session")
def config(
    servers: Address, database: WorkerDatabase, worker_number: int, ports: dict[str, int],
    tmp_path_factory: pytest.TempPathFactory,
) -> Config:  # fmt: skip
    """The settings of the tests: everything on, far ends on loopback, Argon2 at its least."""
    return load_config(
        {
            "SILL_ENV": "test",
            "SILL_VAR_DIR": str(tmp_path_factory.mktemp("var")),
            "PUBLIC_URL": PUBLIC_URL,
            "DATABASE_URL": database.url,
            "REDIS_URL": servers.redis(worker_number),
            "SECRET_KEY": "secret-key-of-the-tests-" + "s" * 32,
            "INDEX_PEPPER": "pepper-of-the-tests-" + "p" * 32,
            "MASTER_KEYS": MASTER_KEYS,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(ports["smtp"]),
            "SMTP_FROM": "desk@example.com",
            "SMTP_HONOURS_MESSAGE_ID": "1",
            "TWILIO_API_BASE": f"http://127.0.0.1:{ports['mailbox']}/twilio",
            "TWILIO_ACCOUNT_SID": simulators.TWILIO_ACCOUNT,
            "TWILIO_AUTH_TOKEN": simulators.TWILIO_TOKEN,
            "TWILIO_FROM": simulators.TWILIO_FROM,
            "TWILIO_HONOURS_IDEMPOTENCY": "1",
            "SQUEEGEE_SIMULATOR_URL": f"http://127.0.0.1:{ports['squeegee']}",
            "ALLOW_PRIVATE_OUTBOUND": "1",
            "METRICS_TOKEN": "metrics-token-of-the-tests",
            "LOG_LEVEL": "WARNING",
        }
    )


@pytest.fixture(scope="session")
def wired_app(config: Config) -> Flask:
    """The whole application, made once a worker. Tests take `app`."""
    from app import create_app

    app = create_app(config)
    app.test_client_class = Client
    return app


@pytest.fixture(scope="session")
def kept_in_memory(wired_app: Flask) -> list[dict[Any, Any]]:
    """The caches of this process, which no test may find filled."""
    return memories()


@pytest.fixture(scope="session")
def made_world(
    wired_app: Flask, database: WorkerDatabase, kept_in_memory: list[dict[Any, Any]]
) -> Iterator[WorldDatabase]:
    """A database with the world in it, made once a worker."""
    made = WorldDatabase(wired_app, database, make_world)
    yield made
    made.engine.dispose()


@pytest.fixture
def app(
    request: pytest.FixtureRequest, wired_app: Flask, database: WorkerDatabase, kept_in_memory: list[dict[Any, Any]]
) -> Iterator[Flask]:
    """The application in an app context, as the app's role, on an empty Redis and a database that is empty, or holds
    the world for a test that asks for it.

    Everything is rolled back at the end; with `@pytest.mark.commits` it is committed and the tables emptied.
    """
    from app.core import tenancy
    from app.extensions import redis_door

    is_real = request.node.get_closest_marker("commits") is not None
    has_world = "world" in request.fixturenames and not is_real
    engine = request.getfixturevalue("made_world").engine if has_world else database.engine
    redis_door.client.flushdb()
    for memory in (*kept_in_memory, wired_app.extensions.get("own_transports", {})):
        memory.clear()
    with wired_app.app_context():
        with committed(wired_app, database) if is_real else rolled_back(wired_app, engine):
            yield wired_app
            tenancy.leave()
    tenancy.leave()


@pytest.fixture
def world(request: pytest.FixtureRequest, app: Flask) -> World:
    """Alice's workspace with Bob (sales), Carol (crew) and Dave (viewer), and Mallory's; the test acts as Alice."""
    assert "world" in request.fixturenames, "a test that names its browsers only as it runs has to ask for `world`"
    if request.node.get_closest_marker("commits") is not None:
        return make_world()
    made: WorldDatabase = request.getfixturevalue("made_world")
    return made.world()


@pytest.fixture
def client(app: Flask) -> Client:
    """A stranger's browser."""
    return browser(app)


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Member], Client]:
    """Make a signed-in browser for any member."""
    return lambda member: browser(app, member)


@pytest.fixture
def alice(app: Flask, world: World) -> Client:
    """The owner's browser."""
    return browser(app, world.alice)


@pytest.fixture
def bob(app: Flask, world: World) -> Client:
    """The salesman's browser."""
    return browser(app, world.bob)


@pytest.fixture
def carol(app: Flask, world: World) -> Client:
    """The cleaner's browser."""
    return browser(app, world.carol)


@pytest.fixture
def dave(app: Flask, world: World) -> Client:
    """The onlooker's browser."""
    return browser(app, world.dave)


@pytest.fixture
def mallory(app: Flask, world: World) -> Client:
    """The browser of another workspace's owner."""
    return browser(app, world.mallory)


@pytest.fixture
def make_lead(world: World) -> Callable[..., Any]:
    """Make a lead in the workspace in scope: `make_lead(name=..., owner_id=...)`; the rest is made up."""
    from tests.support.leads import make_lead as make

    return make


@pytest.fixture
def form_key(world: World) -> str:
    """The key of the public form of Alice's workspace."""
    from tests.support.leads import form_key as key

    return key()


@pytest.fixture
def run_outbox() -> Callable[[], int]:
    """Do the due work in this process until nothing is due; returns how many pieces ran."""
    return work_off


@pytest.fixture
def make_due() -> Callable[..., int]:
    """Pull waiting work to now: `make_due()` or `make_due("follow_up.due")`."""
    return pull_forward


@pytest.fixture
def settle() -> Callable[[], None]:
    """Let deferred constraints act now, without a commit."""
    return settle_now


@pytest.fixture
def count_sql() -> Callable[[], AbstractContextManager[Statements]]:
    """`with count_sql() as statements: ...` then `len(statements)`."""
    return count_statements


@pytest.fixture(scope="session")
def mailbox_process(ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[simulators.Mailbox]:
    """The mailbox simulator, running."""
    started = simulators.Mailbox(ports["mailbox"], ports["smtp"], tmp_path_factory.mktemp("mailbox"))
    yield started
    started.stop()


@pytest.fixture
def mailbox(mailbox_process: simulators.Mailbox) -> simulators.Mailbox:
    """The mailbox, empty, where the app's mail and SMS arrive."""
    mailbox_process.reset()
    return mailbox_process


@pytest.fixture(scope="session")
def squeegee_far_end(ports: dict[str, int], tmp_path_factory: pytest.TempPathFactory) -> Iterator[simulators.Squeegee]:
    """The Squeegee simulator, running."""
    started = simulators.Squeegee(ports["squeegee"], tmp_path_factory.mktemp("squeegee"))
    yield started
    started.stop()


@pytest.fixture
def squeegee_simulator(squeegee_far_end: simulators.Squeegee) -> simulators.Squeegee:
    """Squeegee, empty; its token is `.token`, its address `.url`."""
    squeegee_far_end.reset()
    return squeegee_far_end


chromium = pytest.fixture(scope="session")(running_chromium)
