"""Other right ways to solve the exercises of 07-gradients: each must earn every point."""

import itertools
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import alternative

Function = Callable[[Tensor], Tensor]
Parameters = tuple[Tensor, Tensor, Tensor, Tensor]


def leaf(x: Tensor) -> Tensor:
    return x.detach().clone().requires_grad_()


# Slopes --------------------------------------------------------------------------------------


@alternative("numerical_gradient")
def numerical_gradient_moving_a_copy_in_place(f: Function, x: Tensor, eps: float) -> Tensor:
    moved = x.clone()
    result = torch.zeros_like(x)
    for index in itertools.product(*(range(n) for n in x.shape)):
        before = moved[index].item()
        moved[index] = before + eps
        above = f(moved)
        moved[index] = before - eps
        below = f(moved)
        moved[index] = before
        result[index] = (above - below) / (2 * eps)
    return result


@alternative("numerical_gradient")
def numerical_gradient_with_rows_of_the_identity(f: Function, x: Tensor, eps: float) -> Tensor:
    directions = torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    return torch.stack([(f(x + eps * e) - f(x - eps * e)) / eps / 2 for e in directions]).view(
        x.shape
    )


@alternative("numerical_gradient")
def numerical_gradient_by_python_numbers(f: Function, x: Tensor, eps: float) -> Tensor:
    slopes = []
    flat = x.flatten()
    for i in range(len(flat)):
        up, down = flat.clone(), flat.clone()
        up[i] += eps
        down[i] -= eps
        slopes.append((f(up.reshape(x.shape)).item() - f(down.reshape(x.shape)).item()) / (2 * eps))
    return torch.tensor(slopes, dtype=x.dtype).reshape(x.shape)


@alternative("numerical_gradient")
def numerical_gradient_of_all_entries_in_one_batch(f: Function, x: Tensor, eps: float) -> Tensor:
    directions = torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)
    slope = torch.func.vmap(lambda e: (f(x + eps * e) - f(x - eps * e)) / (2 * eps))
    return slope(directions).reshape(x.shape)


