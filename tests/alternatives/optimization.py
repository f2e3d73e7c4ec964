"""Other right ways to solve the exercises of 08-optimization: each must earn every point."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from torchmarks.catalogue import alternative

Gradient = Callable[[Tensor], Tensor]


@alternative("gradient_descent")
def gradient_descent_into_a_table(gradient: Gradient, x: Tensor, lr: float, steps: int) -> Tensor:
    path = torch.empty(steps + 1, *x.shape, dtype=x.dtype)
    path[0] = x
    for t in range(steps):
        path[t + 1] = path[t] - lr * gradient(path[t])
    return path


@alternative("gradient_descent")
def gradient_descent_in_place_on_a_copy(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    point = x.clone()
    points = [point.clone()]
    while len(points) <= steps:
        point -= gradient(point).mul(lr)
        points.append(point.clone())
    return torch.stack(points, dim=0)


@alternative("gradient_descent")
def gradient_descent_by_summing_all_steps(
    gradient: Gradient, x: Tensor, lr: float, steps: int
) -> Tensor:
    path = x[None].clone()
    for _ in range(steps):
        path = torch.cat([path, (path[-1] + (-lr) * gradient(path[-1]))[None]])
    return path


@alternative("max_stable_lr")
def max_stable_lr_by_singular_values(H: Tensor) -> Tensor:
    return 2 / torch.linalg.svdvals(H)[..., 0]


@alternative("max_stable_lr")
def max_stable_lr_by_the_spectral_norm(H: Tensor) -> Tensor:
    return 2 / torch.linalg.matrix_norm(H, ord=2)


@alternative("max_stable_lr")
def max_stable_lr_of_each_matrix(H: Tensor) -> Tensor:
    largest = []
    for matrix in H.reshape(-1, H.shape[-2], H.shape[-1]):
        largest.append(2 / torch.linalg.eig(matrix).eigenvalues.real.max())
    return torch.stack(largest).reshape(H.shape[:-2])


@alternative("max_stable_lr")
def max_stable_lr_by_repeated_squaring(H: Tensor) -> Tensor:
    power = H
    for _ in range(40):
        power = power @ power
        power = power / power.norm(dim=(-2, -1), keepdim=True)
    # What is left projects onto the steepest direction: its share of H is the largest eigenvalue.
    largest = (power * H).sum(dim=(-2, -1)) / power.diagonal(dim1=-2, dim2=-1).sum(-1)
    return 2 / largest


@alternative("sgd_momentum")
def sgd_momentum_with_lr_inside_the_velocity(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, step = [x], 0.0
    for _ in range(steps):
        step = momentum * step - lr * gradient(path[-1])
        path.append(path[-1] + step)
    return torch.stack(path)


@alternative("sgd_momentum")
def sgd_momentum_as_a_heavy_ball(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path = [x, x]
    for _ in range(steps):
        path.append(path[-1] - lr * gradient(path[-1]) + momentum * (path[-1] - path[-2]))
    return torch.stack(path[1:])


@alternative("sgd_momentum")
def sgd_momentum_from_all_gradients(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, gradients = [x.clone()], []
    for t in range(steps):
        gradients.append(gradient(path[t]))
        velocity = sum(momentum ** (t - s) * g for s, g in enumerate(gradients))
        path.append(path[t] - lr * velocity)
    return torch.stack(path)


@alternative("nesterov")
def nesterov_by_looking_ahead(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    theta, step = x, torch.zeros_like(x)
    seen = [x]
    for _ in range(steps):
        step = momentum * step - lr * gradient(theta + momentum * step)
        theta = theta + step
        seen.append(theta + momentum * step)
    return torch.stack(seen)


@alternative("nesterov")
def nesterov_with_the_factors_collected(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    v = torch.zeros_like(x)
    path = [x.clone()]
    for _ in range(steps):
        g = gradient(path[-1])
        path.append(path[-1] - lr * (1 + momentum) * g - lr * momentum**2 * v)
        v = momentum * v + g
    return torch.stack(path)


@alternative("nesterov")
def nesterov_as_descent_and_extrapolation(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    before, path = x, [x]
    for _ in range(steps):
        after = path[-1] - lr * gradient(path[-1])
        path.append(after + momentum * (after - before))
        before = after
    return torch.stack(path)


@alternative("rmsprop")
def rmsprop_in_place_on_copies(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    point, v = x.clone(), torch.zeros_like(x)
    path = torch.zeros((steps + 1, *x.shape), dtype=x.dtype)
    path[0] = point
    for t in range(1, steps + 1):
        g = gradient(point)
        v.mul_(alpha).addcmul_(g, g, value=1 - alpha)
        point.addcdiv_(g, v.sqrt().add_(eps), value=-lr)
        path[t] = point
    return path


@alternative("rmsprop")
def rmsprop_from_all_gradients(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, gradients = [x], []
    for t in range(steps):
        gradients.append(gradient(path[-1]))
        past = torch.stack(gradients)
        weights = (1 - alpha) * alpha ** torch.arange(t, -1, -1, dtype=x.dtype)
        mean_square = torch.einsum("t,t...->...", weights, past * past)
        path.append(path[-1] - lr * gradients[-1] / (eps + mean_square**0.5))
    return torch.stack(path)


@alternative("rmsprop")
def rmsprop_with_a_lerp(
    gradient: Gradient, x: Tensor, lr: float, alpha: float, eps: float, steps: int
) -> Tensor:
    path, v = [x], x * 0
    for _ in range(steps):
        g = gradient(path[-1])
        v = torch.lerp(g.square(), v, alpha)
        path.append(path[-1] - (lr / (torch.sqrt(v) + eps)) * g)
    return torch.stack(path)


@alternative("adam")
def adam_with_the_corrections_in_the_step_size(
    gradient: Gradient, x: Tensor, lr: float, betas: tuple[float, float], eps: float, steps: int
) -> Tensor:
    m, v, path = torch.zeros_like(x), torch.zeros_like(x), [x]
    for t in range(steps):
        g = gradient(path[-1])
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g * g
        root = math.sqrt(1 - betas[1] ** (t + 1))
        # The root of the correction multiplies ε as well, so that it stays beside the root of v̂.
        path.append(path[-1] - lr * root / (1 - betas[0] ** (t + 1)) * m / (v.sqrt() + eps * root))
    return torch.stack(path)


@alternative("adam")
def adam_with_weighted_means_of_all_gradients(
    gradient: Gradient, x: Tensor, lr: float, betas: tuple[float, float], eps: float, steps: int
) -> Tensor:
    path, gradients = [x], []
    for _ in range(steps):
        gradients.append(gradient(path[-1]))
        means = []
        for power, beta in enumerate(betas, start=1):
            ages = range(len(gradients) - 1, -1, -1)
            weights = [beta**age for age in ages]
            total = sum(w * g**power for w, g in zip(weights, gradients, strict=True))
            means.append(total / sum(weights))
        path.append(path[-1] - lr * means[0] / (means[1] ** 0.5 + eps))
    return torch.stack(path)


@alternative("adam")
def adam_with_counted_corrections(
    gradient: Gradient, x: Tensor, lr: float, betas: tuple[float, float], eps: float, steps: int
) -> Tensor:
    b1, b2 = betas
    point, state = x.clone(), {"m": torch.zeros_like(x), "v": torch.zeros_like(x)}
    power1 = power2 = 1.0
    path = [point.clone()]
    for _ in range(steps):
        g = gradient(point)
        power1, power2 = power1 * b1, power2 * b2
        state["m"] += (1 - b1) * (g - state["m"])
        state["v"] += (1 - b2) * (g**2 - state["v"])
        point -= lr * (state["m"] / (1 - power1)) / ((state["v"] / (1 - power2)).sqrt() + eps)
        path.append(point.clone())
    return torch.stack(path)


@alternative("adamw")
def adamw_with_the_decay_as_a_second_step(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    m, v, path = torch.zeros_like(x), torch.zeros_like(x), [x]
    for t in range(1, steps + 1):
        old = path[-1]
        g = gradient(old)
        m = betas[0] * m + (1 - betas[0]) * g
        v = betas[1] * v + (1 - betas[1]) * g.pow(2)
        direction = (m / (1 - betas[0] ** t)) / ((v / (1 - betas[1] ** t)).sqrt() + eps)
        path.append(old - lr * (direction + weight_decay * old))
    return torch.stack(path)


@alternative("adamw")
def adamw_in_place_on_copies(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    weight_decay: float,
    steps: int,
) -> Tensor:
    point, m, v = x.clone(), torch.zeros_like(x), torch.zeros_like(x)
    path = [x]
    for t in range(1, steps + 1):
        g = gradient(point.clone())
        point.mul_(1 - lr * weight_decay)
        m.lerp_(g, 1 - betas[0])
        v.mul_(betas[1]).addcmul_(g, g, value=1 - betas[1])
        divisor = v.sqrt() / (1 - betas[1] ** t) ** 0.5 + eps
        point.addcdiv_(m, divisor, value=-lr / (1 - betas[0] ** t))
        path.append(point.clone())
    return torch.stack(path)


@alternative("warmup_cosine")
def warmup_cosine_with_a_squared_cosine(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return step * (peak / warmup)
    share = min(1.0, (step - warmup) / (total - warmup))
    return peak * math.cos(0.5 * math.pi * share) ** 2


@alternative("warmup_cosine")
def warmup_cosine_as_a_minimum_of_two(step: int, warmup: int, total: int, peak: float) -> Tensor:
    rise = torch.tensor(step / max(warmup, 1) if warmup else 1.0, dtype=torch.float64)
    share = torch.tensor((step - warmup) / (total - warmup), dtype=torch.float64).clamp(0, 1)
    return peak * torch.minimum(rise, 0.5 + 0.5 * torch.cos(torch.pi * share))


@alternative("critical_point")
def critical_point_by_counting_signs(H: Tensor, tolerance: float = 1e-6) -> str:
    values = [v.item() for v in torch.linalg.eigvals(H).real]
    largest = max(abs(v) for v in values)
    positive = sum(v > tolerance * largest for v in values)
    negative = sum(v < -tolerance * largest for v in values)
    if positive and negative:
        return "saddle"
    if positive + negative < len(values):
        return "degenerate"
    return "minimum" if positive else "maximum"


@alternative("critical_point")
def critical_point_by_the_extreme_eigenvalues(H: Tensor, tolerance: float = 1e-6) -> str:
    values = torch.linalg.eigh(H)[0]
    lowest, highest = float(values[0]), float(values[-1])
    zero = tolerance * max(abs(lowest), abs(highest))
    if lowest < -zero and highest > zero:
        return "saddle"
    if lowest > zero:
        return "minimum"
    return "maximum" if highest < -zero else "degenerate"


@alternative("is_convex_on")
def is_convex_on_by_the_worst_gap(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    gaps = []
    for i in range(len(points)):
        for j in range(i):
            for t in torch.tensor([0.25, 0.5, 0.75], dtype=points.dtype):
                between = f(t * points[i] + (1 - t) * points[j])
                gaps.append(between - t * f(points[i]) - (1 - t) * f(points[j]))
    return bool(torch.stack(gaps).max() <= 1e-9)


@alternative("is_convex_on")
def is_convex_on_with_a_finer_grid(f: Callable[[Tensor], Tensor], points: Tensor) -> bool:
    values = [f(point) for point in points]
    return all(
        f(y + k / 8 * (x - y)) <= k / 8 * fx + (1 - k / 8) * fy + 1e-9
        for x, fx in zip(points, values, strict=True)
        for y, fy in zip(points, values, strict=True)
        for k in range(9)
    )


@alternative("newton_step")
def newton_step_with_the_inverse(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    H = torch.autograd.functional.hessian(f, x)
    g = torch.autograd.functional.jacobian(f, x)
    return x - torch.linalg.inv(H) @ g


@alternative("newton_step")
def newton_step_row_by_row(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    point = x.clone().requires_grad_()
    (g,) = torch.autograd.grad(f(point), point, create_graph=True)
    rows = [torch.autograd.grad(entry, point, retain_graph=True)[0] for entry in g]
    step = torch.linalg.lstsq(torch.stack(rows), -g.detach().unsqueeze(1)).solution
    return x + step.squeeze(1)


@alternative("newton_step")
def newton_step_in_the_eigenbasis(f: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(torch.func.jacfwd(torch.func.grad(f))(x))
    return x - vectors @ ((vectors.T @ torch.func.grad(f)(x)) / values)


@alternative("backtracking")
def backtracking_while_not_low_enough(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    point = x.clone().requires_grad_()
    loss = f(point)
    loss.backward()
    slope = (point.grad * direction).sum().item()
    if not slope < 0:
        raise ValueError(f"slope {slope}")
    shrinks = 0
    with torch.no_grad():
        while not (f(x + step * direction).item() <= loss.item() + c * step * slope):
            shrinks += 1
            if shrinks > max_shrinks:
                return 0.0
            step *= shrink
    return step


@alternative("backtracking")
def backtracking_over_a_list_of_steps(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    _, slope = torch.func.jvp(f, (x,), (direction,))
    if slope >= 0:
        raise ValueError("uphill")
    steps = [step * shrink**k for k in range(max_shrinks + 1)]
    good = (s for s in steps if f(x + s * direction) <= f(x) + c * s * slope)
    return next(good, 0.0)


@alternative("train_softmax_regression")
def train_with_one_long_vector(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    n, d = X.shape
    ones = torch.cat([X, torch.ones(n, 1, dtype=X.dtype)], dim=1)  # the bias as one more weight

    def gradient(flat: Tensor) -> Tensor:
        error = torch.softmax(ones @ flat.reshape(d + 1, classes), dim=1)
        error[torch.arange(n), y] -= 1
        return (ones.T @ error / n).flatten()

    path = adam_with_counted_corrections(
        gradient, torch.zeros((d + 1) * classes, dtype=X.dtype), lr, betas, eps, steps
    ).reshape(steps + 1, d + 1, classes)
    logits = ones @ path
    right = logits[:, torch.arange(n), y]
    losses = (torch.logsumexp(logits, dim=-1) - right).mean(dim=1)
    return losses, path[:, :d], path[:, d]


@alternative("train_softmax_regression")
def train_class_by_class(
    X: Tensor,
    y: Tensor,
    classes: int,
    lr: float,
    steps: int,
    betas: tuple[float, float] = (0.9, 0.999),
    eps: float = 1e-8,
) -> tuple[Tensor, Tensor, Tensor]:
    n, d = X.shape
    W, b = torch.zeros(d, classes, dtype=X.dtype), torch.zeros(classes, dtype=X.dtype)
    mW, vW, mb, vb = W.clone(), W.clone(), b.clone(), b.clone()
    losses, weights, biases = [], [W.clone()], [b.clone()]
    for t in range(steps + 1):
        logits = torch.stack([X @ W[:, k] + b[k] for k in range(classes)], dim=1)
        shifted = logits - logits.max(dim=1, keepdim=True).values
        total = shifted.exp().sum(dim=1)
        losses.append((total.log() - shifted.gather(1, y[:, None]).squeeze(1)).mean())
        if t == steps:
            break
        gW, gb = torch.zeros_like(W), torch.zeros_like(b)
        for k in range(classes):
            error = shifted[:, k].exp() / total - (y == k).to(X.dtype)
            gW[:, k] = (error[:, None] * X).mean(dim=0)
            gb[k] = error.mean()
        mW, vW = betas[0] * mW + (1 - betas[0]) * gW, betas[1] * vW + (1 - betas[1]) * gW**2
        mb, vb = betas[0] * mb + (1 - betas[0]) * gb, betas[1] * vb + (1 - betas[1]) * gb**2
        c1, c2 = 1 - betas[0] ** (t + 1), 1 - betas[1] ** (t + 1)
        W = W - lr * (mW / c1) / ((vW / c2).sqrt() + eps)
        b = b - lr * (mb / c1) / ((vb / c2).sqrt() + eps)
        weights.append(W)
        biases.append(b)
    return torch.stack(losses), torch.stack(weights), torch.stack(biases)


@alternative("nesterov")
def nesterov_between_plain_steps(
    gradient: Gradient, x: Tensor, lr: float, momentum: float, steps: int
) -> Tensor:
    path, before = [x], x
    for _ in range(steps):
        after = path[-1] - lr * gradient(path[-1])  # a plain step, then a push on
        path.append(after + momentum * (after - before))
        before = after
    return torch.stack(path)


@alternative("adam")
def adam_by_weighted_means(
    gradient: Gradient,
    x: Tensor,
    lr: float,
    betas: tuple[float, float],
    eps: float,
    steps: int,
) -> Tensor:
    path, slopes = [x], []
    for t in range(1, steps + 1):
        slopes.append(gradient(path[-1]))
        age = torch.arange(t - 1, -1, -1, dtype=x.dtype)
        weights = [beta**age / (beta**age).sum() for beta in betas]
        m = torch.tensordot(weights[0], torch.stack(slopes), 1)
        v = torch.tensordot(weights[1], torch.stack(slopes) ** 2, 1)
        path.append(path[-1] - lr * m / (v.sqrt() + eps))
    return torch.stack(path)


@alternative("warmup_cosine")
def warmup_cosine_as_a_squared_cosine(step: int, warmup: int, total: int, peak: float) -> float:
    if step < warmup:
        return peak * step / warmup
    return peak * math.cos(math.pi / 2 * min(1.0, (step - warmup) / (total - warmup))) ** 2


@alternative("backtracking")
def backtracking_along_the_line(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    direction: Tensor,
    step: float = 1.0,
    shrink: float = 0.5,
    c: float = 1e-4,
    max_shrinks: int = 30,
) -> float:
    start, slope = torch.func.jvp(f, (x,), (direction,))
    if not slope < 0:
        raise ValueError("the direction climbs")
    for k in range(max_shrinks + 1):
        s = step * shrink**k
        if f(x + s * direction) <= start + c * s * slope:
            return s
    return 0.0
