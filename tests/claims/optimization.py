"""The decimal numbers in the text of 08-optimization: where they stand, and what gives them."""

import itertools
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor, tensor

from tests.claims.form import Claim, given


def walk(
    optimizer: Callable[..., Any],
    loss: Callable[[Tensor], Tensor],
    start: list[float],
    steps: int,
    **options: Any,
) -> list[list[float]]:
    """Points of a torch optimizer with autograd's gradient, in float64."""
    point = tensor(start, dtype=torch.float64, requires_grad=True)
    rule = optimizer([point], **options)
    path = [point.tolist()]
    for _ in range(steps):
        rule.zero_grad()
        loss(point).backward()
        rule.step()
        path.append(point.tolist())
    return path


def bowl(x: Tensor) -> Tensor:
    return 0.5 * (x[0] ** 2 + 10 * x[1] ** 2)


def slope(x: Tensor) -> Tensor:
    return 3 * x[0]


def saddle(x: Tensor) -> Tensor:
    return x[0] ** 2 - x[1] ** 2


def log_bowl(x: float) -> float:
    return x - math.log(x)


def rosenbrock(x: Tensor) -> Tensor:
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


@cache
def descent() -> list[list[float]]:
    return walk(torch.optim.SGD, bowl, [2.0, 1.0], 2, lr=0.15)


def first_steps(optimizer: Callable[..., Any], **options: Any) -> list[float]:
    """Lengths of the first two steps on the slope of 3, in learning rates."""
    path = walk(optimizer, slope, [10.0], 2, lr=0.1, **options)
    return [(before[0] - after[0]) / 0.1 for before, after in itertools.pairwise(path)]


@cache
def adam_after_two() -> tuple[float, float, float, float]:
    """m̂, v̂, the root of v̂ and the step, of torch's own second step for gradients 3 and −1."""
    point = tensor([0.0], dtype=torch.float64, requires_grad=True)
    rule = torch.optim.Adam([point], lr=1.0, eps=0.0)
    for gradient in (3.0, -1.0):
        before = point.item()
        point.grad = tensor([gradient], dtype=torch.float64)
        rule.step()
    state = rule.state[point]
    m_hat = state["exp_avg"].item() / (1 - 0.9**2)
    v_hat = state["exp_avg_sq"].item() / (1 - 0.999**2)
    return m_hat, v_hat, math.sqrt(v_hat), before - point.item()


@cache
def end_of(optimizer: Callable[..., Any], *options: tuple[str, float]) -> float:
    path = walk(optimizer, rosenbrock, [-1.0, 1.0], 500, **dict(options))
    return rosenbrock(tensor(path[-1], dtype=torch.float64)).item()


def cosine(step: int, peak: float = 0.8) -> float:
    """From torch's annealing of 8 steps, `step` steps after the peak."""
    rule = torch.optim.SGD([torch.zeros(1)], lr=peak)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(rule, T_max=8)
    for _ in range(step):
        rule.step()
        schedule.step()
    return float(rule.param_groups[0]["lr"])


def newton_errors() -> list[float]:
    points = [0.5]
    for _ in range(3):
        x = tensor(points[-1], dtype=torch.float64)
        f = lambda z: z - z.log()  # noqa: E731
        points.append((x - torch.func.grad(f)(x) / torch.func.hessian(f)(x)).item())
    return points


def softmax_step() -> tuple[Tensor, Tensor, list[float]]:
    """Gradient at zero, weights after a step of torch's Adam, and the losses before and after."""
    layer = torch.nn.Linear(2, 2).double()
    for parameter in layer.parameters():
        torch.nn.init.zeros_(parameter)
    rule = torch.optim.Adam(layer.parameters(), lr=0.1)
    x, y = tensor([[1.0, 2.0]], dtype=torch.float64), tensor([0])
    loss = torch.nn.functional.cross_entropy(layer(x), y)
    loss.backward()
    gradient = layer.weight.grad.T.clone()
    rule.step()
    after = torch.nn.functional.cross_entropy(layer(x), y)
    return gradient, layer.weight.detach().T, [loss.item(), after.item()]


