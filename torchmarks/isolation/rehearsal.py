"""A question and its answer, put once in a warm process before it forks for the first submission.

Torch, cloudpickle and IPython import modules and fill tables when a part of them is used first. In
a fork that would be done anew for each cell, and cost more than what the cell asks.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress

import torch

from torchmarks import render
from torchmarks.isolation.answerer import Answerer
from torchmarks.isolation.channel import Channel, ChannelError
from torchmarks.isolation.records import Known
from torchmarks.isolation.remote import Session
from torchmarks.isolation.shell import Shell
from torchmarks.marks import Marks
from torchmarks.watch import Watch

_SECONDS = 60.0


def rehearse_answers(shell: Shell) -> None:
    """Be the session's side, and leave nothing behind."""
    _with_a_partner(_ask, lambda here: _answer(shell, here))


def rehearse_questions(shell: Shell) -> None:
    """Be the grader's side, and leave nothing behind."""
    _with_a_partner(lambda here: _answer(shell, here), _ask)


def _with_a_partner(
    partner: Callable[[socket.socket], None], here: Callable[[socket.socket], None]
) -> None:
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        try:
            ours.close()
            partner(theirs)
        finally:
            os._exit(0)
    theirs.close()
    with ours, suppress(ChannelError):
        here(ours)
    os.waitpid(child, 0)


def _answer(shell: Shell, connection: socket.socket) -> None:
    done, unread = socket.socketpair()
    channel = Channel(connection)
    exec("def square(x):\n    return x * x", shell.user_ns)
    shell.transform_cell("square(2)\n")
    with done, unread:
        Answerer(shell, channel, channel, done, first=0).serve()
    del shell.user_ns["square"]


def _ask(connection: socket.socket) -> None:
    session = Session(Channel(connection), Known(*[frozenset[str]()] * 3), _SECONDS)
    square = session.value("square")
    x = torch.ones(2, requires_grad=True)
    with session.watching(Watch((torch.exp,)), _SECONDS):
        square(x).sum().backward()
    marks = Marks(square, points=2, time_limit=_SECONDS)
    marks.without(torch.special.expit, torch.optim.SGD)
    marks.check("right", torch.ones(2), expect=torch.square)
    marks.check("wrong", [torch.ones(2), 1.0], expect=torch.ones(2))
    render.html(marks.report())
