"""Owns several hosts for one test: each with a name, a folder and a way to the database and the provider of its own.

With root and ``ip`` a host is a network namespace on a bridge, with no route anywhere else. Without them it is a group
of processes, and its ways are two forwarders. Either can lose its power and be cut off.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from typing import Self
from urllib.parse import urlsplit, urlunsplit

from tests.installation import PATIENCE, Installation, free_port
from tests.provider.server import wait_until

#: For measurements of networks (RFC 2544): nobody lives there.
NETWORK = "198.18.{}"
NAMED = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"']
FORWARDER = [sys.executable, "-m", "tests.forwarder"]


def ip(*words: str) -> str:
    """Run ``ip`` of iproute2, and return what it printed."""
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=30).stdout


def namespaces_are_possible() -> bool:
    """Whether hosts can be network namespaces here."""
    return os.geteuid() == 0 and all(shutil.which(program) for program in ("ip", "unshare", "hostname"))


class Bridge:
    """What hosts in namespaces are plugged into, with this machine at ``address``. Use it with ``with``."""

    def __init__(self) -> None:
        taken = ip("-4", "-o", "address")
        numbers = (NETWORK.format((os.getpid() + number) % 256) for number in range(256))
        self.network = next(number for number in numbers if f"{number}." not in taken)
        self.address = f"{self.network}.1"
        self.name = f"ap{os.getpid()}"

    def __enter__(self) -> Self:
        ip("link", "add", self.name, "type", "bridge")
        try:
            ip("address", "add", f"{self.address}/24", "dev", self.name)
            ip("link", "set", self.name, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        ip("link", "delete", self.name)  # Its address goes with it, so that nothing said from there can leave.


class Host(Installation):
    """One machine of several that work for ``site``, whose database and provider it uses. Use it with ``with``."""

    #: The address that its mail comes from.
    address: str

    def __init__(self, site: Installation, name: str) -> None:
        super().__init__(site.folder / name, site.provider, postgres=site.database_url)
        self.site = site
        self.name = name
        #: What it can start beside the processes of the Procfile.
        self.programs: dict[str, list[str]] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir()
        self.power_up()
        return self

    def __exit__(self, *raised: object) -> None:
        self.lose_power()

    @property
    def environment(self) -> dict[str, str]:
        provider = {"MAIL_PROVIDER_API_URL": f"http://127.0.0.1:{self.port}/"}
        return self.site.environment | provider | {"TEST_VAR_DIR": str(self.folder), "DATABASE_URL": self.database_url}

    @property
    def commands(self) -> dict[str, list[str]]:
        provider = self.provider
        way = [*FORWARDER, str(self.port), provider.host, str(provider.port), self.address]
        return super().commands | {"way to the provider": way} | self.programs

    def power_up(self) -> None:
        """Let it have its ways; no worker runs yet."""
        self.start_ways("way to the provider")

    def start_ways(self, *names: str) -> None:
        """Start forwarders, and wait until they listen."""
        self.start(*names)
        for name in names:
            assert wait_until(partial(self.said, name), PATIENCE), f"{self.name} has no {name}"

    def said(self, name: str) -> str:
        """What the process that was last started under a name has printed."""
        logs = self.folder.glob(f"{name}-*.log")
        return max(logs, key=lambda path: int(path.stem.rpartition("-")[2])).read_text()

    def lose_power(self) -> None:
        """End everything that it runs, at once and without a goodbye."""
        raise NotImplementedError

    def cut(self) -> None:
        """Let nothing pass between it and anybody else."""
        raise NotImplementedError

    def mend(self) -> None:
        """Let everything pass again."""
        raise NotImplementedError


class Namespace(Host):
    """A host that is a network namespace."""

    def __init__(self, site: Installation, name: str, bridge: Bridge, number: int) -> None:
        super().__init__(site, name)
        self.bridge = bridge
        self.address = f"{bridge.network}.{number}"
        self.namespace = f"{bridge.name}-{name}"
        self.plug = f"{bridge.name}.{number}"

    @property
    def where(self) -> list[str]:
        return ["ip", "netns", "exec", self.namespace, *NAMED, self.name]

    @property
    def database_url(self) -> str:
        parts = urlsplit(self.site.database_url)
        return urlunsplit(parts._replace(netloc=f"{parts.username}@{self.bridge.address}:{parts.port}"))

    def power_up(self) -> None:
        ip("netns", "add", self.namespace)
        ip("link", "add", self.plug, "type", "veth", "peer", "name", "eth0", "netns", self.namespace)
        ip("link", "set", self.plug, "master", self.bridge.name, "up")
        ip("-n", self.namespace, "address", "add", f"{self.address}/24", "dev", "eth0")
        for device in ("lo", "eth0"):
            ip("-n", self.namespace, "link", "set", device, "up")
        super().power_up()

    def lose_power(self) -> None:
        """Its kernel goes with it: nobody hears that its connections are gone."""
        if self.namespace not in ip("netns", "list").split():
            return
        self.cut()
        self.kill_all()
        for pid in ip("netns", "pids", self.namespace).split():
            os.kill(int(pid), signal.SIGKILL)
        assert wait_until(lambda: not ip("netns", "pids", self.namespace), PATIENCE)
        ip("link", "delete", self.plug)
        ip("netns", "delete", self.namespace)

    def cut(self) -> None:
        """As if somebody had pulled its cable out of the switch."""
        ip("link", "set", self.plug, "down")

    def mend(self) -> None:
        ip("link", "set", self.plug, "up")


class Group(Host):
    """A host that is a group of processes; its forwarders are its cable."""

    WAYS = ("way to the provider", "way to the database")

    def __init__(self, site: Installation, name: str, number: int) -> None:
        super().__init__(site, name)
        self.address = f"127.0.0.{number}"
        self._database_port = free_port()

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {"TEST_HOSTNAME": self.name}

    @property
    def commands(self) -> dict[str, list[str]]:
        way = [*FORWARDER, str(self._database_port), "127.0.0.1", str(urlsplit(self.site.database_url).port)]
        return super().commands | {"way to the database": [*way, self.address]}

    @property
    def database_url(self) -> str:
        parts = urlsplit(self.site.database_url)
        return urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{self._database_port}"))

    def power_up(self) -> None:
        self.start_ways(*self.WAYS)

    def lose_power(self) -> None:
        self.kill_all()

    def cut(self) -> None:
        """Its forwarders stand still: what they were told waits in them, and is lost."""
        for way in self.WAYS:
            self._running[way].send_signal(signal.SIGSTOP)

    def mend(self) -> None:
        for way in self.WAYS:
            self.kill(way)
        self.start_ways(*self.WAYS)


def hosts(stack: ExitStack, site: Installation, names: list[str], bridge: Bridge | None) -> list[Host]:
    """Hosts by these names, their power on: namespaces on a bridge, or groups of processes where there is none."""
    made = [
        Namespace(site, name, bridge, number) if bridge else Group(site, name, number)
        for number, name in enumerate(names, 2)
    ]
    return [stack.enter_context(host) for host in made]
