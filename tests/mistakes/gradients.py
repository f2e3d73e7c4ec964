"""Known mistakes in the exercises of 07-gradients, each with the sentence that a student reads."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from torchmarks.catalogue import mistake

Function = Callable[[Tensor], Tensor]
Gradients = dict[str, Tensor]
Parameters = tuple[Tensor, Tensor, Tensor, Tensor]


def leaf(x: Tensor) -> Tensor:
    return x.detach().clone().requires_grad_()


def gradient_of(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    (gradient,) = torch.autograd.grad(f(point), point)
    return gradient


# Slopes --------------------------------------------------------------------------------------


def steps_along_the_axes(x: Tensor, eps: float) -> Tensor:
    return eps * torch.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)


@mistake(
    "numerical_gradient",
    "The difference is one-sided: look to both sides of x, at x + ε and x − ε.",
)
def numerical_gradient_one_sided(f: Function, x: Tensor, eps: float) -> Tensor:
    steps = steps_along_the_axes(x, eps)
    return torch.stack([(f(x + s) - f(x)) / eps for s in steps]).reshape(x.shape)


@mistake("numerical_gradient", "The difference looks backwards only: look to both sides of x.")
def numerical_gradient_backwards(f: Function, x: Tensor, eps: float) -> Tensor:
    steps = steps_along_the_axes(x, eps)
    return torch.stack([(f(x) - f(x - s)) / eps for s in steps]).reshape(x.shape)


@mistake("numerical_gradient", "The two points lie 2ε apart, but the difference is divided by ε.")
def numerical_gradient_divided_by_eps(f: Function, x: Tensor, eps: float) -> Tensor:
    steps = steps_along_the_axes(x, eps)
    return torch.stack([(f(x + s) - f(x - s)) / eps for s in steps]).reshape(x.shape)


@mistake("numerical_gradient", "Without brackets `/ 2 * eps` divides by 2 and multiplies by ε.")
def numerical_gradient_without_brackets(f: Function, x: Tensor, eps: float) -> Tensor:
    steps = steps_along_the_axes(x, eps)
    return torch.stack([(f(x + s) - f(x - s)) / 2 * eps for s in steps]).reshape(x.shape)


@mistake(
    "numerical_gradient",
    "x is moved in place and never put back: the next entry is measured elsewhere.",
)
def numerical_gradient_leaving_x_changed(f: Function, x: Tensor, eps: float) -> Tensor:
    result = torch.zeros_like(x)
    flat, slopes = x.view(-1), result.view(-1)
    for i in range(x.numel()):
        flat[i] += eps
        above = f(x)
        flat[i] -= 2 * eps
        slopes[i] = (above - f(x)) / (2 * eps)
    return result


@mistake("numerical_gradient", "All entries are moved at once: each slope moves one entry alone.")
def numerical_gradient_moving_everything(f: Function, x: Tensor, eps: float) -> Tensor:
    return torch.ones_like(x) * (f(x + eps) - f(x - eps)) / (2 * eps)


@mistake(
    "numerical_gradient",
    "Whole rows are moved at once: go through all entries, whatever the number of axes.",
)
def numerical_gradient_row_by_row(f: Function, x: Tensor, eps: float) -> Tensor:
    result = torch.zeros_like(x)
    if x.ndim == 0:
        return (f(x + eps) - f(x - eps)) / (2 * eps)
    for i in range(len(x)):
        step = torch.zeros_like(x)
        step[i] = eps
        result[i] = (f(x + step) - f(x - step)) / (2 * eps)
    return result


@mistake("numerical_gradient", "The slopes come as one long vector: give them the shape of x.")
def numerical_gradient_flattened(f: Function, x: Tensor, eps: float) -> Tensor:
    return torch.stack([(f(x + s) - f(x - s)) / (2 * eps) for s in steps_along_the_axes(x, eps)])


@mistake(
    "quadratic_gradient", "A factor 2 is too many: the ½ of the loss cancels that of the square."
)
def quadratic_gradient_twice(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return 2 * X.T @ (X @ w - y)


@mistake(
    "quadratic_gradient", "The residual has the wrong sign: it is prediction minus target, Xw − y."
)
def quadratic_gradient_turned_round(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X.T @ (y - X @ w)


@mistake(
    "quadratic_gradient",
    "This is the residual, one number for each example: Xᵀ takes it to the weights.",
)
def quadratic_gradient_without_x(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X @ w - y


@mistake("quadratic_gradient", "X stands where Xᵀ belongs: each weight gathers from a column of X.")
def quadratic_gradient_not_transposed(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X @ (X @ w - y)


@mistake("quadratic_gradient", "It takes the mean over the examples: this loss is a sum.")
def quadratic_gradient_averaged(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X.T @ (X @ w - y) / len(y)


@mistake("quadratic_gradient", "The targets are missing: the error is Xw − y, not Xw.")
def quadratic_gradient_without_targets(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X.T @ X @ w


@mistake(
    "quadratic_gradient",
    "This is the loss itself: asked for is its gradient, one number for each weight.",
)
def quadratic_gradient_as_the_loss(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return 0.5 * (X @ w - y).square().sum()


@mistake(
    "quadratic_gradient",
    "A column (n, 1) met a vector (n) and the residual became a table: keep y as it is.",
)
def quadratic_gradient_broadcast(X: Tensor, w: Tensor, y: Tensor) -> Tensor:
    return X.T @ (X @ w - y.unsqueeze(1))


# The chain rule ------------------------------------------------------------------------------


@mistake("chain", "The slopes are added: along a chain they multiply.")
def chain_adding_the_slopes(functions: list, derivatives: list, x: Tensor) -> Tensor:
    value, slope = x, torch.zeros_like(x)
    for function, derivative in zip(functions, derivatives, strict=True):
        slope = slope + derivative(value)
        value = function(value)
    return slope


@mistake(
    "chain", "All slopes are taken at x: each belongs to the value that its function receives."
)
def chain_with_every_slope_at_x(functions: list, derivatives: list, x: Tensor) -> Tensor:
    slope = torch.ones_like(x)
    for derivative in derivatives:
        slope = slope * derivative(x)
    return slope


@mistake(
    "chain",
    "The slope is taken after the value has moved on: take it at the input of its function.",
)
def chain_with_slopes_at_the_outputs(functions: list, derivatives: list, x: Tensor) -> Tensor:
    value, slope = x, torch.ones_like(x)
    for function, derivative in zip(functions, derivatives, strict=True):
        value = function(value)
        slope = slope * derivative(value)
    return slope


@mistake(
    "chain", "The functions are applied in the wrong order: the first in the list comes first."
)
def chain_in_reversed_order(functions: list, derivatives: list, x: Tensor) -> Tensor:
    value, slope = x, torch.ones_like(x)
    for function, derivative in zip(functions[::-1], derivatives[::-1], strict=True):
        slope = slope * derivative(value)
        value = function(value)
    return slope


@mistake("chain", "The inner slopes are missing: this is the outermost derivative alone.")
def chain_with_the_last_slope_only(functions: list, derivatives: list, x: Tensor) -> Tensor:
    value, slope = x, torch.ones_like(x)
    for function, derivative in zip(functions, derivatives, strict=True):
        slope = derivative(value)
        value = function(value)
    return slope


@mistake(
    "chain",
    "The derivatives are chained into each other: chain the functions, multiply the derivatives.",
)
def chain_of_derivatives(functions: list, derivatives: list, x: Tensor) -> Tensor:
    for derivative in derivatives:
        x = derivative(x)
    return x


@mistake("chain", "This is the value of the composition: asked for is its slope.")
def chain_as_the_value(functions: list, derivatives: list, x: Tensor) -> Tensor:
    for function in functions:
        x = function(x)
    return x


def two_layers(x: Tensor, W1: Tensor, W2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    a = W1 @ x
    h = a.relu()
    return a, h, W2 @ h


@mistake(
    "two_layer_gradients",
    "The mask of the ReLU is missing: a unit that was off passes no gradient on.",
)
def two_layer_gradients_without_the_mask(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    _, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": dh, "W1": torch.outer(dh, x)}


@mistake(
    "two_layer_gradients",
    "An outer product is transposed: a weight's gradient has the shape of the weight.",
)
def two_layer_gradients_with_transposed_outer_products(
    x: Tensor, W1: Tensor, W2: Tensor
) -> Gradients:
    a, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh * (a > 0)
    return {"y": dy, "W2": torch.outer(h, dy), "h": dh, "a": da, "W1": torch.outer(x, da)}


@mistake(
    "two_layer_gradients",
    "W2 stands where its transpose belongs: it leads from h to y, you go back.",
)
def two_layer_gradients_with_w2_for_its_transpose(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2 @ dy
    da = dh * (a > 0)
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake("two_layer_gradients", "The 2 of the square is missing in the very first step, at y.")
def two_layer_gradients_without_the_two(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a, h, y = two_layers(x, W1, W2)
    dh = W2.T @ y
    da = dh * (a > 0)
    return {"y": y, "W2": torch.outer(y, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake(
    "two_layer_gradients",
    "The mask looks at the gradient's sign: it asks where the unit's input was positive.",
)
def two_layer_gradients_masked_by_the_gradient(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    _, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh.relu()
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake("two_layer_gradients", "The gradient of W2 uses a: the layer received h, after the ReLU.")
def two_layer_gradients_with_a_for_h(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a, _, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh * (a > 0)
    return {"y": dy, "W2": torch.outer(dy, a), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake(
    "two_layer_gradients", "ReLU passes the gradient with the factor a here: its slope is 1 or 0."
)
def two_layer_gradients_scaled_by_the_activation(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    _, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh * h
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake(
    "two_layer_gradients", "A unit exactly at zero counts as off: the slope of ReLU is 0 there."
)
def two_layer_gradients_open_at_zero(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh * (a >= 0)
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake(
    "two_layer_gradients",
    "The mask is written into the gradient of h itself: make a new tensor for that of a.",
)
def two_layer_gradients_overwriting_h(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a, h, y = two_layers(x, W1, W2)
    dy = 2 * y
    dh = W2.T @ dy
    da = dh
    da[a <= 0] = 0
    return {"y": dy, "W2": torch.outer(dy, h), "h": dh, "a": da, "W1": torch.outer(da, x)}


def backward(
    X: Tensor,
    Y: Tensor,
    parameters: Parameters,
    *,
    error: Callable[[Tensor, Tensor], Tensor] = lambda P, Y: 2 * (P - Y) / P.numel(),
    bias: Callable[[Tensor], Tensor] = lambda G: G.sum(dim=0),
    mask: Callable[[Tensor, Tensor, Tensor], Tensor] = lambda A, P, dH: A > 0,
    back: Callable[[Tensor], Tensor] = lambda W2: W2.T,
    weight: Callable[[Tensor, Tensor], Tensor] = lambda inputs, G: inputs.T @ G,
) -> Gradients:
    """The right backward pass; each mistake replaces one of its steps."""
    W1, b1, W2, b2 = parameters
    A = X @ W1 + b1
    H = A.relu()
    P = H @ W2 + b2
    dP = error(P, Y)
    dH = dP @ back(W2)
    dA = dH * mask(A, P, dH)
    gradients = {"P": dP, "W2": weight(H, dP), "b2": bias(dP), "H": dH}
    return gradients | {"A": dA, "W1": weight(X, dA), "b1": bias(dA)}


@mistake("mlp_backward", "A bias serves every example: sum its gradient over the batch.")
def mlp_backward_with_biases_not_summed(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, bias=lambda G: G)


@mistake(
    "mlp_backward",
    "The bias takes a mean over the batch: the loss is a mean already, so it is a sum here.",
)
def mlp_backward_with_biases_averaged(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, bias=lambda G: G.mean(dim=0))


@mistake("mlp_backward", "The bias is summed over the outputs instead of the examples.")
def mlp_backward_with_biases_summed_over_outputs(
    X: Tensor, Y: Tensor, parameters: Parameters
) -> Gradients:
    return backward(X, Y, parameters, bias=lambda G: G.sum(dim=1))


@mistake("mlp_backward", "The mean is missing: the loss divides by the number of entries of P.")
def mlp_backward_of_the_sum(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, error=lambda P, Y: 2 * (P - Y))


@mistake("mlp_backward", "It divides by the number of examples: the mean is over all n·k entries.")
def mlp_backward_averaged_over_examples(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, error=lambda P, Y: 2 * (P - Y) / len(P))


@mistake("mlp_backward", "The 2 of the square is missing at P.")
def mlp_backward_without_the_two(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, error=lambda P, Y: (P - Y) / P.numel())


@mistake("mlp_backward", "The error has the wrong sign: it is P − Y.")
def mlp_backward_turned_round(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, error=lambda P, Y: 2 * (Y - P) / P.numel())


@mistake(
    "mlp_backward",
    "The mask is taken from the output P: it asks where A, the ReLU's own input, was positive.",
)
def mlp_backward_masked_by_the_output(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, mask=lambda A, P, dH: P > 0)


@mistake("mlp_backward", "The mask of the ReLU is missing between H and A.")
def mlp_backward_without_the_mask(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, mask=lambda A, P, dH: torch.ones_like(A))


@mistake("mlp_backward", "The mask looks at the gradient's sign: it asks where A was positive.")
def mlp_backward_masked_by_the_gradient(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, mask=lambda A, P, dH: dH > 0)


@mistake("mlp_backward", "W2 stands where its transpose belongs on the way back to H.")
def mlp_backward_with_w2_for_its_transpose(
    X: Tensor, Y: Tensor, parameters: Parameters
) -> Gradients:
    return backward(X, Y, parameters, back=lambda W2: W2)


@mistake(
    "mlp_backward",
    "The weights' gradients are transposed: inputs are the rows of W, outputs its columns.",
)
def mlp_backward_with_transposed_weights(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, weight=lambda inputs, G: G.T @ inputs)


@mistake("mlp_backward", "The gradient of W2 uses A: the layer received H, after the ReLU.")
def mlp_backward_with_a_for_h(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    gradients = backward(X, Y, parameters)
    return gradients | {"W2": (X @ parameters[0] + parameters[1]).T @ gradients["P"]}


@mistake(
    "mlp_backward", "b1 collects the gradient of H: it is added before the ReLU, so that of A."
)
def mlp_backward_with_b1_from_h(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    gradients = backward(X, Y, parameters)
    return gradients | {"b1": gradients["H"].sum(dim=0)}


@mistake(
    "mlp_backward",
    "The mask is written into the gradient of H itself: make a new tensor for that of A.",
)
def mlp_backward_overwriting_h(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    gradients = backward(X, Y, parameters)
    return gradients | {"H": gradients["A"]}


@mistake("mlp_backward", "A unit exactly at zero counts as off: the slope of ReLU is 0 there.")
def mlp_backward_open_at_zero(X: Tensor, Y: Tensor, parameters: Parameters) -> Gradients:
    return backward(X, Y, parameters, mask=lambda A, P, dH: A >= 0)


@mistake("mlp_backward", "There is a ReLU on the output too: P may be negative.")
def mlp_backward_with_a_relu_on_the_output(
    X: Tensor, Y: Tensor, parameters: Parameters
) -> Gradients:
    return backward(X, Y, parameters, error=lambda P, Y: 2 * (P.relu() - Y) / P.numel())


# Softmax -------------------------------------------------------------------------------------


@mistake(
    "softmax_jacobian", "The diagonal alone is not enough: every probability depends on all logits."
)
def softmax_jacobian_diagonal_only(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return torch.diag_embed(p * (1 - p))


@mistake(
    "softmax_jacobian",
    "Off the diagonal the sign is wrong: more of one class is less of the others.",
)
def softmax_jacobian_positive_off_the_diagonal(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    outer = p.unsqueeze(-1) * p.unsqueeze(-2)
    return outer + torch.diag_embed(p - 2 * p**2)


@mistake("softmax_jacobian", "The two terms are added: the table of products is subtracted.")
def softmax_jacobian_with_a_plus(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return torch.diag_embed(p) + p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake("softmax_jacobian", "The diagonal term diag(p) is missing.")
def softmax_jacobian_without_the_diagonal_term(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return -p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake(
    "softmax_jacobian",
    "This is the derivative of a function entry by entry, a vector: asked for is a matrix.",
)
def softmax_jacobian_as_a_vector(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return p * (1 - p)


@mistake(
    "softmax_jacobian",
    "Every entry of the diagonal is 1 − p here: it still has to be multiplied by p.",
)
def softmax_jacobian_with_the_identity(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return torch.eye(p.shape[-1], dtype=p.dtype) - p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake(
    "softmax_jacobian", "It handles a single vector only: any axes before the last are a batch."
)
def softmax_jacobian_of_one_vector(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return torch.diag(p) - torch.outer(p, p)


@mistake(
    "softmax_jacobian", "The softmax is taken over the batch: the classes lie along the last axis."
)
def softmax_jacobian_over_the_batch(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=0)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake(
    "softmax_jacobian",
    "Large logits overflow in exp: subtract the maximum first, or use torch.softmax.",
)
def softmax_jacobian_unstable(logits: Tensor) -> Tensor:
    p = logits.exp() / logits.exp().sum(dim=-1, keepdim=True)
    return torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake(
    "softmax_jacobian",
    "p² is taken off the diagonal twice: the table of products holds it already.",
)
def softmax_jacobian_subtracting_twice(logits: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    return torch.diag_embed(p * (1 - p)) - p.unsqueeze(-1) * p.unsqueeze(-2)


@mistake("softmax_jacobian", "It handles one batch axis only: there may be any number of them.")
def softmax_jacobian_of_rows(logits: Tensor) -> Tensor:
    rows = logits.softmax(dim=-1)
    if rows.ndim == 1:
        return torch.diag(rows) - torch.outer(rows, rows)
    return torch.stack([torch.diag(p) - torch.outer(p, p) for p in rows])


def one_hot(logits: Tensor, labels: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(labels, logits.shape[1]).to(logits.dtype)


@mistake("softmax_cross_entropy_gradient", "The 1/n is missing: the loss is a mean over the batch.")
def softmax_cross_entropy_gradient_of_the_sum(logits: Tensor, labels: Tensor) -> Tensor:
    return logits.softmax(dim=-1) - one_hot(logits, labels)


@mistake("softmax_cross_entropy_gradient", "The sign is wrong: it is probability minus label.")
def softmax_cross_entropy_gradient_turned_round(logits: Tensor, labels: Tensor) -> Tensor:
    return (one_hot(logits, labels) - logits.softmax(dim=-1)) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "These are the probabilities over n: the label of each row is not subtracted.",
)
def softmax_cross_entropy_gradient_not_shifted(logits: Tensor, labels: Tensor) -> Tensor:
    return logits.softmax(dim=-1) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "1 is subtracted from every class: subtract it at the label alone.",
)
def softmax_cross_entropy_gradient_shifted_everywhere(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits.softmax(dim=-1) - 1) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "The label's whole column is shifted in every row: each row has its own label.",
)
def softmax_cross_entropy_gradient_with_whole_columns(logits: Tensor, labels: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    p[:, labels] -= 1
    return p / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "The softmax is taken down the columns: a row of logits belongs to one example.",
)
def softmax_cross_entropy_gradient_over_the_batch(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits.softmax(dim=0) - one_hot(logits, labels)) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient", "It divides by n times K: the mean is over the n examples."
)
def softmax_cross_entropy_gradient_averaged_over_classes(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits.softmax(dim=-1) - one_hot(logits, labels)) / logits.numel()


@mistake(
    "softmax_cross_entropy_gradient",
    "The label is subtracted from the logits: take the softmax first.",
)
def softmax_cross_entropy_gradient_from_logits(logits: Tensor, labels: Tensor) -> Tensor:
    return (logits - one_hot(logits, labels)) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "Large logits overflow in exp and leave NaN: use a stable softmax.",
)
def softmax_cross_entropy_gradient_unstable(logits: Tensor, labels: Tensor) -> Tensor:
    p = logits.exp() / logits.exp().sum(dim=-1, keepdim=True)
    return (p - one_hot(logits, labels)) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "one_hot guesses the number of classes from the labels seen: tell it K.",
)
def softmax_cross_entropy_gradient_with_guessed_classes(logits: Tensor, labels: Tensor) -> Tensor:
    truth = torch.nn.functional.one_hot(labels)
    return (logits.softmax(dim=-1) - truth) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "This is the gradient at the probabilities, −1/p: pull it back through the softmax.",
)
def softmax_cross_entropy_gradient_at_the_probabilities(logits: Tensor, labels: Tensor) -> Tensor:
    return -one_hot(logits, labels) / logits.softmax(dim=-1) / len(labels)


@mistake(
    "softmax_cross_entropy_gradient",
    "The detour over 1/p is NaN once p has underflowed to 0: what is left of it has no 1/p.",
)
def softmax_cross_entropy_gradient_by_a_detour(logits: Tensor, labels: Tensor) -> Tensor:
    p = logits.softmax(dim=-1)
    upstream = torch.zeros_like(p)
    rows = torch.arange(len(labels))
    upstream[rows, labels] = -1 / p[rows, labels] / len(labels)
    J = torch.diag_embed(p) - p.unsqueeze(-1) * p.unsqueeze(-2)
    return (upstream.unsqueeze(-2) @ J).squeeze(-2)


@mistake(
    "softmax_cross_entropy_gradient",
    "Only the label is divided by n: the mean divides the whole difference.",
)
def softmax_cross_entropy_gradient_without_brackets(logits: Tensor, labels: Tensor) -> Tensor:
    return logits.softmax(dim=-1) - one_hot(logits, labels) / len(labels)


@mistake("gradient_steps", "The gradient is scaled to length 1: here it is taken as it stands.")
def gradient_steps_of_one_length(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    for _ in range(steps):
        gradient = gradient_of(loss, w)
        w = w - lr * gradient / gradient.norm()
    return w


# The machine ---------------------------------------------------------------------------------


@mistake(
    "gradient_steps", "The gradients accumulate: backward adds to .grad, so clear it in every step."
)
def gradient_steps_accumulating(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    weights = leaf(w)
    for _ in range(steps):
        loss(weights).backward()
        with torch.no_grad():
            weights -= lr * weights.grad
    return weights.detach()


@mistake("gradient_steps", "It climbs: move opposite to the gradient, w − lr · ∇loss.")
def gradient_steps_uphill(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    for _ in range(steps):
        w = w + lr * gradient_of(loss, w)
    return w


@mistake("gradient_steps", "The update is recorded: the result drags the graph of all steps along.")
def gradient_steps_keeping_the_graph(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    weights = leaf(w)
    for _ in range(steps):
        (gradient,) = torch.autograd.grad(loss(weights), weights, create_graph=True)
        weights = weights - lr * gradient
    return weights


@mistake(
    "gradient_steps",
    "After the update w is no leaf any more and its .grad stays None: make it a leaf again.",
)
def gradient_steps_losing_the_leaf(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    import warnings

    weights = leaf(w)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(steps):
            loss(weights).backward()
            weights = weights - lr * weights.grad
    return weights.detach()


@mistake("gradient_steps", "The caller's weights are changed: work on a copy of w.")
def gradient_steps_in_place(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    for _ in range(steps):
        w -= lr * gradient_of(loss, w)
    return w


@mistake(
    "gradient_steps", "The gradient is computed once, at the start: compute it anew in every step."
)
def gradient_steps_with_a_stale_gradient(
    w: Tensor, loss: Function, lr: float, steps: int
) -> Tensor:
    gradient = gradient_of(loss, w)
    for _ in range(steps):
        w = w - lr * gradient
    return w


@mistake("gradient_steps", "The learning rate is missing: each step is lr times the gradient.")
def gradient_steps_without_a_learning_rate(
    w: Tensor, loss: Function, lr: float, steps: int
) -> Tensor:
    for _ in range(steps):
        w = w - gradient_of(loss, w)
    return w


@mistake("gradient_steps", "It takes one step too many.")
def gradient_steps_one_too_many(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    for _ in range(steps + 1):
        w = w - lr * gradient_of(loss, w)
    return w


@mistake(
    "gradient_steps",
    "The update is made in place while torch records: switch the recording off for it.",
)
def gradient_steps_without_no_grad(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    weights = leaf(w)
    for _ in range(steps):
        weights.grad = None
        loss(weights).backward()
        weights -= lr * weights.grad
    return weights.detach()


@mistake(
    "mend_the_graph",
    "Every path is cut somewhere: follow the value backwards from the result to W.",
)
def mend_the_graph_detached_at_the_end(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    return ((torch.sigmoid(a) * a / a.norm() + a.sin()).sum() + W.square().mean()).detach()


@mistake("mend_the_graph", "`.item()` is still there: the length of a depends on W too.")
def mend_the_graph_with_item(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    return (torch.sigmoid(a) * a / a.norm().item() + a.sin()).sum() + W.square().mean()


@mistake("mend_the_graph", "`.detach()` is still there: the gate depends on W too.")
def mend_the_graph_with_detach(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    return (torch.sigmoid(a).detach() * a / a.norm() + a.sin()).sum() + W.square().mean()


@mistake("mend_the_graph", "`.data` is still there: the penalty depends on W too.")
def mend_the_graph_with_data(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    return (torch.sigmoid(a) * a / a.norm() + a.sin()).sum() + W.data.square().mean()


@mistake(
    "mend_the_graph", "The wave still goes through NumPy, which keeps no graph: torch has a sine."
)
def mend_the_graph_with_numpy(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    wave = torch.from_numpy(np.sin(a.detach().numpy()))
    return (torch.sigmoid(a) * a / a.norm() + wave).sum() + W.square().mean()


@mistake(
    "mend_the_graph", "Nothing is mended yet: of the five ways from W to the value, four are cut."
)
def mend_the_graph_untouched(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    wave = torch.from_numpy(np.sin(a.detach().numpy()))
    gated = torch.sigmoid(a).detach() * a / a.norm().item()
    return (gated + wave).sum() + W.data.square().mean()


@mistake("mend_the_graph", "x is cut off: gradients have to reach x as well as W.")
def mend_the_graph_for_w_only(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x.detach()
    return (torch.sigmoid(a) * a / a.norm() + a.sin()).sum() + W.square().mean()


@mistake("mend_the_graph", "W is cut off: gradients have to reach W as well as x.")
def mend_the_graph_for_x_only(x: Tensor, W: Tensor) -> Tensor:
    W = leaf(W)
    a = W @ x
    return (torch.sigmoid(a) * a / a.norm() + a.sin()).sum() + W.square().mean()


@mistake(
    "mend_the_graph",
    "`requires_grad_` on a new tensor starts a graph of its own: it leads to no weight.",
)
def mend_the_graph_with_new_leaves(x: Tensor, W: Tensor) -> Tensor:
    a = W @ x
    wave = torch.from_numpy(np.sin(a.detach().numpy())).requires_grad_()
    gate = torch.sigmoid(a).detach().requires_grad_()
    length = torch.tensor(a.norm().item(), dtype=a.dtype, requires_grad=True)
    return (gate * a / length + wave).sum() + W.square().mean()


# First order ---------------------------------------------------------------------------------


@mistake(
    "directional_derivative", "v is not used: this is the gradient, the same for every direction."
)
def directional_derivative_without_v(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return gradient_of(f, x)


@mistake("directional_derivative", "v is not used: this is the sum of the gradient's entries.")
def directional_derivative_as_a_sum(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return gradient_of(f, x).sum()


@mistake("directional_derivative", "The products are still to be added up: the rate is one number.")
def directional_derivative_without_the_sum(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return gradient_of(f, x) * v


@mistake("directional_derivative", "v is scaled to length 1: here it is taken as it stands.")
def directional_derivative_along_a_unit_vector(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return (gradient_of(f, x) * v).sum() / v.norm()


@mistake(
    "directional_derivative",
    "f(x) is added: a rate of change has nothing to do with the value itself.",
)
def directional_derivative_plus_the_value(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return f(x) + (gradient_of(f, x) * v).sum()


@mistake(
    "directional_derivative",
    "This is a difference quotient, exact to a few digits only: use the gradient.",
)
def directional_derivative_by_differences(f: Function, x: Tensor, v: Tensor) -> Tensor:
    x64, v64 = x.double(), v.double()
    return ((f(x64 + 1e-4 * v64) - f(x64)) / 1e-4).to(x.dtype)


@mistake(
    "directional_derivative",
    "This is a difference quotient, good for some v and poor for others: use the gradient.",
)
def directional_derivative_by_central_differences(f: Function, x: Tensor, v: Tensor) -> Tensor:
    x64, v64 = x.double(), v.double()
    return ((f(x64 + 1e-6 * v64) - f(x64 - 1e-6 * v64)) / 2e-6).to(x.dtype)


@mistake("directional_derivative", "This is the whole change along v: asked for is the rate at x.")
def directional_derivative_as_the_change(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return f(x + v) - f(x)


@mistake("directional_derivative", "The gradient is taken at v: take it at x, then multiply by v.")
def directional_derivative_at_v(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return (gradient_of(f, v) * x).sum()


def changes(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    return (gradient_of(f, x) * step).sum(), f(x + step) - f(x)


@mistake("first_order_change", "f(x) is added: both are changes, and f(x) is in neither.")
def first_order_change_as_values(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    predicted, _ = changes(f, x, step)
    return f(x) + predicted, f(x + step)


@mistake("first_order_change", "f(x) is added to the prediction: predicted is a change as well.")
def first_order_change_predicting_the_value(
    f: Function, x: Tensor, step: Tensor
) -> tuple[Tensor, Tensor]:
    predicted, actual = changes(f, x, step)
    return f(x) + predicted, actual


@mistake(
    "first_order_change",
    "The step is not used in the prediction: it is the gradient's dot product with it.",
)
def first_order_change_without_the_step(
    f: Function, x: Tensor, step: Tensor
) -> tuple[Tensor, Tensor]:
    return gradient_of(f, x).sum(), f(x + step) - f(x)


@mistake("first_order_change", "The two are swapped: the predicted change comes first.")
def first_order_change_swapped(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    predicted, actual = changes(f, x, step)
    return actual, predicted


@mistake("first_order_change", "The gradient is taken after the step: a prediction is made at x.")
def first_order_change_from_behind(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    return (gradient_of(f, x + step) * step).sum(), f(x + step) - f(x)


@mistake("first_order_change", "The actual change has the wrong sign: it is after minus before.")
def first_order_change_turned_round(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    predicted, actual = changes(f, x, step)
    return predicted, -actual


@mistake(
    "first_order_change",
    "The prediction is the gradient's length times the step's: the angle counts, too.",
)
def first_order_change_of_lengths(f: Function, x: Tensor, step: Tensor) -> tuple[Tensor, Tensor]:
    return gradient_of(f, x).norm() * step.norm(), f(x + step) - f(x)


@mistake("first_order_change", "It moves against the step: f is to be taken at x + step.")
def first_order_change_against_the_step(
    f: Function, x: Tensor, step: Tensor
) -> tuple[Tensor, Tensor]:
    return changes(f, x, -step)


# Jacobians and curvature ---------------------------------------------------------------------


def rows_of_the_jacobian(f: Function, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    point = leaf(x)
    output = f(point)
    entries = output.reshape(-1)
    return output, [torch.autograd.grad(e, point, retain_graph=True)[0] for e in entries]


@mistake("jacobian", "It is transposed: a row belongs to an output, a column to an input.")
def jacobian_transposed(f: Function, x: Tensor) -> Tensor:
    _, rows = rows_of_the_jacobian(f, x)
    return torch.stack(rows, dim=-1)


@mistake("jacobian", "The graph is freed after the first row: keep it for the others.")
def jacobian_freeing_the_graph(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    rows = [torch.autograd.grad(e, point)[0] for e in output.reshape(-1)]
    return torch.stack(rows).reshape(*output.shape, *x.shape)


@mistake(
    "jacobian", "This is the gradient of the sum of all outputs: each output has a row of its own."
)
def jacobian_of_the_sum(f: Function, x: Tensor) -> Tensor:
    return gradient_of(lambda p: f(p).sum(), x)


@mistake("jacobian", "The rows pile up in .grad: clear it before each row.")
def jacobian_with_rows_piling_up(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    rows = []
    for entry in output.reshape(-1):
        entry.backward(retain_graph=True)
        rows.append(point.grad.clone())
    return torch.stack(rows).reshape(*output.shape, *x.shape)


@mistake(
    "jacobian", "All rows are one and the same tensor: .grad is changed in place, so copy each row."
)
def jacobian_with_rows_that_are_one(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    point.grad = torch.zeros_like(point)
    rows = []
    for entry in output.reshape(-1):
        point.grad.zero_()
        entry.backward(retain_graph=True)
        rows.append(point.grad)
    return torch.stack(rows).reshape(*output.shape, *x.shape)


@mistake("jacobian", "The result is left flat: it has the axes of f(x) first, then those of x.")
def jacobian_left_flat(f: Function, x: Tensor) -> Tensor:
    _, rows = rows_of_the_jacobian(f, x)
    return torch.stack([row.reshape(-1) for row in rows])


@mistake(
    "jacobian",
    "Only one axis of outputs is handled: go through all entries of f(x), also of a matrix.",
)
def jacobian_of_vectors_only(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    output = f(point)
    if output.ndim == 0:
        return gradient_of(f, x)
    return torch.stack([torch.autograd.grad(e.sum(), point, retain_graph=True)[0] for e in output])


@mistake(
    "jacobian",
    "This is a difference quotient, exact to a few digits only: use vector–Jacobian products.",
)
def jacobian_by_differences(f: Function, x: Tensor) -> Tensor:
    x64, eps = x.double(), 1e-5
    steps = eps * torch.eye(x.numel(), dtype=torch.float64).reshape(-1, *x.shape)
    try:
        columns = [(f(x64 + s) - f(x64 - s)) / (2 * eps) for s in steps]
    except RuntimeError:  # f has weights in float32
        columns = [(f((x64 + s).float()) - f((x64 - s).float())) / (2 * eps) for s in steps]
    result = torch.stack(columns, dim=-1)
    return result.reshape(*result.shape[:-1], *x.shape).to(x.dtype)


def recorded_gradient(f: Function, x: Tensor) -> tuple[Tensor, Tensor]:
    point = leaf(x)
    (gradient,) = torch.autograd.grad(f(point), point, create_graph=True)
    return point, gradient


@mistake(
    "hessian",
    "This is the gradient times itself: a Hessian holds second derivatives, not squared first ones.",
)
def hessian_as_an_outer_product(f: Function, x: Tensor) -> Tensor:
    gradient = gradient_of(f, x)
    return torch.outer(gradient, gradient)


@mistake(
    "hessian",
    "A linear function leaves no graph to differentiate again: its second derivatives are 0.",
)
def hessian_failing_for_linear_functions(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    return torch.stack([torch.autograd.grad(g, point, retain_graph=True)[0] for g in gradient])


@mistake(
    "hessian", "The gradient left no graph, so it cannot be differentiated again: ask for one."
)
def hessian_without_a_second_graph(f: Function, x: Tensor) -> Tensor:
    point = leaf(x)
    (gradient,) = torch.autograd.grad(f(point), point, retain_graph=True)
    return torch.stack([torch.autograd.grad(g, point, retain_graph=True)[0] for g in gradient])


@mistake(
    "hessian",
    "These are row sums on a diagonal: differentiate each entry of the gradient by itself.",
)
def hessian_of_row_sums(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    if not gradient.requires_grad:
        return torch.zeros(len(x), len(x), dtype=x.dtype)
    return torch.diag(torch.autograd.grad(gradient.sum(), point)[0])


@mistake(
    "hessian",
    "It is one vector: differentiate each entry of the gradient by itself and stack the rows.",
)
def hessian_as_a_vector(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    if not gradient.requires_grad:
        return torch.zeros_like(x)
    return torch.autograd.grad(gradient.sum(), point)[0]


@mistake("hessian", "Only the diagonal is filled: the mixed second derivatives count as well.")
def hessian_diagonal_only(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    if not gradient.requires_grad:
        return torch.zeros(len(x), len(x), dtype=x.dtype)
    rows = [torch.autograd.grad(g, point, retain_graph=True)[0] for g in gradient]
    return torch.diag(torch.stack(rows).diagonal())


@mistake("hessian", "The graph is freed after the first row: keep it for the others.")
def hessian_freeing_the_graph(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    if not gradient.requires_grad:
        return torch.zeros(len(x), len(x), dtype=x.dtype)
    return torch.stack([torch.autograd.grad(g, point)[0] for g in gradient])


@mistake("hessian", "The rows pile up: clear .grad before each row.")
def hessian_with_rows_piling_up(f: Function, x: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    if not gradient.requires_grad:
        return torch.zeros(len(x), len(x), dtype=x.dtype)
    rows = [torch.autograd.grad(g, point, retain_graph=True)[0] for g in gradient]
    return torch.stack(rows).cumsum(dim=0)


@mistake(
    "hessian",
    "A difference of two gradients is exact to a few digits only: differentiate again.",
)
def hessian_by_differences(f: Function, x: Tensor) -> Tensor:
    eps = 1e-3
    steps = eps * torch.eye(len(x), dtype=x.dtype)
    return torch.stack([(gradient_of(f, x + s) - gradient_of(f, x - s)) / (2 * eps) for s in steps])


@mistake("hessian_vector_product", "v is not used: this is H times a vector of ones.")
def hessian_vector_product_without_v(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    return torch.autograd.grad(gradient.sum(), point)[0]


@mistake(
    "hessian_vector_product",
    "The full Hessian is built on the way: multiply the gradient by v before the second pass.",
)
def hessian_vector_product_by_the_matrix(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    rows = [torch.autograd.grad(gradient[i], point, retain_graph=True)[0] for i in range(len(x))]
    return torch.stack(rows) @ v


@mistake(
    "hessian_vector_product",
    "This is the gradient's product with v, a number: differentiate it once more.",
)
def hessian_vector_product_stopping_early(f: Function, x: Tensor, v: Tensor) -> Tensor:
    return gradient_of(f, x) @ v


@mistake("hessian_vector_product", "This is vᵀHv, a number: asked for is the vector Hv.")
def hessian_vector_product_as_a_quadratic_form(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    return torch.autograd.grad(gradient @ v, point)[0] @ v


@mistake(
    "hessian_vector_product",
    "v is multiplied in after the second pass, entry by entry: do it before.",
)
def hessian_vector_product_scaled_afterwards(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point, gradient = recorded_gradient(f, x)
    return torch.autograd.grad(gradient.sum(), point)[0] * v


@mistake(
    "hessian_vector_product",
    "The gradient left no graph, so it cannot be differentiated again: ask for one.",
)
def hessian_vector_product_without_a_graph(f: Function, x: Tensor, v: Tensor) -> Tensor:
    point = leaf(x)
    (gradient,) = torch.autograd.grad(f(point), point)
    return torch.autograd.grad(gradient @ v, point)[0]


@mistake(
    "hessian_vector_product",
    "This is the gradient times its own product with v: squared first derivatives.",
)
def hessian_vector_product_of_squares(f: Function, x: Tensor, v: Tensor) -> Tensor:
    gradient = gradient_of(f, x)
    return gradient * (gradient @ v)


@mistake(
    "hessian_vector_product",
    "A difference of two gradients is exact to a few digits only: differentiate again.",
)
def hessian_vector_product_by_differences(f: Function, x: Tensor, v: Tensor) -> Tensor:
    eps = 1e-3
    return (gradient_of(f, x + eps * v) - gradient_of(f, x - eps * v)) / (2 * eps)


# An operation of your own --------------------------------------------------------------------


def stable_softplus(x: Tensor) -> Tensor:
    return torch.logaddexp(x, torch.zeros_like(x))


@mistake("Softplus", "exp overflows in the value for large x: take the larger exponent out.")
class SoftplusUnstableForwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log1p(torch.exp(x))

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * torch.sigmoid(x)


@mistake(
    "Softplus",
    "The slope is ∞/∞ for large x, which is NaN: write it in a form that cannot overflow.",
)
class SoftplusUnstableBackwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return stable_softplus(x)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * torch.exp(x) / (1 + torch.exp(x))


@mistake("Softplus", "exp overflows for large x: the value becomes infinite or the slope NaN.")
class SoftplusUnstable(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.log(1 + torch.exp(x))

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * torch.exp(x) / (1 + torch.exp(x))


@mistake("Softplus", "The upstream gradient is ignored: the slope has to be multiplied by it.")
class SoftplusWithoutUpstream(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return stable_softplus(x)

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return torch.sigmoid(x)


@mistake("Softplus", "The upstream gradient is summed: every entry has one of its own.")
class SoftplusWithASummedUpstream(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return stable_softplus(x)

    @staticmethod
    def backward(ctx, upstream):
        return upstream.sum() * torch.sigmoid(ctx.saved_tensors[0])


@mistake("Softplus", "The upstream gradient is passed on unchanged: multiply it by the slope.")
class SoftplusWithoutASlope(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return stable_softplus(x)

    @staticmethod
    def backward(ctx, upstream):
        return upstream


@mistake(
    "Softplus", "This is the slope of the sigmoid: the slope of softplus is the sigmoid itself."
)
class SoftplusWithTheSlopeOfTheSigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return stable_softplus(x)

    @staticmethod
    def backward(ctx, upstream):
        p = torch.sigmoid(ctx.saved_tensors[0])
        return upstream * p * (1 - p)


@mistake("Softplus", "The slope is taken at the output: save the input for the way back.")
class SoftplusWithTheSlopeAtTheOutput(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        value = stable_softplus(x)
        ctx.save_for_backward(value)
        return value

    @staticmethod
    def backward(ctx, upstream):
        return upstream * torch.sigmoid(ctx.saved_tensors[0])


@mistake(
    "Softplus",
    "For very negative x the value is rounded to 0: there it is still about e^x.",
)
class SoftplusRoundedToZero(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0) + torch.log(1 + torch.exp(-x.abs()))

    @staticmethod
    def backward(ctx, upstream):
        return upstream * torch.sigmoid(ctx.saved_tensors[0])


@mistake(
    "Softplus",
    "For very negative x the slope is rounded to 0: 1 minus nearly 1 keeps no digits.",
)
class SoftplusWithTheSlopeRoundedToZero(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        value = stable_softplus(x)
        ctx.save_for_backward(value)
        return value

    @staticmethod
    def backward(ctx, upstream):
        return upstream * (1 - torch.exp(-ctx.saved_tensors[0]))


@mistake("Softplus", "This is ReLU: softplus is smooth, and ln 2 at 0.")
class SoftplusAsRelu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, upstream):
        return upstream * (ctx.saved_tensors[0] > 0)


@mistake(
    "Softplus",
    "The way back is torch's own: write it yourself, in a subclass of torch.autograd.Function.",
)
class SoftplusWithoutABackward:
    @staticmethod
    def apply(x):
        return stable_softplus(x)


# Found in answers that were written without a look at the tests ---------------------------


@mistake("gradient_steps", "It takes one step too few.")
def gradient_steps_one_too_few(w: Tensor, loss: Function, lr: float, steps: int) -> Tensor:
    for _ in range(steps - 1):
        w = w - lr * gradient_of(loss, w)
    return w


@mistake(
    "softmax_jacobian",
    "This is the Jacobian of the log-softmax: that of p has p_i before each row.",
)
def softmax_jacobian_of_the_logarithm(logits: Tensor) -> Tensor:
    p = logits.softmax(-1)
    return torch.eye(p.shape[-1], dtype=p.dtype) - p.unsqueeze(-2).expand(*p.shape, p.shape[-1])


@mistake(
    "two_layer_gradients",
    "The ReLU is missing on the way forwards: y, and so every gradient, belongs to another layer.",
)
def two_layer_gradients_without_the_relu(x: Tensor, W1: Tensor, W2: Tensor) -> Gradients:
    a = W1 @ x
    dy = 2 * (W2 @ a)
    dh = W2.T @ dy
    da = dh * (a > 0)
    return {"y": dy, "W2": torch.outer(dy, a), "h": dh, "a": da, "W1": torch.outer(da, x)}


@mistake(
    "directional_derivative",
    "The gradient stays in `.grad` of the caller's x: asked again, the old one is added.",
)
def directional_derivative_that_accumulates(f: Function, x: Tensor, v: Tensor) -> Tensor:
    x.requires_grad_()
    f(x).backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    return (x.grad * v).sum()


@mistake(
    "Softplus", "It turns into 0, or into x, too early: a small share of the value is still left."
)
class SoftplusCutTooEarly(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x < -20, 0.0, torch.where(x > 10, x, stable_softplus(x)))

    @staticmethod
    def backward(ctx, upstream):
        (x,) = ctx.saved_tensors
        return upstream * torch.sigmoid(x)
