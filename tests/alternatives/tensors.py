"""Other right ways to solve the exercises of 01-tensors: each must earn every point."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from torchmarks.catalogue import alternative


@alternative("dot")
def dot_by_a_loop_over_positions(x: Tensor, y: Tensor) -> Tensor:
    total = torch.zeros((), dtype=x.dtype)
    for i in range(len(x)):
        total = total + x[i] * y[i]
    return total


@alternative("dot")
def dot_by_pythons_sum(x: Tensor, y: Tensor) -> Tensor:
    return sum(a * b for a, b in zip(x, y, strict=True))


@alternative("dot")
def dot_by_polarization(x: Tensor, y: Tensor) -> Tensor:
    return ((x + y).square().sum() - (x - y).square().sum()) / 4


@alternative("dot")
def dot_by_the_trace_of_the_outer_product(x: Tensor, y: Tensor) -> Tensor:
    return torch.trace(torch.outer(x, y))


@alternative("matvec")
def matvec_by_a_dot_product_for_each_row(A: Tensor, x: Tensor) -> Tensor:
    return torch.stack([torch.dot(row, x) for row in A])


@alternative("matvec")
def matvec_by_mixing_columns(A: Tensor, x: Tensor) -> Tensor:
    mixture = torch.zeros(A.shape[0], dtype=A.dtype)
    for column, amount in zip(A.T, x, strict=True):
        mixture = mixture + amount * column
    return mixture


@alternative("matvec")
def matvec_filling_in_entry_by_entry(A: Tensor, x: Tensor) -> Tensor:
    m, n = A.shape
    result = torch.zeros(m, dtype=A.dtype)
    for i in range(m):
        for j in range(n):
            result[i] += A[i, j] * x[j]
    return result


@alternative("linear")
def linear_by_einsum(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return torch.einsum("...d,dk->...k", X, W) + b.reshape(1, -1)


@alternative("linear")
def linear_with_the_bias_as_a_weight_of_one(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    ones = torch.ones(*X.shape[:-1], 1, dtype=X.dtype)
    return torch.cat([X, ones], dim=-1) @ torch.cat([W, b.unsqueeze(0)], dim=0)


@alternative("linear")
def linear_output_by_output(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    outputs = [(X * W[:, j]).sum(dim=-1) + b[j] for j in range(W.shape[1])]
    return torch.stack(outputs, dim=-1)


@alternative("linear")
def linear_transposed_twice(X: Tensor, W: Tensor, b: Tensor) -> Tensor:
    return (W.T @ X.mT).mT + b.view(1, -1)


@alternative("batched_matmul")
def batched_matmul_by_einsum(A: Tensor, B: Tensor) -> Tensor:
    return torch.einsum("...mn,...np->...mp", A, B)


@alternative("batched_matmul")
def batched_matmul_as_a_sum_of_outer_products(A: Tensor, B: Tensor) -> Tensor:
    total = 0
    for i in range(A.shape[-1]):
        total = total + A[..., :, i, None] * B[..., None, i, :]
    return total


@alternative("batched_matmul")
def batched_matmul_pair_by_pair(A: Tensor, B: Tensor) -> Tensor:
    batch = torch.broadcast_shapes(A.shape[:-2], B.shape[:-2])
    left = A.expand(*batch, *A.shape[-2:]).reshape(-1, *A.shape[-2:])
    right = B.expand(*batch, *B.shape[-2:]).reshape(-1, *B.shape[-2:])
    products = torch.stack([torch.mm(a, b) for a, b in zip(left, right, strict=True)])
    return products.reshape(*batch, A.shape[-2], B.shape[-1])


@alternative("batched_matmul")
def batched_matmul_by_rows_of_the_transpose(A: Tensor, B: Tensor) -> Tensor:
    return (A.unsqueeze(-2) * B.transpose(-1, -2).unsqueeze(-3)).sum(dim=-1)


@alternative("batched_matmul")
def batched_matmul_by_row_dot_products(A: Tensor, B: Tensor) -> Tensor:
    columns = [(A * B[..., :, j].unsqueeze(-2)).sum(-1) for j in range(B.shape[-1])]
    return torch.stack(columns, dim=-1)


@alternative("vector_norm")
def vector_norm_scaled_by_the_largest_entry(x: Tensor, p: float) -> Tensor:
    largest = torch.max(torch.abs(x), dim=-1, keepdim=True).values
    if math.isinf(p):
        return largest.squeeze(-1)
    scale = torch.where(largest > 0, largest, 1.0)
    return ((x / scale).abs() ** p).sum(-1) ** (1 / p) * scale.squeeze(-1)


@alternative("vector_norm")
def vector_norm_by_a_loop_over_entries(x: Tensor, p: float) -> Tensor:
    total = torch.zeros(x.shape[:-1], dtype=x.dtype)
    for i in range(x.shape[-1]):
        magnitude = torch.where(x[..., i] < 0, -x[..., i], x[..., i])
        if p == float("inf"):
            total = torch.maximum(total, magnitude)
        else:
            total = total + torch.pow(magnitude, p)
    return total if p == float("inf") else torch.pow(total, 1.0 / p)


@alternative("vector_norm")
def vector_norm_by_cases(x: Tensor, p: float) -> Tensor:
    if p == 1:
        return x.abs().sum(-1)
    if p == 2:
        return (x * x).sum(-1).sqrt()
    if p == math.inf:
        return x.abs().sort(dim=-1).values[..., -1]
    return (x.abs() ** p).sum(-1) ** (1 / p)


@alternative("vector_norm")
def vector_norm_through_logarithms(x: Tensor, p: float) -> Tensor:
    if math.isinf(p):
        return torch.maximum(x, -x).sort(dim=-1).values[..., -1]
    return torch.exp(torch.logsumexp(p * x.abs().log(), dim=-1) / p)


@alternative("normalize_rows")
def normalize_rows_with_a_lower_bound(X: Tensor) -> Tensor:
    return X / X.square().sum(-1, keepdim=True).sqrt().clamp_min(1e-12)


@alternative("normalize_rows")
def normalize_rows_replacing_nan(X: Tensor) -> Tensor:
    return (X / X.norm(dim=-1, keepdim=True)).nan_to_num(nan=0.0)


@alternative("normalize_rows")
def normalize_rows_with_a_trillionth_in_the_divisor(X: Tensor) -> Tensor:
    return X / (torch.linalg.vector_norm(X, dim=-1, keepdim=True) + 1e-12)


@alternative("normalize_rows")
def normalize_rows_one_at_a_time(X: Tensor) -> Tensor:
    rows = []
    for row in X.reshape(-1, X.shape[-1]):
        length = torch.sqrt((row**2).sum())
        rows.append(row / length if length > 0 else row)
    return torch.stack(rows).reshape(X.shape)


@alternative("normalize_rows")
def normalize_rows_by_boolean_assignment(X: Tensor) -> Tensor:
    norms = torch.sqrt((X**2).sum(dim=-1, keepdim=True))
    safe = norms.clone()
    safe[safe == 0] = 1.0
    return X / safe


@alternative("cosine_similarity_matrix")
def cosine_dividing_by_the_outer_product_of_norms(X: Tensor, Y: Tensor) -> Tensor:
    lengths = X.norm(dim=-1).unsqueeze(-1) * Y.norm(dim=-1).unsqueeze(-2)
    return torch.where(lengths > 0, X @ Y.mT / lengths, 0.0)


@alternative("cosine_similarity_matrix")
def cosine_by_einsum_and_normalize(X: Tensor, Y: Tensor) -> Tensor:
    return torch.einsum("...nd,...md->...nm", F.normalize(X, dim=-1), F.normalize(Y, dim=-1))


@alternative("cosine_similarity_matrix")
def cosine_replacing_nan(X: Tensor, Y: Tensor) -> Tensor:
    lengths = X.norm(dim=-1, keepdim=True) * Y.norm(dim=-1, keepdim=True).mT
    return (X @ Y.mT / lengths).nan_to_num(nan=0.0)


@alternative("cosine_similarity_matrix")
def cosine_row_by_row(X: Tensor, Y: Tensor) -> Tensor:
    rows = []
    for i in range(X.shape[-2]):
        x = X[..., i : i + 1, :]
        products = (x * Y).sum(-1)
        lengths = (x * x).sum(-1).sqrt() * (Y * Y).sum(-1).sqrt()
        rows.append(products / lengths.clamp_min(1e-12))
    return torch.stack(rows, dim=-2)


@alternative("cosine_similarity_matrix")
def cosine_from_distances(X: Tensor, Y: Tensor) -> Tensor:
    distances = torch.cdist(F.normalize(X, dim=-1), F.normalize(Y, dim=-1))
    zero = (X == 0).all(-1).unsqueeze(-1) | (Y == 0).all(-1).unsqueeze(-2)
    return (1 - distances.square() / 2).masked_fill(zero, 0.0)


@alternative("attention_weights")
def attention_with_the_root_of_a_float32_tensor(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(Q @ K.mT / torch.sqrt(torch.tensor(Q.shape[-1])), dim=-1)


@alternative("attention_weights")
def attention_of_the_transposed_scores(Q: Tensor, K: Tensor) -> Tensor:
    return torch.softmax(K @ Q.mT / Q.shape[-1] ** 0.5, dim=-2).mT


@alternative("attention_weights")
def attention_scaling_the_queries_first(Q: Tensor, K: Tensor) -> Tensor:
    return F.softmax((Q * Q.size(-1) ** -0.5) @ K.transpose(-2, -1), dim=-1)


@alternative("attention_weights")
def attention_with_its_own_stable_softmax(Q: Tensor, K: Tensor) -> Tensor:
    scores = torch.einsum("...nd,...md->...nm", Q, K) / Q.shape[-1] ** 0.5
    exponentials = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return exponentials / exponentials.sum(dim=-1, keepdim=True)


@alternative("attention_weights")
def attention_by_logsumexp(Q: Tensor, K: Tensor) -> Tensor:
    scores = torch.matmul(Q, K.transpose(-1, -2)) / torch.sqrt(
        torch.tensor(Q.shape[-1], dtype=Q.dtype)
    )
    return (scores - scores.logsumexp(-1, keepdim=True)).exp()


@alternative("mean_squared_error")
def mean_squared_error_viewing_the_target(prediction: Tensor, target: Tensor) -> Tensor:
    if len(prediction) != len(target):
        raise ValueError("predictions and targets differ in number")
    return torch.mean((prediction - target.view_as(prediction)) ** 2)


@alternative("mean_squared_error")
def mean_squared_error_by_a_dot_product(prediction: Tensor, target: Tensor) -> Tensor:
    residual = prediction.flatten(), target.flatten()
    if residual[0].shape != residual[1].shape:
        raise ValueError("not equally many")
    difference = residual[0] - residual[1]
    return difference @ difference / len(difference)


@alternative("mean_squared_error")
def mean_squared_error_squeezing_columns(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.ndim == 2:
        prediction = prediction.squeeze(-1)
    if target.ndim == 2:
        target = target.squeeze(-1)
    if prediction.shape != target.shape:
        raise ValueError(f"{tuple(prediction.shape)} is not {tuple(target.shape)}")
    return (prediction - target).square().sum() / len(target)


@alternative("mean_squared_error")
def mean_squared_error_pair_by_pair(prediction: Tensor, target: Tensor) -> Tensor:
    squares = [(p.sum() - t.sum()) ** 2 for p, t in zip(prediction, target, strict=True)]
    return torch.stack(squares).mean()


@alternative("clip_by_global_norm")
def clip_by_the_norm_of_the_norms(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = torch.linalg.vector_norm(torch.stack([g.norm() for g in gradients]))
    scale = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
    return [g * scale for g in gradients]


@alternative("clip_by_global_norm")
def clip_one_long_vector(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    long = torch.cat([g.flatten() for g in gradients])
    norm = long.norm()
    if norm > max_norm:
        long = long / norm * max_norm
    pieces = long.split([g.numel() for g in gradients])
    return [piece.reshape(g.shape) for piece, g in zip(pieces, gradients, strict=True)]


@alternative("clip_by_global_norm")
def clip_with_a_clamped_factor(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    # For gradients of zero the quotient is infinite and the clamp makes it 1.
    squares = torch.stack([(g * g).sum() for g in gradients])
    scale = torch.clamp(max_norm / squares.sum().sqrt(), max=1.0)
    return [scale * g for g in gradients]


@alternative("clip_by_global_norm")
def clip_dividing_by_the_excess(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    norm = torch.sqrt(sum(g.norm() ** 2 for g in gradients))
    return [g / torch.clamp(norm / max_norm, min=1.0) for g in gradients]


@alternative("clip_by_global_norm")
def clip_returning_copies_below_the_limit(gradients: list[Tensor], max_norm: float) -> list[Tensor]:
    total = 0.0
    for g in gradients:
        total += (g**2).sum().item()
    norm = math.sqrt(total)
    if norm <= max_norm:
        return [g.clone() for g in gradients]
    return [g * (max_norm / norm) for g in gradients]
