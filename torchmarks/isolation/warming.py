"""What a warm process imports before it forks: all that nearly every notebook needs."""

from __future__ import annotations

import io
import os
from typing import Any

from torchmarks.isolation.shell import Shell


def warm_up(names: dict[str, Any] | None = None) -> Shell:
    """Import once what nearly every notebook needs, and make the process's one shell.

    `names` is the dictionary in which its cells run.
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

    from torchmarks import cases, figures, probes, undefined  # noqa: F401

    # This package may have been imported before there was a shell to register with.
    undefined.install()

    # A second thread would only wait for a core, and could not be forked.
    torch.set_num_threads(1)
    # A gradient that begins with another one imports sympy, as much else does.
    weights = torch.ones(2, requires_grad=True)
    torch.autograd.grad(torch.square(weights), weights, torch.ones(2))
    # Draws one figure, so that fonts are found and every lazy import is done.
    figure: matplotlib.figure.Figure = plt.figure()
    figure.add_subplot().plot([0, 1])
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
    return shell
