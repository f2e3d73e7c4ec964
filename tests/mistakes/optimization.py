"""Known mistakes in the exercises of 08-optimization, each with the sentence that a student reads."""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import mistake

Gradient = Callable[[Tensor], Tensor]


@mistake("gradient_descent", "It climbs: the gradient points uphill, and the step goes against it.")
def gradient_descent_uphill(gradient: Gradient, x: Tensor, lr: float, steps: int) -> Tensor:
    path = [x]
    for _ in range(steps):
        path.append(path[-1] + lr * gradient(path[-1]))
    return torch.stack(path)


@mistake(
    "gradient_descent", "The start is missing: a path of T steps has T + 1 points, the start first."
)
def gradient_descent_without_the_start(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    path = []
    for _ in range(steps):
        x = x - lr * gradient(x)
        path.append(x)
    return torch.stack(path) if path else torch.empty(0, *x.shape, dtype=x.dtype)


@mistake(
    "gradient_descent",
    "The last point is missing: note the point after the step as well as the start.",
)
def gradient_descent_without_the_end(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    path = []
    for _ in range(steps):
        path.append(x)
        x = x - lr * gradient(x)
    return torch.stack(path) if path else torch.empty(0, *x.shape, dtype=x.dtype)


@mistake("gradient_descent", "The start is changed in place: each step has to make a new tensor.")
def gradient_descent_on_the_start(gradient: Gradient, x: Tensor, lr: float, steps: int) -> Tensor:
    path = [x.clone()]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x.clone())
    return torch.stack(path)


@mistake(
    "gradient_descent",
    "All rows are the last point: a step in place changes the points already noted.",
)
def gradient_descent_with_one_tensor_in_all_rows(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    x = x.clone()
    path = [x]
    for _ in range(steps):
        x -= lr * gradient(x)
        path.append(x)
    return torch.stack(path)


@mistake("gradient_descent", "Only the last point is returned: the answer is the whole path.")
def gradient_descent_to_the_end_only(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    for _ in range(steps):
        x = x - lr * gradient(x)
    return x


@mistake(
    "gradient_descent",
    "The gradient of the start is used at every step: ask for it at the current point.",
)
def gradient_descent_with_one_gradient(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    path, slope = [x], gradient(x)
    for _ in range(steps):
        path.append(path[-1] - lr * slope)
    return torch.stack(path)


@mistake(
    "gradient_descent",
    "The gradient is normalized: a step is as long as learning rate times gradient.",
)
def gradient_descent_of_unit_length(gradient: Gradient, x: Tensor, lr: float, steps: int) -> Tensor:
    path = [x]
    for _ in range(steps):
        slope = gradient(path[-1])
        path.append(path[-1] - lr * slope / slope.norm())
    return torch.stack(path)


@mistake(
    "gradient_descent",
    "The gradient is asked for too often: T steps need T gradients, one for each step.",
)
def gradient_descent_asking_twice(gradient: Gradient, x: Tensor, lr: float, steps: int) -> Tensor:
    path = [x]
    for _ in range(steps):
        if gradient(path[-1]).norm() == 0:
            path.append(path[-1])
        else:
            path.append(path[-1] - lr * gradient(path[-1]))
    return torch.stack(path)


@mistake("max_stable_lr", "This is 1/λmax, half of the limit: ask when |1 − ηλ| reaches 1 again.")
def max_stable_lr_halved(H: Tensor) -> Tensor:
    return 1 / torch.linalg.eigvalsh(H).amax(dim=-1)


@mistake(
    "max_stable_lr",
    "The trace is the sum of all curvatures: the steepest one alone sets the limit.",
)
def max_stable_lr_by_the_trace(H: Tensor) -> Tensor:
    return 2 / H.diagonal(dim1=-2, dim2=-1).sum(dim=-1)


@mistake("max_stable_lr", "The flattest direction is used: the steepest one fails first.")
def max_stable_lr_of_the_flattest(H: Tensor) -> Tensor:
    return 2 / torch.linalg.eigvalsh(H).amin(dim=-1)


@mistake("max_stable_lr", "It takes the largest diagonal entry for the largest eigenvalue.")
def max_stable_lr_by_the_diagonal(H: Tensor) -> Tensor:
    return 2 / H.diagonal(dim1=-2, dim2=-1).amax(dim=-1)


@mistake(
    "max_stable_lr",
    "The Frobenius norm mixes all curvatures: the limit needs the largest eigenvalue.",
)
def max_stable_lr_by_the_frobenius_norm(H: Tensor) -> Tensor:
    return 2 / torch.linalg.matrix_norm(H)


@mistake("max_stable_lr", "The largest row sum bounds λmax from above: safe, but not the limit.")
def max_stable_lr_by_row_sums(H: Tensor) -> Tensor:
    return 2 / H.abs().sum(dim=-1).amax(dim=-1)


@mistake("max_stable_lr", "One limit for the whole batch: each Hessian has its own.")
def max_stable_lr_of_the_whole_batch(H: Tensor) -> Tensor:
    return 2 / torch.linalg.eigvalsh(H).max()


@mistake("max_stable_lr", "This is λmax itself: the more curvature, the smaller the learning rate.")
def max_stable_lr_is_the_curvature(H: Tensor) -> Tensor:
    return torch.linalg.eigvalsh(H).amax(dim=-1)


@mistake(
    "sgd_momentum", "The new gradient is damped by 1 − μ: torch adds it to the velocity in full."
)
def sgd_momentum_damped(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + (1 - momentum) * gradient(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake(
    "sgd_momentum",
    "The velocity is set to zero at every step: it has to survive from step to step.",
)
def sgd_momentum_reset(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path = [x]
    for _ in range(steps):
        v = torch.zeros_like(x)
        v = momentum * v + gradient(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake(
    "sgd_momentum",
    "The step uses the velocity from before this gradient: update it first, then move.",
)
def sgd_momentum_one_step_late(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        slope = gradient(path[-1])
        path.append(path[-1] - lr * v)
        v = momentum * v + slope
    return torch.stack(path)


@mistake("sgd_momentum", "Nothing is forgotten: the old velocity keeps the share μ of itself.")
def sgd_momentum_without_forgetting(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = v + gradient(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake("sgd_momentum", "μ multiplies the gradient: it belongs to the old velocity.")
def sgd_momentum_on_the_gradient(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = v + momentum * gradient(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake("sgd_momentum", "It climbs: the velocity gathers gradients, and the step goes against it.")
def sgd_momentum_uphill(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + gradient(path[-1])
        path.append(path[-1] + lr * v)
    return torch.stack(path)


@mistake("sgd_momentum", "This is Nesterov's step: here the point moves along the velocity alone.")
def sgd_momentum_with_nesterov(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = momentum * v + g
        path.append(path[-1] - lr * (g + momentum * v))
    return torch.stack(path)


@mistake("nesterov", "The look-ahead is missing: g + μv with the old velocity is plain momentum.")
def nesterov_without_looking_ahead(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + gradient(path[-1])
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake(
    "nesterov", "These are the points θ: asked for are the points x, where the gradient is taken."
)
def nesterov_in_the_classical_form(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + gradient(path[-1] - lr * momentum * v)
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake("nesterov", "The new velocity is added to the gradient without its factor μ.")
def nesterov_without_the_factor(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = momentum * v + g
        path.append(path[-1] - lr * (g + v))
    return torch.stack(path)


@mistake("nesterov", "The gradient is missing beside the velocity: the step goes along g + μv.")
def nesterov_along_the_velocity_only(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + gradient(path[-1])
        path.append(path[-1] - lr * momentum * v)
    return torch.stack(path)


@mistake("nesterov", "The gradient in the velocity is damped by 1 − μ: torch adds it in full.")
def nesterov_damped(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = momentum * v + (1 - momentum) * g
        path.append(path[-1] - lr * (g + momentum * v))
    return torch.stack(path)


@mistake(
    "nesterov", "The step overwrites the velocity with g + μv: the velocity itself must be kept."
)
def nesterov_losing_the_velocity(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = momentum * v + g
        v = g + momentum * v
        path.append(path[-1] - lr * v)
    return torch.stack(path)


def _walk(
    gradient: Gradient,
    x: Tensor,
    steps: int,
    move: Callable[..., Tensor],
    betas: tuple[float, float] = (0.0, 0.0),
) -> Tensor:
    """A path with right running means m and v; `move(t, point, slope, m, v)` gives the next point."""
    path, m, v = [x], torch.zeros_like(x), torch.zeros_like(x)
    for t in range(1, steps + 1):
        slope = gradient(path[-1])
        m = betas[0] * m + (1 - betas[0]) * slope
        v = betas[1] * v + (1 - betas[1]) * slope**2
        path.append(move(t, path[-1], slope, m, v))
    return torch.stack(path)


@mistake("rmsprop", "ε stands inside the root: torch adds it to the root.")
def rmsprop_with_epsilon_inside(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(
        gradient, x, steps, lambda t, p, g, m, v: p - lr * g / (v + eps).sqrt(), (0.0, alpha)
    )


@mistake("rmsprop", "The square is missing: the running mean is one of squared gradients.")
def rmsprop_without_the_square(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = alpha * v + (1 - alpha) * g
        path.append(path[-1] - lr * g / (v.sqrt() + eps))
    return torch.stack(path)


@mistake(
    "rmsprop",
    "It divides by a running mean of absolute values: squares first, the root afterwards.",
)
def rmsprop_with_absolute_values(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = alpha * v + (1 - alpha) * g.abs()
        path.append(path[-1] - lr * g / (v + eps))
    return torch.stack(path)


@mistake(
    "rmsprop", "The root is missing: the divisor has to be a gradient in size, not its square."
)
def rmsprop_without_the_root(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(gradient, x, steps, lambda t, p, g, m, v: p - lr * g / (v + eps), (0.0, alpha))


@mistake("rmsprop", "α and 1 − α are exchanged: α is the share that the old mean keeps.")
def rmsprop_with_the_shares_exchanged(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(
        gradient, x, steps, lambda t, p, g, m, v: p - lr * g / (v.sqrt() + eps), (0.0, 1 - alpha)
    )


@mistake("rmsprop", "The squares are added up and never forgotten: this is Adagrad.")
def rmsprop_as_adagrad(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = v + g**2
        path.append(path[-1] - lr * g / (v.sqrt() + eps))
    return torch.stack(path)


@mistake(
    "rmsprop", "The mean is corrected for its start at zero: that is Adam's, RMSprop leaves it."
)
def rmsprop_with_bias_correction(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(
        gradient,
        x,
        steps,
        lambda t, p, g, m, v: p - lr * g / ((v / (1 - alpha**t)).sqrt() + eps),
        (0.0, alpha),
    )


@mistake("rmsprop", "One mean for all weights: each weight has its own.")
def rmsprop_with_one_mean_for_all(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(
        gradient,
        x,
        steps,
        lambda t, p, g, m, v: p - lr * g / (v.mean().sqrt() + eps),
        (0.0, alpha),
    )


@mistake("rmsprop", "ε is missing: a weight without a gradient then divides zero by zero.")
def rmsprop_without_epsilon(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    return _walk(gradient, x, steps, lambda t, p, g, m, v: p - lr * g / v.sqrt(), (0.0, alpha))


Betas = tuple[float, float]


@mistake(
    "adam", "The bias correction is missing: both means start at zero and are too small at first."
)
def adam_without_bias_correction(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    return _walk(gradient, x, steps, lambda t, p, g, m, v: p - lr * m / (v.sqrt() + eps), betas)


@mistake("adam", "t starts at 0, and the correction divides by zero: the first step is number 1.")
def adam_counting_from_zero(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        v_hat = v / torch.tensor(1 - betas[1] ** (t - 1))
        return p - lr * (m / torch.tensor(1 - betas[0] ** (t - 1))) / (v_hat.sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "t starts at 0, and the correction divides by zero: the first step is number 1.")
def adam_counting_from_zero_in_plain_numbers(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        corrected = m * (1 / (1 - betas[0] ** (t - 1)))
        return p - lr * corrected / ((v * (1 / (1 - betas[1] ** (t - 1)))).sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "t is one too large: the first step is number 1.")
def adam_counting_from_two(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        v_hat = v / (1 - betas[1] ** (t + 1))
        return p - lr * (m / (1 - betas[0] ** (t + 1))) / (v_hat.sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "The correction uses t = 1 at every step: the exponent grows with the steps.")
def adam_with_one_correction_for_all_steps(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[0])) / ((v / (1 - betas[1])).sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "ε stands inside the root: torch adds it to the root.")
def adam_with_epsilon_inside(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[0] ** t)) / (v / (1 - betas[1] ** t) + eps).sqrt()

    return _walk(gradient, x, steps, move, betas)


@mistake(
    "adam", "ε is added before the correction: it belongs beside the root of the corrected mean."
)
def adam_with_epsilon_before_the_correction(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        rate = lr * math.sqrt(1 - betas[1] ** t) / (1 - betas[0] ** t)
        return p - rate * m / (v.sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "The running means are overwritten by the corrected ones: keep both apart.")
def adam_overwriting_its_means(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    path, m, v = [x], torch.zeros_like(x), torch.zeros_like(x)
    for t in range(1, steps + 1):
        g = gradient(path[-1])
        m = (betas[0] * m + (1 - betas[0]) * g) / (1 - betas[0] ** t)
        v = (betas[1] * v + (1 - betas[1]) * g**2) / (1 - betas[1] ** t)
        path.append(path[-1] - lr * m / (v.sqrt() + eps))
    return torch.stack(path)


@mistake("adam", "Only the mean of the gradient is corrected: its square needs the same.")
def adam_correcting_one_mean(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[0] ** t)) / (v.sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake(
    "adam", "The betas are exchanged: the first belongs to the gradient, the second to its square."
)
def adam_with_the_betas_exchanged(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[1] ** t)) / ((v / (1 - betas[0] ** t)).sqrt() + eps)

    return _walk(gradient, x, steps, move, (betas[1], betas[0]))


@mistake(
    "adam", "The gradient itself stands in the numerator: momentum, the corrected mean, is missing."
)
def adam_without_momentum(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * g / ((v / (1 - betas[1] ** t)).sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "Each step is the learning rate times a sign: the two running means are not used.")
def adam_by_signs(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    return _walk(gradient, x, steps, lambda t, p, g, m, v: p - lr * g.sign())


@mistake("adam", "The root is missing: the divisor has to be a gradient in size, not its square.")
def adam_without_the_root(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[0] ** t)) / (v / (1 - betas[1] ** t) + eps)

    return _walk(gradient, x, steps, move, betas)


def _adam_step(
    t: int, m: Tensor, v: Tensor, lr: float, betas: tuple[float, float], eps: float
) -> Tensor:
    return lr * (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)


@mistake("adamw", "The decay is part of the gradient: this is Adam with L2, AdamW keeps it out.")
def adamw_with_l2_in_the_gradient(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - _adam_step(t, m, v, lr, betas, eps)

    return _walk(lambda p: gradient(p) + weight_decay * p, x, steps, move, betas)


@mistake("adamw", "The decay is not scaled by the learning rate: the factor is 1 − ηλ.")
def adamw_with_unscaled_decay(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return (1 - weight_decay) * p - _adam_step(t, m, v, lr, betas, eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adamw", "The decay is missing: this is Adam.")
def adamw_without_decay(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - _adam_step(t, m, v, lr, betas, eps)

    return _walk(gradient, x, steps, move, betas)


@mistake(
    "adamw", "The decay comes after the step and shrinks it too: it belongs to the old point alone."
)
def adamw_with_the_decay_last(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return (1 - lr * weight_decay) * (p - _adam_step(t, m, v, lr, betas, eps))

    return _walk(gradient, x, steps, move, betas)


@mistake(
    "adamw", "The gradient is taken at the decayed point: it belongs to the point before the decay."
)
def adamw_with_the_gradient_after_the_decay(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    decay = 1 - lr * weight_decay

    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return decay * p - _adam_step(t, m, v, lr, betas, eps)

    return _walk(lambda p: gradient(decay * p), x, steps, move, betas)


@mistake("adamw", "The weights grow: the decay is subtracted, its factor is below 1.")
def adamw_with_growth(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return (1 + lr * weight_decay) * p - _adam_step(t, m, v, lr, betas, eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adamw", "The decay is divided by the root of the mean square with the rest: keep it out.")
def adamw_with_the_decay_divided(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        pull = m / (1 - betas[0] ** t) + weight_decay * p
        return p - lr * pull / ((v / (1 - betas[1] ** t)).sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adamw", "The bias correction is missing: AdamW corrects both means as Adam does.")
def adamw_without_bias_correction(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: Betas,
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return (1 - lr * weight_decay) * p - lr * m / (v.sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("warmup_cosine", "The cosine counts from step 0: it begins where the warm-up ends.")
def warmup_cosine_from_the_start(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    return 0.0 if step >= total else peak * 0.5 * (1 + math.cos(math.pi * step / total))


@mistake(
    "warmup_cosine", "The warm-up counts from 1 and reaches its peak a step early: step 0 has 0."
)
def warmup_cosine_one_step_early(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * (step + 1) / warmup
    share = min((step - warmup) / (total - warmup), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * share))


@mistake("warmup_cosine", "It never reaches zero: the denominator is one too large.")
def warmup_cosine_never_zero(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / (total - warmup + 1), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * share))


@mistake(
    "warmup_cosine", "The last step is zero too early: step `total`, not the one before it, has 0."
)
def warmup_cosine_zero_a_step_early(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / max(total - warmup - 1, 1), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * share))


@mistake("warmup_cosine", "After the last step it climbs again: it stays at zero from there on.")
def warmup_cosine_climbing_again(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    return peak * 0.5 * (1 + math.cos(math.pi * (step - warmup) / (total - warmup)))


@mistake("warmup_cosine", "The factor ½ is missing: 1 + cos is 2 at the top.")
def warmup_cosine_without_the_half(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    share = min((step - warmup) / (total - warmup), 1)
    return peak * (1 + math.cos(math.pi * share))


@mistake("warmup_cosine", "The way down is a straight line: it should be half a cosine.")
def warmup_cosine_down_a_line(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    return peak * (1 - min((step - warmup) / (total - warmup), 1))


@mistake("warmup_cosine", "A warm-up of zero steps divides by zero: ask for that case first.")
def warmup_cosine_dividing_by_zero(step: int, warmup: int, total: int, peak: float) -> float:
    rise = step / warmup
    if rise < 1:
        return peak * rise
    share = min((step - warmup) / (total - warmup), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * share))


@mistake(
    "critical_point", "A saddle with a flat direction is still a saddle: ask for both signs first."
)
def critical_point_with_zero_first(H: Tensor, tolerance: float = 1e-6) -> str:
    values = torch.linalg.eigvalsh(H)
    zero = tolerance * values.abs().max()
    if (values.abs() <= zero).any():
        return "degenerate"
    if (values > 0).all():
        return "minimum"
    return "maximum" if (values < 0).all() else "saddle"


@mistake(
    "critical_point",
    "Only the determinant is asked: its sign does not tell the signs of three curvatures.",
)
def critical_point_by_the_determinant(H: Tensor, tolerance: float = 1e-6) -> str:
    determinant = torch.linalg.det(H)
    if determinant.abs() <= 1e-12:
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if H[0, 0] > 0 else "maximum"


@mistake(
    "critical_point", "A zero eigenvalue is ignored: then the second derivative does not decide."
)
def critical_point_ignoring_zeros(H: Tensor, tolerance: float = 1e-6) -> str:
    values = torch.linalg.eigvalsh(H)
    zero = tolerance * values.abs().max()
    if (values >= -zero).all():
        return "minimum"
    return "maximum" if (values <= zero).all() else "saddle"


@mistake(
    "critical_point",
    "The diagonal is asked: curvatures are the eigenvalues, not the diagonal entries.",
)
def critical_point_by_the_diagonal(H: Tensor, tolerance: float = 1e-6) -> str:
    values = H.diagonal()
    zero = tolerance * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values > zero).all():
        return "minimum"
    return "maximum" if (values < -zero).all() else "degenerate"


@mistake(
    "critical_point", "Computed eigenvalues are compared with exactly 0: small ones count as zero."
)
def critical_point_without_a_tolerance(H: Tensor, tolerance: float = 1e-6) -> str:
    values = torch.linalg.eigvalsh(H)
    if (values > 0).any() and (values < 0).any():
        return "saddle"
    if (values > 0).all():
        return "minimum"
    return "maximum" if (values < 0).all() else "degenerate"


@mistake("critical_point", "The tolerance is absolute: it is a share of the largest eigenvalue.")
def critical_point_with_an_absolute_tolerance(H: Tensor, tolerance: float = 1e-6) -> str:
    values = torch.linalg.eigvalsh(H)
    if (values > tolerance).any() and (values < -tolerance).any():
        return "saddle"
    if (values > tolerance).all():
        return "minimum"
    return "maximum" if (values < -tolerance).all() else "degenerate"


@mistake(
    "critical_point", "Minimum and maximum are exchanged: positive curvature goes up on all sides."
)
def critical_point_upside_down(H: Tensor, tolerance: float = 1e-6) -> str:
    values = -torch.linalg.eigvalsh(H)
    zero = tolerance * values.abs().max()
    if (values > zero).any() and (values < -zero).any():
        return "saddle"
    if (values > zero).all():
        return "minimum"
    return "maximum" if (values < -zero).all() else "degenerate"


@mistake("critical_point", "The sum of the curvatures is asked: each has a sign of its own.")
def critical_point_by_the_trace(H: Tensor, tolerance: float = 1e-6) -> str:
    trace = H.trace()
    if trace.abs() <= 1e-12:
        return "saddle"
    return "minimum" if trace > 0 else "maximum"


def _pairs_hold(
    f: Callable[[Tensor], Tensor],
    points: Tensor,
    holds: Callable[..., bool],
    weights: tuple[float, ...] = (0.25, 0.5, 0.75),
) -> bool:
    return all(
        bool(holds(f(t * x + (1 - t) * y), t, f(x), f(y)))
        for x in points
        for y in points
        for t in weights
    )


@mistake(
    "is_convex_on", "Without room for rounding a linear function fails: both its sides are equal."
)
def is_convex_on_without_room(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return _pairs_hold(f, points, lambda m, t, a, b: m <= t * a + (1 - t) * b)


@mistake(
    "is_convex_on", "The inequality is strict: equality, as for a linear function, is convex too."
)
def is_convex_on_strictly(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return all(
        bool(f(t * x + (1 - t) * y) < t * f(x) + (1 - t) * f(y))
        for i, x in enumerate(points)
        for y in points[:i]
        for t in (0.25, 0.5, 0.75)
    )


@mistake("is_convex_on", "Only midpoints are tested: a function can bulge between them.")
def is_convex_on_midpoints(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return _pairs_hold(f, points, lambda m, t, a, b: m <= t * a + (1 - t) * b + 1e-9, (0.5,))


@mistake(
    "is_convex_on", "The inequality is turned round: the chord of a convex function lies above it."
)
def is_convex_on_turned_round(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return _pairs_hold(f, points, lambda m, t, a, b: m >= t * a + (1 - t) * b - 1e-9)


@mistake(
    "is_convex_on", "It compares with the higher end of the chord: compare with the chord itself."
)
def is_convex_on_below_the_higher_end(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return _pairs_hold(f, points, lambda m, t, a, b: m <= torch.maximum(a, b) + 1e-9)


@mistake(
    "is_convex_on", "The weights are exchanged on one side: t belongs to the same point on both."
)
def is_convex_on_with_weights_exchanged(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return _pairs_hold(f, points, lambda m, t, a, b: m <= (1 - t) * a + t * b + 1e-9)


@mistake("is_convex_on", "Only neighbours in the list are compared: test every pair.")
def is_convex_on_neighbours(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return all(
        bool(f(t * x + (1 - t) * y) <= t * f(x) + (1 - t) * f(y) + 1e-9)
        for x, y in zip(points[:-1], points[1:], strict=True)
        for t in (0.25, 0.5, 0.75)
    )


@mistake("is_convex_on", "One pair that holds ends the search: only a violation may end it.")
def is_convex_on_the_first_pair(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    for i, x in enumerate(points):
        for y in points[:i]:
            if f((x + y) / 2) <= (f(x) + f(y)) / 2 + 1e-9:
                return True
    return False


@mistake(
    "is_convex_on",
    "One of the three values of t is enough for it: the inequality must hold for all.",
)
def is_convex_on_for_some_t(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return all(
        any(
            bool(f(t * x + (1 - t) * y) <= t * f(x) + (1 - t) * f(y) + 1e-9)
            for t in (0.25, 0.5, 0.75)
        )
        for x in points
        for y in points
    )


Loss = Callable[[Tensor], Tensor]


def _derivatives(f: Loss, x: Tensor) -> tuple[Tensor, Tensor]:
    return torch.func.grad(f)(x), torch.func.hessian(f)(x)


@mistake(
    "newton_step", "Only the diagonal of the Hessian is inverted: its other entries count too."
)
def newton_step_by_the_diagonal(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return x - g / H.diagonal()


@mistake("newton_step", "The sign is wrong: the step is subtracted.")
def newton_step_uphill(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return x + torch.linalg.solve(H, g)


@mistake("newton_step", "This is the step alone: asked for is the point that it leads to.")
def newton_step_alone(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return -torch.linalg.solve(H, g)


@mistake("newton_step", "The Hessian multiplies the gradient: its inverse should.")
def newton_step_times_the_hessian(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return x - H @ g


@mistake("newton_step", "The Hessian is not used: this is a step of gradient descent.")
def newton_step_without_the_hessian(f: Loss, x: Tensor) -> Tensor:
    return x - torch.func.grad(f)(x)


@mistake(
    "newton_step",
    "Each entry of the Hessian is inverted: the inverse of a matrix is another thing.",
)
def newton_step_with_inverted_entries(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return x - torch.where(H == 0, 0.0, 1 / H) @ g


@mistake(
    "newton_step", "Negative curvature is made positive: Newton's own step may lead to a saddle."
)
def newton_step_with_absolute_curvature(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    values, vectors = torch.linalg.eigh(H)
    return x - vectors @ ((vectors.T @ g) / values.abs())


@mistake(
    "newton_step",
    "Something is added to the Hessian: the full step solves with the Hessian itself.",
)
def newton_step_damped(f: Loss, x: Tensor) -> Tensor:
    g, H = _derivatives(f, x)
    return x - torch.linalg.solve(H + 1e-3 * torch.eye(len(x), dtype=x.dtype), g)


def _search(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float,
    shrink: float,
    max_shrinks: int,
    accept: Callable[[float, float, float, float], bool],
) -> float:
    """A right search but for `accept(loss, start, step, slope)`."""
    start = f(x).item()
    slope = (torch.func.grad(f)(x) @ direction).item()
    if slope >= 0:
        raise ValueError
    for _ in range(max_shrinks + 1):
        if accept(f(x + step * direction).item(), start, step, slope):
            return step
        step *= shrink
    return 0.0


@mistake(
    "backtracking", "NaN is accepted: no comparison with it is true, so ask for what is low enough."
)
def backtracking_onto_nan(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: not new > old + c * s * g
    )


@mistake(
    "backtracking", "Any fall is enough for it: c asks for a share of what the slope promised."
)
def backtracking_without_c(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new <= old)


@mistake("backtracking", "The step is missing beside c: a shorter step has to fall by less.")
def backtracking_without_the_step_in_the_condition(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new <= old + c * g
    )


@mistake(
    "backtracking", "The inequality is strict: a loss that just meets the condition is accepted."
)
def backtracking_strictly(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new < old + c * s * g
    )


@mistake("backtracking", "The promised fall is c times the step times |slope|, and is subtracted.")
def backtracking_that_lets_the_loss_rise(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new <= old - c * s * g
    )


@mistake(
    "backtracking", "The slope is taken as −|∇f|²: it is the gradient's product with the direction."
)
def backtracking_for_the_gradient_only(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    squared = torch.func.grad(f)(x).square().sum().item()
    return _search(
        f,
        x,
        direction,
        step,
        shrink,
        max_shrinks,
        lambda new, old, s, g: new <= old - c * s * squared,
    )


@mistake(
    "backtracking", "There is no limit to the shrinking: stop after `max_shrinks` and return 0."
)
def backtracking_without_a_limit(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, shrink, 4000, lambda new, old, s, g: new <= old + c * s * g
    )


@mistake(
    "backtracking", "It gives up one shrink too early: `max_shrinks` shrinks make one try more."
)
def backtracking_giving_up_early(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f,
        x,
        direction,
        step,
        shrink,
        max_shrinks - 1,
        lambda new, old, s, g: new <= old + c * s * g,
    )


@mistake(
    "backtracking", "It shrinks before the first try: the step that was given may be taken whole."
)
def backtracking_shrinking_first(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f,
        x,
        direction,
        step * shrink,
        shrink,
        max_shrinks - 1,
        lambda new, old, s, g: new <= old + c * s * g,
    )


@mistake(
    "backtracking", "When nothing is found it returns the last step tried: it should return 0."
)
def backtracking_taking_the_last(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    found = _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new <= old + c * s * g
    )
    return found or step * shrink**max_shrinks


@mistake(
    "backtracking", "A direction that climbs is searched all the same: raise ValueError for it."
)
def backtracking_uphill(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    start, slope = f(x), torch.func.grad(f)(x) @ direction
    for _ in range(max_shrinks + 1):
        if f(x + step * direction) <= start + c * step * slope:
            return step
        step *= shrink
    return 0.0


@mistake("backtracking", "The new point is returned: asked for is the step.")
def backtracking_to_the_point(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> Tensor:
    found = _search(
        f, x, direction, step, shrink, max_shrinks, lambda new, old, s, g: new <= old + c * s * g
    )
    return x + found * direction


Path = tuple[Tensor, Tensor, Tensor]


def _train(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas,
    eps: float,
    *,
    gradients: Callable[..., tuple[Tensor, Tensor]] | None = None,
    loss: Callable[[Tensor], Tensor] | None = None,
    move: Callable[..., Tensor] | None = None,
    softmax: Callable[[Tensor], Tensor] | None = None,
) -> Path:
    """A right training but for the parts that are given."""

    def right_gradients(P: Tensor, Y: Tensor) -> tuple[Tensor, Tensor]:
        return X.T @ (P - Y) / len(X), (P - Y).mean(dim=0)

    def right_loss(Z: Tensor) -> Tensor:
        return (torch.logsumexp(Z, dim=1) - Z[torch.arange(len(y)), y]).mean()

    def right_move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - _adam_step(t, m, v, lr, betas, eps)

    Y = F.one_hot(y, classes).to(X.dtype)
    p = [X.new_zeros(X.shape[1], classes), X.new_zeros(classes)]
    m, v = [torch.zeros_like(q) for q in p], [torch.zeros_like(q) for q in p]
    losses, weights, biases = [], [p[0]], [p[1]]
    for t in range(1, steps + 2):
        Z = X @ p[0] + p[1]
        losses.append((loss or right_loss)(Z))
        if t > steps:
            break
        P = softmax(Z) if softmax else torch.softmax(Z, dim=1)
        for i, g in enumerate((gradients or right_gradients)(P, Y)):
            m[i] = betas[0] * m[i] + (1 - betas[0]) * g
            v[i] = betas[1] * v[i] + (1 - betas[1]) * g**2
            p[i] = (move or right_move)(t, p[i], g, m[i], v[i])
        weights.append(p[0])
        biases.append(p[1])
    return torch.stack(losses), torch.stack(weights), torch.stack(biases)


DEFAULT = (0.9, 0.999)


@mistake(
    "train_softmax_regression", "The gradient is summed over the examples: the loss is their mean."
)
def train_on_the_sum(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        gradients=lambda P, Y: (X.T @ (P - Y), (P - Y).sum(dim=0)),
    )  # fmt: skip


@mistake(
    "train_softmax_regression", "The loss is summed over the examples: it should be their mean."
)
def train_reporting_sums(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    losses, weights, biases = _train(X, y, classes, lr, steps, betas, eps)
    return losses * len(X), weights, biases


@mistake(
    "train_softmax_regression", "The loss climbs: the error is P − Y, and the step goes against it."
)
def train_uphill(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        gradients=lambda P, Y: (X.T @ (Y - P) / len(X), (Y - P).mean(dim=0)),
    )  # fmt: skip


@mistake(
    "train_softmax_regression", "The labels are missing in the gradient: the error is P − Y, not P."
)
def train_without_labels(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        gradients=lambda P, Y: (X.T @ P / len(X), P.mean(dim=0)),
    )  # fmt: skip


@mistake(
    "train_softmax_regression", "The biases are not trained: they have a gradient of their own."
)
def train_without_biases(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        gradients=lambda P, Y: (X.T @ (P - Y) / len(X), torch.zeros_like(P[0])),
    )  # fmt: skip


@mistake(
    "train_softmax_regression",
    "Softmax and logarithm are taken one after the other: large logits give −∞.",
)
def train_with_a_log_of_softmax(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        loss=lambda Z: -torch.softmax(Z, dim=1).log()[torch.arange(len(y)), y].mean(),
    )  # fmt: skip


@mistake(
    "train_softmax_regression",
    "The exponentials overflow: subtract the largest logit of each row first.",
)
def train_with_overflow(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        softmax=lambda Z: Z.exp() / Z.exp().sum(dim=1, keepdim=True),
        loss=lambda Z: (Z.exp().sum(dim=1).log() - Z[torch.arange(len(y)), y]).mean(),
    )  # fmt: skip


@mistake(
    "train_softmax_regression", "Each loss is from before its step: losses[t] belongs to row t."
)
def train_logging_a_step_late(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    losses, weights, biases = _train(X, y, classes, lr, steps, betas, eps)
    return torch.cat([losses[:1], losses[:-1]]), weights, biases


@mistake(
    "train_softmax_regression", "The last loss is missing: compute one more after the last step."
)
def train_without_the_last_loss(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    losses, weights, biases = _train(X, y, classes, lr, steps, betas, eps)
    return losses[:-1], weights, biases


@mistake("train_softmax_regression", "This is plain gradient descent: Adam is asked for.")
def train_by_plain_descent(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps, move=lambda t, p, g, m, v: p - lr * g
    )  # fmt: skip


@mistake(
    "train_softmax_regression", "Adam's bias correction is missing: its first steps are too long."
)
def train_without_bias_correction(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(
        X, y, classes, lr, steps, betas, eps,
        move=lambda t, p, g, m, v: p - lr * m / (v.sqrt() + eps),
    )  # fmt: skip


@mistake("train_softmax_regression", "ε stands inside the root: torch's Adam adds it to the root.")
def train_with_epsilon_inside(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * (m / (1 - betas[0] ** t)) / (v / (1 - betas[1] ** t) + eps).sqrt()

    return _train(X, y, classes, lr, steps, betas, eps, move=move)


@mistake(
    "train_softmax_regression",
    "The gradient of one half ‖P − Y‖² is used: that of the cross-entropy is simpler.",
)
def train_on_the_squared_error(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    def gradients(P: Tensor, Y: Tensor) -> tuple[Tensor, Tensor]:
        upstream = P - Y
        error = P * (upstream - (P * upstream).sum(dim=1, keepdim=True))
        return X.T @ error / len(X), error.mean(dim=0)

    return _train(X, y, classes, lr, steps, betas, eps, gradients=gradients)


@mistake(
    "train_softmax_regression",
    "The classes are counted in the labels: one of them may not occur there.",
)
def train_counting_the_classes(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(X, y, int(y.max()) + 1, lr, steps, betas, eps)


@mistake(
    "train_softmax_regression",
    "`eps` and `betas` are ignored: Adam has to use the ones that it is given.",
)
def train_with_the_defaults(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    return _train(X, y, classes, lr, steps, DEFAULT, 1e-8)


@mistake(
    "train_softmax_regression",
    "Only the last parameters are returned: asked for are those of every step.",
)
def train_to_the_end_only(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    losses, weights, biases = _train(X, y, classes, lr, steps, betas, eps)
    return losses, weights[-1], biases[-1]


@mistake(
    "is_convex_on", "Curvature is asked at the points alone: a function can bulge between them."
)
def is_convex_on_by_curvature(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    return all(
        bool((torch.linalg.eigvalsh(torch.func.hessian(f)(x)) >= -1e-9).all()) for x in points
    )


@mistake("adam", "The running mean is squared: it is a mean of squares, not the square of a mean.")
def adam_with_the_square_of_the_mean(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    path, m, v = [x], torch.zeros_like(x), torch.zeros_like(x)
    for t in range(1, steps + 1):
        m = betas[0] * m + (1 - betas[0]) * gradient(path[-1])
        v = betas[1] * v + (1 - betas[1]) * m**2
        path.append(path[-1] - _adam_step(t, m, v, lr, betas, eps))
    return torch.stack(path)


@mistake("adam", "ε is missing: a weight without a gradient then divides zero by zero.")
def adam_without_epsilon(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    return _walk(
        gradient, x, steps, lambda t, p, g, m, v: p - _adam_step(t, m, v, lr, betas, 0.0), betas
    )


@mistake(
    "gradient_descent",
    "The gradient is asked for too often: T steps need T gradients, one for each step.",
)
def gradient_descent_with_a_gradient_at_the_end(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    path = []
    for _ in range(steps + 1):
        path.append(x)
        x = x - lr * gradient(x)
    return torch.stack(path)


@mistake(
    "sgd_momentum",
    "The first gradient counts twice: the velocity starts at zero, not at that gradient.",
)
def sgd_momentum_starting_at_the_gradient(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for t in range(steps):
        g = gradient(path[-1])
        v = momentum * (v if t else g) + g
        path.append(path[-1] - lr * v)
    return torch.stack(path)


@mistake("nesterov", "The gradient is asked for twice in a step: ask once, and keep the answer.")
def nesterov_asking_twice(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        v = momentum * v + gradient(path[-1])
        path.append(path[-1] - lr * (gradient(path[-1]) + momentum * v))
    return torch.stack(path)


@mistake("rmsprop", "ε is a lower bound of the root here: it should be added to it.")
def rmsprop_with_epsilon_as_a_floor(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        v = alpha * v + (1 - alpha) * g**2
        path.append(path[-1] - lr * g / v.sqrt().clamp(min=eps))
    return torch.stack(path)


@mistake("rmsprop", "The step divides by the mean from before this gradient: update it first.")
def rmsprop_with_the_old_mean(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        path.append(path[-1] - lr * g / (v.sqrt() + eps))
        v = alpha * v + (1 - alpha) * g**2
    return torch.stack(path)


@mistake("adam", "m and v are one tensor that is changed in place: give each its own.")
def adam_with_one_tensor_for_both_means(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    path = [x]
    m = v = torch.zeros_like(x)
    for t in range(1, steps + 1):
        g = gradient(path[-1])
        m.mul_(betas[0]).add_((1 - betas[0]) * g)
        v.mul_(betas[1]).add_((1 - betas[1]) * g**2)
        path.append(path[-1] - _adam_step(t, m, v, lr, betas, eps))
    return torch.stack(path)


@mistake("warmup_cosine", "The way down is a quarter of a cosine wave: it should be half of one.")
def warmup_cosine_by_a_quarter(step: int, warmup: int, total: int, peak: float) -> float:
    if step > total:
        return 0.0
    if step < warmup:
        return peak * step / warmup
    return peak * math.cos(math.pi / 2 * (step - warmup) / (total - warmup))


@mistake(
    "critical_point", "The argument `tolerance` is not used: the caller may choose another one."
)
def critical_point_with_a_tolerance_of_its_own(H: Tensor, tolerance: float = 1e-6) -> str:
    curvatures = torch.linalg.eigvalsh(H)
    limit = 1e-6 * curvatures.abs().max()
    up, down = bool((curvatures > limit).any()), bool((curvatures < -limit).any())
    if up and down:
        return "saddle"
    if (curvatures.abs() <= limit).any():
        return "degenerate"
    return "minimum" if up else "maximum"


@mistake(
    "is_convex_on",
    "A share is left out: with each pair in one order only, 1/4 and 3/4 are two points.",
)
def is_convex_on_two_of_three_shares(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    for i, x in enumerate(points):
        for y in points[i + 1 :]:
            for t in (0.25, 0.5):
                if f(t * x + (1 - t) * y) > t * f(x) + (1 - t) * f(y) + 1e-9:
                    return False
    return True


@mistake(
    "is_convex_on", "The room for rounding is too large: a violation of more than 1e-9 counts."
)
def is_convex_on_with_a_wide_tolerance(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    for x in points:
        for y in points:
            for t in (0.25, 0.5, 0.75):
                if f(t * x + (1 - t) * y) > t * f(x) + (1 - t) * f(y) + 1e-5:
                    return False
    return True


@mistake("backtracking", "The argument `shrink` is not used: every shrink is by one half.")
def backtracking_by_halves(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, step, 0.5, max_shrinks, lambda new, old, s, g: new <= old + c * s * g
    )


@mistake("backtracking", "The argument `step` is not used: it is the first step to be tried.")
def backtracking_from_one(
    f: Loss,
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    return _search(
        f, x, direction, 1.0, shrink, max_shrinks, lambda new, old, s, g: new <= old + c * s * g
    )


@mistake(
    "train_softmax_regression",
    "A small number inside the logarithm caps the loss: take the logarithm of softmax at once.",
)
def train_with_a_small_number_in_the_logarithm(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: Betas = DEFAULT,
    eps: float = 1e-8,
) -> Path:
    def loss(Z: Tensor) -> Tensor:
        return -(torch.softmax(Z, dim=1)[torch.arange(len(y)), y] + 1e-12).log().mean()

    return _train(X, y, classes, lr, steps, betas, eps, loss=loss)


# Found in answers that were written without a look at the tests ---------------------------


@mistake("adam", "Only the mean of the squares is corrected: that of the gradient needs the same.")
def adam_with_the_square_corrected_alone(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        return p - lr * m / ((v / (1 - betas[1] ** t)).sqrt() + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake("adam", "The root is divided by 1 − β₂ᵗ: correct the mean first, then take its root.")
def adam_with_the_correction_outside_of_the_root(
    gradient: Gradient, x: Tensor, lr: float, betas: Betas, eps: float, steps: int
) -> Tensor:
    def move(t: int, p: Tensor, g: Tensor, m: Tensor, v: Tensor) -> Tensor:
        root = v.sqrt() / (1 - betas[1] ** t)
        return p - lr * (m / (1 - betas[0] ** t)) / (root + eps)

    return _walk(gradient, x, steps, move, betas)


@mistake(
    "warmup_cosine",
    "The way down is measured in all steps: it has `total` less those of the warm-up.",
)
def warmup_cosine_in_shares_of_all_steps(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    return 0.0 if step >= total else peak * 0.5 * (1 + math.cos(math.pi * (step - warmup) / total))


@mistake("warmup_cosine", "The warm-up never reaches its peak: its denominator is one too large.")
def warmup_cosine_below_its_peak(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / (warmup + 1)
    share = min((step - warmup) / (total - warmup), 1)
    return peak * 0.5 * (1 + math.cos(math.pi * share))


@mistake(
    "max_stable_lr", "This is the best learning rate on a quadratic: the limit asks for λmax alone."
)
def best_lr_for_the_limit(H: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(H)
    return 2 / (values[..., 0] + values[..., -1])


@mistake(
    "max_stable_lr",
    "The iteration starts with ones: where these are at right angles, it never sees λmax.",
)
def max_stable_lr_by_iterating_ones(H: Tensor) -> Tensor:
    v = torch.ones(*H.shape[:-1], 1, dtype=H.dtype)
    for _ in range(300):
        v = H @ v
        v = v / v.norm(dim=-2, keepdim=True)
    return 2 / (v.mT @ H @ v).squeeze(-1).squeeze(-1)


@mistake(
    "rmsprop",
    "The square of the mean is taken off: that is the centred variant, not asked for here.",
)
def rmsprop_centred(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, squares, mean = [x], torch.zeros_like(x), torch.zeros_like(x)
    for _ in range(steps):
        g = gradient(path[-1])
        squares = alpha * squares + (1 - alpha) * g.square()
        mean = alpha * mean + (1 - alpha) * g
        path.append(path[-1] - lr * g / ((squares - mean.square()).sqrt() + eps))
    return torch.stack(path)
