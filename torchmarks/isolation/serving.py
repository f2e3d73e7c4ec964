"""A warm process that serves: it forks for each order, from whichever driver it comes.

The first driver has started it, and it ends with that one. Others may come in through a door, a
listening socket, so that several processes which grade share what takes seconds to import.
"""

from __future__ import annotations

import os
import select
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from torchmarks.isolation.channel import Channel, ChannelError, Frame

#: Takes an order in a fork of its own, and does not return.
Work = Callable[[Frame], None]


class Server:
    """Serves the descriptors that the command line names: a socket, and a door or none."""

    def __init__(self) -> None:
        self.first = Channel(socket.socket(fileno=int(sys.argv[2])), trusts_peer=True)
        self._door = socket.socket(fileno=int(sys.argv[3])) if len(sys.argv) > 3 else None
        self._drivers = [self.first]
        #: By a descriptor that becomes readable when the fork ends: its number, and whose it is.
        self._forks: dict[int, tuple[int, Channel, int]] = {}

    def serve(self, work: Work, take: Work | None = None) -> None:
        """Tell that all is ready, then obey; `take` gets the orders that ask for no fork."""
        os.chdir("/")  # a course may be removed meanwhile, and torch asks where it is
        self.first.send({"warm": os.getpid()})
        while True:
            waiting: list[Any] = [*self._drivers, *self._forks]
            ready, _, _ = select.select([*waiting, self._door] if self._door else waiting, [], [])
            for one in ready:
                if isinstance(one, int):
                    self._say_it_ended(one)
                elif isinstance(one, Channel):
                    self._obey(one, work, take)
                else:
                    self._drivers.append(Channel(one.accept()[0], trusts_peer=True))

    def _obey(self, driver: Channel, work: Work, take: Work | None) -> None:
        try:
            frame = driver.receive()
        except ChannelError:
            if driver is self.first:
                os._exit(0)
            self._drivers.remove(driver)
            driver.close()
            return
        if "greeting" in frame.header:
            self._tell(driver, frame.header["greeting"])
            return
        if not frame.descriptors:
            if take is not None:
                take(frame)
            return
        child = os.fork()
        if not child:
            try:
                self._leave()
                work(frame)
            finally:
                os._exit(1)
        for descriptor in frame.descriptors:
            os.close(descriptor)
        self._forks[os.pidfd_open(child)] = child, driver, frame.header["order"]

    def _leave(self) -> None:
        """In a fork: let go of what is the server's."""
        for channel in self._drivers:
            channel.close()
        if self._door:
            self._door.close()
        for descriptor in self._forks:
            os.close(descriptor)

    def _say_it_ended(self, descriptor: int) -> None:
        child, driver, order = self._forks.pop(descriptor)
        os.close(descriptor)
        os.waitpid(child, 0)
        self._tell(driver, order)

    def _tell(self, driver: Channel, done: int) -> None:
        with suppress(ChannelError):
            driver.send({"done": done}, seconds=5.0)