@alternative("quadratic_gradient")
def quadratic_gradient_example_by_example(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    total = torch.zeros_like(w)
    for row, target in zip(X, y, strict=True):
        total = total + (row.dot(w) - target) * row
    return total


@alternative("quadratic_gradient")
def quadratic_gradient_multiplied_out(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X.T @ X @ w - X.T @ y


@alternative("quadratic_gradient")
def quadratic_gradient_with_columns(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    residual = X @ w.unsqueeze(1) - y.unsqueeze(1)
    return (residual * X).sum(dim=0)


# The chain rule ------------------------------------------------------------------------------


@alternative("chain")
def chain_with_all_values_first(functions: list, derivatives: list, x: Tensor) -> Tensor:
    values = [x]
    for function in functions:
        values.append(function(values[-1]))
    result = torch.ones_like(x)
    for i in reversed(range(len(derivatives))):
        result *= derivatives[i](values[i])
    return result


@alternative("chain")
def chain_by_recursion(functions: list, derivatives: list, x: Tensor) -> Tensor:
    if not functions:
        return torch.ones_like(x)
    outer = chain_by_recursion(functions[1:], derivatives[1:], functions[0](x))
    return outer * derivatives[0](x)


@alternative("chain")
def chain_in_one_product(functions: list, derivatives: list, x: Tensor) -> Tensor:
    slopes = [torch.ones_like(x)]
    for i in range(len(functions)):
        slopes.append(derivatives[i](x))
        x = functions[i](x)
    return torch.stack(slopes).prod(dim=0)


@alternative("two_layer_gradients")
def two_layer_gradients_by_einsum(x: Tensor, W1: Tensor, W2: Tensor) -> dict[str, Tensor]:
    a = torch.einsum("ij,j->i", W1, x)
    h = a.clamp(min=0)
    dy = 2 * torch.einsum("ij,j->i", W2, h)
    dh = torch.einsum("i,ij->j", dy, W2)
    da = torch.where(a > 0, dh, torch.zeros_like(dh))
    return {
        "W1": torch.einsum("i,j->ij", da, x),
        "a": da,
        "h": dh,
        "W2": torch.einsum("i,j->ij", dy, h),
        "y": dy,
    }


@alternative("two_layer_gradients")
def two_layer_gradients_with_jacobians(x: Tensor, W1: Tensor, W2: Tensor) -> dict[str, Tensor]:
    h = F.relu(W1 @ x)
    y = W2 @ h
    relu_jacobian = torch.diag((h > 0).to(x.dtype))
    dy = y + y
    dh = dy @ W2
    da = dh @ relu_jacobian
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@alternative("two_layer_gradients")
def two_layer_gradients_with_columns(x: Tensor, W1: Tensor, W2: Tensor) -> dict[str, Tensor]:
    x = x.reshape(-1, 1)
    a = W1 @ x
    h = torch.maximum(a, torch.zeros_like(a))
    dy = 2 * (W2 @ h)
    dh = W2.T @ dy
    da = dh.clone()
    da[a <= 0] = 0
    return {"y": dy.flatten(), "W2": dy @ h.T, "h": dh.flatten(), "a": da.flatten(), "W1": da @ x.T}


@alternative("mlp_backward")
def mlp_backward_example_by_example(
    X: Tensor, Y: Tensor, parameters: Parameters
) -> dict[str, Tensor]:
    W1, b1, W2, b2 = parameters
    rows: dict[str, list[Tensor]] = {key: [] for key in ("P", "W2", "b2", "H", "A", "W1", "b1")}
    for x, y in zip(X, Y, strict=True):
        a = x @ W1 + b1
        h = a.relu()
        dp = 2 * (h @ W2 + b2 - y) / Y.numel()
        dh = W2 @ dp
        da = dh * (a > 0).to(dh.dtype)
        step = {
            "P": dp,
            "W2": h[:, None] * dp,
            "b2": dp,
            "H": dh,
            "A": da,
            "W1": x[:, None] * da,
            "b1": da,
        }
        for key, value in step.items():
            rows[key].append(value)
    return {k: torch.stack(v) if k in "PHA" else torch.stack(v).sum(0) for k, v in rows.items()}


@alternative("mlp_backward")
def mlp_backward_with_the_bias_as_a_weight_of_one(
    X: Tensor, Y: Tensor, parameters: Parameters
) -> dict[str, Tensor]:
    W1, b1, W2, b2 = parameters
    n, k = Y.shape
    ones = torch.ones(n, 1, dtype=X.dtype)
    X1 = torch.cat([X, ones], dim=1)
    A = X1 @ torch.cat([W1, b1[None]])
    H = torch.relu(A)
    H1 = torch.cat([H, ones], dim=1)
    dP = (H1 @ torch.cat([W2, b2[None]]) - Y) * (2 / (n * k))
    second = H1.T @ dP
    dH = dP @ W2.T
    dA = torch.where(H > 0, dH, 0.0)
    first = X1.T @ dA
    return {
        "P": dP,
        "W2": second[:-1],
        "b2": second[-1],
        "H": dH,
        "A": dA,
        "W1": first[:-1],
        "b1": first[-1],
    }


@alternative("mlp_backward")
def mlp_backward_by_einsum(X: Tensor, Y: Tensor, parameters: Parameters) -> dict[str, Tensor]:
    W1, b1, W2, b2 = parameters
    A = torch.einsum("nd,dm->nm", X, W1) + b1
    H = A * (A > 0)
    P = torch.einsum("nm,mk->nk", H, W2) + b2
    dP = 2 / P.shape[0] / P.shape[1] * (P - Y)
    dH = torch.einsum("nk,mk->nm", dP, W2)
    dA = dH * torch.heaviside(A, torch.zeros((), dtype=A.dtype))
    return {
        "P": dP,
        "W2": torch.einsum("nm,nk->mk", H, dP),
        "b2": torch.einsum("nk->k", dP),
        "H": dH,
        "A": dA,
        "W1": torch.einsum("nd,nm->dm", X, dA),
        "b1": torch.ones(len(X), dtype=X.dtype) @ dA,
    }


# Softmax -------------------------------------------------------------------------------------


@alternative("softmax_jacobian")
def softmax_jacobian_entry_by_entry(logits: Tensor) -> Tensor:
    p = torch.softmax(logits, -1)
    K = logits.shape[-1]
    result = torch.zeros(*logits.shape, K, dtype=logits.dtype)
    for i in range(K):
        for j in range(K):
            result[..., i, j] = p[..., i] * ((1.0 if i == j else 0.0) - p[..., j])
    return result


@alternative("softmax_jacobian")
def softmax_jacobian_with_the_identity(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)[..., None]
    return p * (torch.eye(logits.shape[-1], dtype=logits.dtype) - p.mT)


@alternative("softmax_jacobian")
def softmax_jacobian_matrix_by_matrix(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    flat = p.reshape(-1, p.shape[-1])
    matrices = torch.stack([torch.diag(q) - torch.outer(q, q) for q in flat])
    return matrices.reshape(*p.shape, p.shape[-1])


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_subtracting_in_a_copy(logits: Tensor, labels: Tensor) -> Tensor:
    p = torch.softmax(logits, dim=1)
    p[torch.arange(len(labels)), labels] -= 1
    return p / len(labels)


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_with_float32_labels(logits: Tensor, labels: Tensor) -> Tensor:
    truth = F.one_hot(labels, num_classes=logits.shape[1]).float()
    return (logits.log_softmax(dim=-1).exp() - truth) / logits.size(0)


@alternative("softmax_cross_entropy_gradient")
def softmax_cross_entropy_gradient_row_by_row(logits: Tensor, labels: Tensor) -> Tensor:
    rows = []
    for z, label in zip(logits, labels, strict=True):
        e = (z - z.max()).exp()
        row = e / e.sum()
        row = row - (torch.arange(len(z)) == label).to(z.dtype)
        rows.append(row / len(logits))
    return torch.stack(rows)


# The machine ---------------------------------------------------------------------------------


@alternative("gradient_steps")
def gradient_steps_with_a_new_leaf_each_time(
    w: Tensor, loss: Function, lr: float, steps: int
) -> Tensor:
    for _ in range(steps):
        w = w.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(loss(w), w)
        w = w - lr * gradient
    return w.detach()


@alternative("gradient_steps")
def gradient_steps_by_functional_gradients(
    w: Tensor, loss: Function, lr: float, steps: int
) -> Tensor:
    gradient = torch.func.grad(loss)
    for _ in range(steps):
        w = w - lr * gradient(w)
    return w


@alternative("gradient_steps")
def gradient_steps_with_a_parameter(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    weights = torch.nn.Parameter(w.clone())
    for _ in range(steps):
        loss(weights).backward()
        weights.data -= lr * weights.grad
        weights.grad.zero_()
    return weights


@alternative("mend_the_graph")
def mend_the_graph_by_hand_made_formulas(x: Tensor, W: Tensor) -> Tensor:
    a = (W * x).sum(dim=1)
    direction = a / torch.sqrt((a * a).sum())
    gated = direction / (1 + torch.exp(-a))
    return torch.sum(gated + a.sin()) + (W * W).sum() / W.numel()


@alternative("mend_the_graph")
def mend_the_graph_with_ready_functions(x: Tensor, W: Tensor) -> Tensor:
    a = F.linear(x, W)
    return a.sigmoid() @ F.normalize(a, dim=0) + a.sin().sum() + F.mse_loss(W, torch.zeros_like(W))


@alternative("directional_derivative")
def directional_derivative_along_a_line(f: Function, x: Tensor, v: Tensor) -> Tensor:
    t = torch.zeros((), dtype=x.dtype, requires_grad=True)
    f(x + t * v).backward()
    return t.grad


@alternative("directional_derivative")
def directional_derivative_with_backward(f: Function, x: Tensor, v: Tensor) -> Tensor:
    x = x.clone()
    x.requires_grad = True
    f(x).backward()
    return torch.dot(x.grad.flatten(), v.flatten())


@alternative("directional_derivative")
def directional_derivative_by_a_functional_gradient(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return torch.sum(torch.func.grad(f)(x) * v)


@alternative("first_order_change")
def first_order_change_along_a_line(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    t = torch.zeros((), dtype=x.dtype, requires_grad=True)
    (predicted,) = torch.autograd.grad(f(x + t * step), t)
    return predicted, f(x + step) - f(x)


@alternative("first_order_change")
def first_order_change_with_backward(f: Function, x: Tensor, step: Tensor) -> list[Tensor]:
    point = leaf(x)
    before = f(point)
    before.backward()
    return [torch.sum(point.grad * step), f(point + step) - before]


# Jacobians and curvature ---------------------------------------------------------------------


@alternative("jacobian")
def jacobian_by_upstream_gradients(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    result = torch.zeros(*output.shape, *x.shape, dtype=x.dtype)
    for index in itertools.product(*(range(n) for n in output.shape)):
        upstream = torch.zeros_like(output)
        upstream[index] = 1
        (result[index],) = torch.autograd.grad(output, point, upstream, retain_graph=True)
    return result


@alternative("jacobian")
def jacobian_clearing_grad_for_each_row(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    rows = []
    for entry in output.flatten():
        point.grad = None
        entry.backward(retain_graph=True)
        rows.append(point.grad)
    return torch.stack(rows).view(output.shape + x.shape)


@alternative("jacobian")
def jacobian_with_a_new_graph_for_each_row(f: Function, x: Tensor) -> Tensor:
    shape = f(x).shape
    rows = []
    for i in range(shape.numel()):
        point = leaf(x)
        f(point).reshape(-1)[i].backward()
        rows.append(point.grad)
    return torch.stack(rows).reshape(*shape, *x.shape)


@alternative("jacobian")
def jacobian_by_one_batch_of_upstream_gradients(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    basis = torch.eye(output.numel(), dtype=output.dtype).reshape(-1, *output.shape)
    (rows,) = torch.autograd.grad(output, point, basis, is_grads_batched=True)
    return rows.reshape(*output.shape, *x.shape)


@alternative("jacobian")
def jacobian_by_a_functional_product(f: Function, x: Tensor) -> Tensor:
    value, pull_back = torch.func.vjp(f, x)
    axes = torch.eye(value.numel(), dtype=value.dtype).reshape(-1, *value.shape)
    return torch.cat([pull_back(e)[0].reshape(-1) for e in axes]).view(value.shape + x.shape)


@alternative("hessian")
def hessian_adding_a_graph_that_is_always_there(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    (gradient,) = torch.autograd.grad(f(point) + 0 * (point**2).sum(), point, create_graph=True)
    rows = []
    for i in range(len(x)):
        rows.append(torch.autograd.grad(gradient[i], point, retain_graph=True)[0])
    return torch.stack(rows)


@alternative("hessian")
def hessian_by_backward_twice(f: Function, x: Tensor) -> Tensor:
    n = len(x)
    result = torch.zeros(n, n, dtype=x.dtype)
    for i in range(n):
        point = leaf(x)
        gradient = torch.autograd.grad(f(point), point, create_graph=True)[0]
        if gradient.grad_fn is None:
            continue
        second = torch.autograd.grad(gradient[i], point, allow_unused=True)[0]
        if second is not None:
            result[:, i] = second
    return result


@alternative("hessian")
def hessian_by_products_with_the_axes(f: Function, x: Tensor) -> Tensor:
    gradient = torch.func.grad(f)
    columns = [
        torch.func.grad(lambda p, e=e: gradient(p) @ e)(x) for e in torch.eye(len(x), dtype=x.dtype)
    ]
    return torch.stack(columns, dim=1)


@alternative("hessian")
def hessian_by_pulling_back_the_gradient(f: Function, x: Tensor) -> Tensor:
    _, pull_back = torch.func.vjp(torch.func.grad(f), x)
    return torch.stack([pull_back(e)[0] for e in torch.eye(len(x), dtype=x.dtype)])


@alternative("hessian_vector_product")
def hessian_vector_product_as_an_upstream_gradient(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point = leaf(x)
    gradient = torch.autograd.grad(f(point), point, create_graph=True)[0]
    return torch.autograd.grad(gradient, point, grad_outputs=v)[0]


@alternative("hessian_vector_product")
def hessian_vector_product_forward_over_reverse(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.jvp(torch.func.grad(f), (x,), (v,))[1]


@alternative("hessian_vector_product")
def hessian_vector_product_by_functional_gradients(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return torch.func.grad(lambda p: (torch.func.grad(f)(p) * v).sum())(x)


# An operation of your own --------------------------------------------------------------------


@alternative("Softplus")
class SoftplusByLogaddexp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.x = x
        return torch.logaddexp(x, torch.zeros_like(x))

    @staticmethod
    def backward(ctx, g):
        # The slope, exp(x − softplus(x)), needs no sigmoid.
        return g * torch.exp(ctx.x - torch.logaddexp(ctx.x, torch.zeros_like(ctx.x)))


@alternative("Softplus")
class SoftplusInTwoBranches(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        small = torch.exp(torch.where(x > 0, -x, x))
        ctx.save_for_backward(torch.where(x > 0, 1 / (1 + small), small / (1 + small)))
        return torch.where(x > 0, x, torch.zeros_like(x)) + small.log1p()

    @staticmethod
    def backward(ctx, upstream):
        return ctx.saved_tensors[0] * upstream


@alternative("Softplus")
class SoftplusWithASetupOfItsContext(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return -F.logsigmoid(-x)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * x.sigmoid()


@alternative("Softplus")
class SoftplusFromItsValue(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        value = torch.maximum(x, torch.zeros_like(x)) + (-x.abs()).exp().log1p()
        ctx.save_for_backward(value)
        return value

    @staticmethod
    def backward(ctx, upstream):
        # 1 − exp(−softplus(x)) is the sigmoid of x; expm1 keeps it where it is tiny.
        (value,) = ctx.saved_tensors
        return -upstream * torch.expm1(-value)
