"""Every engine as it really runs: DuckDB, a Spark session, a PostgreSQL server of our own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from urban_safety_monitor.engines.duckdb_engine import duckdb_records
from urban_safety_monitor.engines.postgres_engine import postgres_records
from urban_safety_monitor.engines.spark_engine import spark_records

POSTGRES_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
SETTINGS = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=64MB"]


@pytest.fixture(params=["duckdb", "postgres", pytest.param("spark", marks=pytest.mark.spark)])
def records_in(request):
    """A function: microdata -> the records as an engine holds them."""
    match request.param:
        case "postgres":
            address = request.getfixturevalue("postgres")
            return lambda microdata: postgres_records(microdata, address)
        case "spark":
            session = request.getfixturevalue("spark")
            return lambda microdata: spark_records(microdata, session)
    return duckdb_records


@pytest.fixture(scope="session")
def spark(tmp_path_factory):
    """A Spark session on this machine."""
    if shutil.which("java") is None:
        pytest.skip("the Spark engine is not tested: there is no Java on this machine")
    installed("pyspark", "pyspark>=4.3,<5", "Spark")
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        # A session of a minute is over before Java's second compiler has paid off.
        "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path_factory.mktemp("warehouse")),
        "spark.log.level": "ERROR",
        # A few hundred records are summed sooner than code for summing them is compiled.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    }
    session = SparkSession.builder.master("local[2]").config(map=settings).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL server that is gone after the tests."""
    if not POSTGRES_PROGRAMS:
        pytest.skip("the PostgreSQL engine is not tested: no PostgreSQL on this machine")
    installed("psycopg", "psycopg[binary]>=3.3", "PostgreSQL")
    with tempfile.TemporaryDirectory(prefix="usm-postgres-") as folder:
        yield from server(Path(folder))


def server(folder: Path) -> Iterator[str]:
    """Starts a server in a folder and stops it."""
    import psycopg

    # PostgreSQL refuses to run as root.
    own = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    if own:
        shutil.chown(folder, "postgres", "postgres")
    data, programs, port = folder / "data", POSTGRES_PROGRAMS[-1], free_port()
    initdb = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8"]
    subprocess.run(initdb, check=True, capture_output=True, cwd=folder, **own)
    address = f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
    only_here = ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={folder}"]
    command = [programs / "postgres", "-D", data, "-p", str(port), *only_here, *SETTINGS]
    with (folder / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, **own)
    try:
        for attempt in range(100):
            try:
                psycopg.connect(address).close()
                break
            except psycopg.OperationalError:
                if attempt == 99 or running.poll() is not None:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        running.send_signal(signal.SIGINT)  # SIGTERM would wait for open connections
        running.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def installed(package: str, requirement: str, name: str) -> None:
    """Make a package importable that is not part of the development environment.

    It goes into a folder of its own, which later runs find again; where it cannot be had, the
    tests that need it are skipped and say so.
    """
    if find_spec(package):
        return
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    folder = Path(tempfile.gettempdir()) / f"usm-test-packages-{os.getuid()}-{version}" / package
    if not folder.is_dir():
        partly = Path(tempfile.mkdtemp(prefix="usm-test-packages-"))
        failed = install(requirement, partly)
        if failed:
            shutil.rmtree(partly)
            pytest.skip(f"the {name} engine is not tested: {requirement} cannot be had: {failed}")
        folder.parent.mkdir(exist_ok=True)
        partly.rename(folder)
    sys.path.append(str(folder))


def install(requirement: str, folder: Path) -> str:
    """Install into a folder; what went wrong, if anything."""
    with_pip = [p for p in (sys.executable, sys._base_executable) if has_pip(p)]
    if not with_pip:
        return "there is no pip"
    target = ["install", "-qq", "--no-input", "--disable-pip-version-check", "--target", folder]
    done = subprocess.run(
        [with_pip[0], "-m", "pip", *target, requirement], capture_output=True, text=True
    )
    return done.stderr.strip()[-200:] if done.returncode else ""


def has_pip(python: str) -> bool:
    return subprocess.run([python, "-m", "pip", "-V"], capture_output=True).returncode == 0
