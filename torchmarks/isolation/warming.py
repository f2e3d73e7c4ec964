"""What a warm process imports before it forks: all that nearly every notebook needs."""

from __future__ import annotations

import io
import os
from typing import Any

from torchmarks.isolation.shell import Shell


def warm_up(names: dict[str, Any] | None = None, *, optimizers: bool = True) -> Shell:
    """Import once what nearly every notebook needs, and make the process's one shell.

    `names` is the dictionary in which its cells run. To use one of torch's `optimizers` imports a
    thousand modules more.
    """
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ["MPLBACKEND"] = "module://matplotlib_inline.backend_inline"
    shell: Shell = Shell.instance(user_ns=names)
    import matplotlib.figure
    import matplotlib.pyplot as plt
    import numpy  # noqa: F401
    import torch
    import torch.distributions
    import torch.nn.functional
    import torch.optim

    from torchmarks import undefined

    # This package may have been imported before there was a shell to register with.
    undefined.install()

    # A second thread would only wait for a core, and could not be forked.
    torch.set_num_threads(1)
    _use_once(torch)
    if optimizers:
        use_an_optimizer()
    # Draws one figure, so that fonts are found and every lazy import is done.
    figure: matplotlib.figure.Figure = plt.figure()
    figure.add_subplot().plot([0, 1])
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    return shell


def _use_once(torch: Any) -> None:
    """Parts of torch import hundreds of modules when they are used first: not in every fork."""
    torch.ones(2, requires_grad=True).sum().backward()
    torch.distributions.MultivariateNormal(torch.zeros(2), torch.eye(2)).log_prob(torch.zeros(2))
    torch.func.jvp(torch.square, (torch.ones(2),), (torch.ones(2),))
    torch.func.hessian(torch.sum)(torch.ones(2))


def use_an_optimizer() -> None:
    """Import what torch's optimizers do when the first one is used."""
    import torch

    weights = torch.ones(2, requires_grad=True)
    weights.sum().backward()  # type: ignore[no-untyped-call]
    torch.optim.Adam([weights]).step()