CLAIMS = (
    # Downhill
    given(r"With $\eta = 0.15$ a step multiplies"),
    Claim(
        r"by $1 - 0.15 = 0.85$ and $x_2$ by $1 - 1.5 = -0.5$",
        lambda: (0.15, 1 - 0.15, 10 * 0.15, 1 - 1.5),
    ),
    Claim(
        r"leads to $(1.7, -0.5)$ and on to $(1.445, 0.25)$", lambda: (*descent()[1], *descent()[2])
    ),
    Claim(
        "from $7$ to $2.695$ to $1.3565$",
        lambda: [bowl(tensor(point, dtype=torch.float64)).item() for point in descent()[1:]],
    ),
    # How far is too far?
    Claim(
        "the limit is $0.2$",
        lambda: 2 / torch.linalg.eigvalsh(torch.diag(tensor([1.0, 10.0]))).max().item(),
    ),
    Claim(
        r"At $\eta = 0.15$ the factors are $0.85$ and $-0.5$",
        lambda: (0.15, 1 - 0.15 * 1, 1 - 0.15 * 10),
    ),
    Claim(r"$\eta = 0.21$ the second is $-1.1$", lambda: (0.21, 1 - 0.21 * 10)),
    Claim(
        r"$2/3 \approx 0.6667$",
        lambda: 2 / torch.linalg.eigvalsh(tensor([[2.0, 1.0], [1.0, 2.0]])).max().item(),
    ),
    # Momentum
    given(r"the constant gradient $3$ and $\mu = 0.9$ the velocities"),
    Claim(
        "$3$, $5.7$, $8.13$, and they approach",
        lambda: (3 + 0.9 * 3, 3 + 0.9 * 3 + 0.81 * 3),
    ),
    Claim("$3/(1 - 0.9) = 30$. Momentum of $0.9$", lambda: (0.9, 1 - 3 / 30)),
    Claim(
        r"$3/(1 + 0.9) \approx 1.579$",
        lambda: (0.9, abs(sum(0.9**k * 3 * (-1) ** k for k in range(1000)))),
    ),
    Claim("that is $0.980$ against $0.818$", lambda: (99 / 101, 9 / 11)),
    given(r"ten times shorter at $\mu = 0.9$"),
    given(r"On the slope of $3$ with $\eta = 0.1$ and $\mu = 0.9$ the first velocity"),
    Claim(
        r"$0.1\,(3 + 0.9 \cdot 3) = 0.57$",
        lambda: (0.1, 0.9, 0.1 * first_steps(torch.optim.SGD, momentum=0.9, nesterov=True)[0]),
    ),
    Claim("a plain step of $0.3$", lambda: 0.1 * first_steps(torch.optim.SGD)[0]),
    Claim("Its velocity then is $5.7$", lambda: first_steps(torch.optim.SGD, momentum=0.9)[1]),
    Claim(
        r"$0.1\,(3 + 0.9 \cdot 5.7) = 0.813$",
        lambda: (0.1, 0.9, 5.7, 0.1 * first_steps(torch.optim.SGD, momentum=0.9, nesterov=True)[1]),
    ),
    # RMSprop
    given(r"A slope of $3$ with $\alpha = 0.99$"),
    Claim(r"$v_1 = 0.01 \cdot 9 = 0.09$", lambda: (1 - 0.99, (1 - 0.99) * 9)),
    Claim("root is $0.3$", lambda: math.sqrt(0.09)),
    Claim(
        "$v_2 = 0.1791$ with the root $0.4232$",
        lambda: (0.99 * 0.09 + 0.09, math.sqrt(0.99 * 0.09 + 0.09)),
    ),
    Claim(r"$7.089\,\eta$", lambda: first_steps(torch.optim.RMSprop, alpha=0.99)[1]),
    given(r"ten times for $\alpha = 0.99$"),
    # Adam
    given(r"Let $\beta_1 = 0.9$, $\beta_2 = 0.999$, and"),
    Claim("$m_1 = 0.3$ and $v_1 = 0.009$", lambda: ((1 - 0.9) * 3, (1 - 0.999) * 9)),
    Claim(
        r"$m_2 = 0.9 \cdot 0.3 - 0.1 = 0.17$ and $v_2 = 0.009991$",
        lambda: (0.9, 0.3, 0.1, 0.9 * 0.3 - 0.1, 0.999 * 0.009 + 0.001),
    ),
    Claim(
        "$0.17/0.19 = 0.8947$ and $0.009991/0.001999 = 4.998$",
        lambda: (
            0.17,
            1 - 0.9**2,
            adam_after_two()[0],
            0.009991,
            1 - 0.999**2,
            adam_after_two()[1],
        ),
    ),
    Claim("$0.8947/2.2356 = 0.4002$", lambda: (adam_after_two()[0], *adam_after_two()[2:])),
    Claim(
        r"$0.1/\sqrt{0.001} = 3.162$",
        lambda: (1 - 0.9, 1 - 0.999, (1 - 0.9) / math.sqrt(1 - 0.999)),
    ),
    # AdamW
    Claim(r"$(1 - 0.01 \cdot 0.1)^{500} = 0.6064$", lambda: (0.01, 0.1, 0.999**500)),
    given(r"with $\eta = 0.1$ and $\lambda = 0.5$, the first"),
    Claim(
        r"$0.95 \cdot 10 - 0.1 = 9.4$, the second to $0.95 \cdot 9.4 - 0.1 = 8.83$",
        lambda: (lambda a, b: (0.95, 0.1, a, 0.95, a, 0.1, b))(
            *(
                point[0]
                for point in walk(torch.optim.AdamW, slope, [10.0], 2, lr=0.1, weight_decay=0.5)[1:]
            )
        ),
    ),
    # Side by side
    given(r"momentum get $\eta = 0.001$, half"),
    given("and get $0.01$. The table"),
    Claim("its loss is still $2.0976$", lambda: end_of(torch.optim.SGD, ("lr", 0.001))),
    Claim(
        "the best here, at $0.0028$",
        lambda: end_of(torch.optim.SGD, ("lr", 0.001), ("momentum", 0.9)),
    ),
    Claim("Adam, at $0.0045$", lambda: end_of(torch.optim.Adam, ("lr", 0.01))),
    Claim("Its $0.0889$ is", lambda: end_of(torch.optim.RMSprop, ("lr", 0.01))),
    # A schedule
    given(r"$\eta_{\max} = 0.8$. Step $2$"),
    Claim("has $0.4$, step $4$ the peak $0.8$", lambda: (0.8 * 2 / 4, cosine(0))),
    Claim("half-way down and has $0.4$", lambda: cosine(4)),
    Claim(
        r"$0.4\,(1 + \cos \tfrac34\pi) = 0.1172$",
        lambda: (0.4, cosine(6)),
    ),
    # The shape of the ground
    Claim(
        "$(0.01, 0.01)$ that is $(0.02, -0.02)$",
        lambda: (0.01, 0.01, *torch.func.grad(saddle)(tensor([0.01, 0.01])).tolist()),
    ),
    given(r"for $\eta = 0.1$ an offset"),
    Claim(
        "at the midpoint is $0.7071$, the chord only $0.5$", lambda: (math.sqrt(0.5), (0 + 1) / 2)
    ),
    # Newton and line search
    Claim("From $0.5$ it goes to $0.75$, $0.9375$, $0.9961$", newton_errors),
    Claim("$f(3) = 1.9014$", lambda: log_bowl(3)),
    Claim("it is $1.5$, $f = 1.0945$", lambda: (3 - 6 / 4, log_bowl(1.5))),
    Claim(
        r"$1.9014 - 10^{-4} \cdot \tfrac14 \cdot 4 = 1.9013$",
        lambda: (log_bowl(3), log_bowl(3) - 1e-4),
    ),
    # The course in one function
    Claim(r"$\ln 10 = 2.3026$", lambda: math.log(10)),
    Claim(
        "rows $(-0.5, 0.5)$ and $(-1, 1)$",
        lambda: softmax_step()[0][0].tolist(),
    ),
    given(r"with $\eta = 0.1$ the rows of $W$"),
    Claim("$(0.1, -0.1)$, and so does $b$", lambda: softmax_step()[1][1].tolist()),
    Claim(
        "The logits are then $(0.4, -0.4)$",
        lambda: (tensor([1.0, 2.0, 1.0]).double() @ tensor([[0.1, -0.1]] * 3).double()).tolist(),
    ),
    Claim("the loss falls from $0.6931$", lambda: softmax_step()[2][0]),
    Claim(r"$\ln(1 + e^{-0.8}) = 0.3711$", lambda: (-0.8, softmax_step()[2][1])),
)
