"""Other right ways to solve the exercises of 06-spectra: each must earn every point."""

import math

import torch
from torch import Tensor

from torchmarks.catalogue import alternative


@alternative("reconstruct")
def reconstruct_with_a_diagonal_matrix(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return U @ torch.diag_embed(S) @ Vh


@alternative("reconstruct")
def reconstruct_scaling_the_rows_of_vh(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return torch.matmul(U, S[..., None] * Vh)


@alternative("reconstruct")
def reconstruct_term_by_term(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    total = torch.zeros(*U.shape[:-1], Vh.shape[-1], dtype=U.dtype)
    for i in range(S.shape[-1]):
        u, s, v = U[..., i], S[..., i], Vh[..., i, :]
        total = total + s[..., None, None] * u[..., :, None] * v[..., None, :]
    return total


@alternative("low_rank")
def low_rank_with_values_set_to_zero(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    keep = torch.arange(S.shape[-1]) < k
    return U @ torch.diag_embed(S * keep) @ Vh


@alternative("low_rank")
def low_rank_by_projecting_the_outputs(A: Tensor, k: int) -> Tensor:
    U = torch.linalg.eigh(A @ A.mT).eigenvectors.flip(-1)[..., :k]
    return U @ (U.mT @ A)


@alternative("low_rank")
def low_rank_term_by_term(A: Tensor, k: int) -> Tensor:
    U, S, V = torch.svd(A)
    total = torch.zeros_like(A)
    for i in range(min(k, S.shape[-1])):
        total += torch.einsum("...,...m,...n->...mn", S[..., i], U[..., i], V[..., i])
    return total


@alternative("low_rank")
def low_rank_by_subtracting_the_weak_part(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A)
    r = S.shape[-1]
    return A - (U[..., :, k:r] * S[..., None, k:r]) @ Vh[..., k:r, :]


@alternative("truncation_error")
def truncation_error_by_vector_norm(singular_values: Tensor, k: int) -> Tensor:
    return torch.linalg.vector_norm(singular_values[..., k:], dim=-1)


@alternative("truncation_error")
def truncation_error_by_a_loop(singular_values: Tensor, k: int) -> Tensor:
    total = torch.zeros(singular_values.shape[:-1], dtype=singular_values.dtype)
    for i in range(k, singular_values.shape[-1]):
        total = total + singular_values[..., i] ** 2
    return total**0.5


@alternative("truncation_error")
def truncation_error_of_an_explicit_matrix(singular_values: Tensor, k: int) -> Tensor:
    dropped = torch.where(torch.arange(singular_values.shape[-1]) >= k, singular_values, 0.0)
    return torch.linalg.matrix_norm(torch.diag_embed(dropped))


@alternative("matrix_norms")
def matrix_norms_without_a_decomposition_for_frobenius(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (A**2).sum(dim=(-2, -1)) ** 0.5, torch.sum(S, -1), S.max(dim=-1).values


@alternative("matrix_norms")
def matrix_norms_through_vector_norms(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    S = torch.linalg.svdvals(A)
    return tuple(torch.linalg.vector_norm(S, order, dim=-1) for order in (2, 1, math.inf))


@alternative("matrix_norms")
def matrix_norms_through_the_smaller_gram_matrix(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gram = A.mT @ A if A.shape[-1] < A.shape[-2] else A @ A.mT
    values = torch.linalg.eigvalsh(gram).clamp(min=0)
    trace = gram.diagonal(dim1=-2, dim2=-1).sum(-1)
    return trace.sqrt(), values.sqrt().sum(-1), values[..., -1].sqrt()


@alternative("numerical_rank")
def numerical_rank_by_masking(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    limit = S.amax(dim=-1, keepdim=True) * max(A.size(-1), A.size(-2)) * torch.finfo(S.dtype).eps
    return torch.count_nonzero(torch.where(S > limit, S, torch.zeros_like(S)), dim=-1)


@alternative("numerical_rank")
def numerical_rank_matrix_by_matrix(A: Tensor) -> Tensor:
    if A.ndim > 2:
        return torch.stack([numerical_rank_matrix_by_matrix(a) for a in A])
    S = torch.linalg.svd(A, full_matrices=False).S
    eps = 2**-23 if A.dtype == torch.float32 else 2**-52
    return torch.tensor(sum(1 for s in S.tolist() if s > max(A.shape) * eps * S[0].item()))


@alternative("numerical_rank")
def numerical_rank_from_the_symmetric_double(A: Tensor) -> Tensor:
    # The eigenvalues of [[0, A], [Aᵀ, 0]] are ±σ, and zeros.
    m, n = A.shape[-2:]
    double = torch.zeros(*A.shape[:-2], m + n, m + n, dtype=A.dtype)
    double[..., :m, m:] = A
    double[..., m:, :m] = A.mT
    values = torch.linalg.eigvalsh(double)
    return (values > max(m, n) * torch.finfo(A.dtype).eps * values[..., -1:]).sum(-1)


@alternative("condition_number")
def condition_number_from_extremes(A: Tensor) -> Tensor:
    S = torch.linalg.svd(A, full_matrices=False)[1]
    return S.max(dim=-1).values / S.min(dim=-1).values


@alternative("condition_number")
def condition_number_by_unpacking(A: Tensor) -> Tensor:
    largest, *_, smallest = torch.linalg.svdvals(A).unbind(dim=-1)
    return largest / smallest


@alternative("condition_number")
def condition_number_from_spectral_norms(A: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(A, 2) / torch.linalg.matrix_norm(A, -2)


@alternative("power_iteration")
def power_iteration_by_squaring(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    # The binary digits of `steps`, each power of A scaled so that it stays in range.
    power = A / A.abs().max()
    while steps:
        if steps % 2:
            v = torch.mv(power, v)
            v = v / v.abs().max()
        power = power @ power
        power = power / power.abs().max()
        steps //= 2
    v = v / v.square().sum().sqrt()
    return torch.dot(v, torch.mv(A, v)), v


@alternative("power_iteration")
def power_iteration_with_the_sign_followed(
    A: Tensor, v: Tensor, steps: int
) -> tuple[Tensor, Tensor]:
    v = torch.nn.functional.normalize(v, dim=0)
    for _ in range(steps):
        w = torch.nn.functional.normalize(A @ v, dim=0, eps=1e-30)
        v = w if w @ v >= 0 else -w
    return (v * (A @ v)).sum() / (v * v).sum(), v


@alternative("power_iteration")
def power_iteration_as_a_column(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    column = v.reshape(-1, 1) / v.norm()
    for _ in range(steps):
        column = A @ column / torch.linalg.norm(A @ column)
    return (column.T @ A @ column).squeeze(), column.squeeze(1)


@alternative("top_eigenpairs")
def top_eigenpairs_by_topk(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    values, order = values.topk(k, dim=-1)
    return values, vectors.gather(-1, order.unsqueeze(-2).expand(*vectors.shape[:-1], k))


@alternative("top_eigenpairs")
def top_eigenpairs_from_the_general_eig(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    if A.ndim > 2:
        pairs = [top_eigenpairs_from_the_general_eig(a, k) for a in A]
        return torch.stack([p[0] for p in pairs]), torch.stack([p[1] for p in pairs])
    values, vectors = torch.linalg.eig(A)
    order = values.real.argsort(descending=True)[:k]
    # Within a repeated eigenvalue eig does not promise perpendicular vectors.
    q, _ = torch.linalg.qr(vectors.real[:, order])
    return values.real[order], q


@alternative("top_eigenpairs")
def top_eigenpairs_of_the_shifted_svd(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    # A shift makes all eigenvalues positive, and then they are the singular values.
    n = A.shape[-1]
    shift = A.abs().sum(dim=-1).amax(dim=-1)[..., None, None]
    U, S, _ = torch.linalg.svd(A + shift * torch.eye(n, dtype=A.dtype))
    return (S - shift[..., 0])[..., :k], -U[..., :k]


@alternative("top_eigenpairs")
def top_eigenpairs_of_the_negative(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(-A)
    return -values[..., :k], vectors[..., :k]


@alternative("principal_components")
def principal_components_of_the_covariance(X: Tensor, k: int) -> Tensor:
    n = X.shape[-2]
    Xc = X - X.mean(-2, keepdim=True)
    C = Xc.transpose(-1, -2) @ Xc / (n - 1)
    return torch.linalg.eigh(C)[1][..., -k:].flip(-1)


@alternative("principal_components")
def principal_components_one_data_set_at_a_time(X: Tensor, k: int) -> Tensor:
    if X.ndim > 2:
        return torch.stack([principal_components_one_data_set_at_a_time(x, k) for x in X])
    values, vectors = torch.linalg.eigh(torch.cov(X.T))
    return vectors[:, values.argsort(descending=True)[:k]]


@alternative("principal_components")
def principal_components_from_the_examples(X: Tensor, k: int) -> Tensor:
    # The Gram matrix of the examples has the same eigenvalues; Xcᵀu / σ are the directions.
    n = X.shape[-2]
    H = torch.eye(n, dtype=X.dtype) - 1 / n
    centred = H @ X
    values, vectors = torch.linalg.eigh(centred @ centred.mT)
    top = vectors.flip(-1)[..., :k]
    return centred.mT @ top / values.flip(-1)[..., None, :k].sqrt()


@alternative("explained_variance_ratio")
def explained_variance_ratio_from_the_svd(X: Tensor) -> Tensor:
    mean = X.mean(dim=-2).unsqueeze(-2)
    _, S, _ = torch.linalg.svd(X - mean, full_matrices=False)
    variances = S**2 / (X.shape[-2] - 1)
    return variances / variances.sum(-1)[..., None]


@alternative("explained_variance_ratio")
def explained_variance_ratio_from_covariances(X: Tensor) -> Tensor:
    if X.ndim > 2:
        return torch.stack([explained_variance_ratio_from_covariances(x) for x in X])
    values = torch.linalg.eigvalsh(torch.cov(X.T)).flip(0)[: min(X.shape)]
    return values / values.sum()


@alternative("explained_variance_ratio")
def explained_variance_ratio_of_the_frobenius_norm(X: Tensor) -> Tensor:
    centred = X - X.sum(-2, keepdim=True) / X.shape[-2]
    S = torch.linalg.svdvals(centred)
    return (S / torch.linalg.matrix_norm(centred).unsqueeze(-1)).pow(2)


@alternative("whiten")
def whiten_scaling_the_left_vectors(X: Tensor) -> Tensor:
    U, _, _ = torch.linalg.svd(X - X.mean(-2, keepdim=True), full_matrices=False)
    return U * (X.shape[-2] - 1) ** 0.5


@alternative("whiten")
def whiten_by_cholesky(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=-2, keepdim=True)
    L = torch.linalg.cholesky(centred.mT @ centred / (X.shape[-2] - 1))
    return torch.linalg.solve_triangular(L, centred.mT, upper=False).mT


@alternative("whiten")
def whiten_by_gram_and_schmidt(X: Tensor) -> Tensor:
    Q, _ = torch.linalg.qr(X - X.mean(dim=-2, keepdim=True))
    return Q * math.sqrt(X.shape[-2] - 1)


@alternative("whiten")
def whiten_rotated_back(X: Tensor) -> Tensor:
    if X.ndim > 2:
        return torch.stack([whiten_rotated_back(x) for x in X])
    values, V = torch.linalg.eigh(torch.atleast_2d(torch.cov(X.T)))
    return (X - X.mean(0)) @ V @ torch.diag(values**-0.5) @ V.T


@alternative("least_squares")
def least_squares_direction_by_direction(A: Tensor, b: Tensor) -> Tensor:
    if A.ndim > 2:
        return torch.stack([least_squares_direction_by_direction(*p) for p in zip(A, b)])
    U, S, V = torch.svd(A)
    x = torch.zeros(A.shape[1], dtype=A.dtype)
    for i in range(len(S)):
        if S[i] > max(A.shape) * torch.finfo(A.dtype).eps * S[0]:
            x = x + (U[:, i] @ b) / S[i] * V[:, i]
    return x


@alternative("least_squares")
def least_squares_by_a_pseudo_inverse(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    cut = S.max(-1, keepdim=True)[0] * max(A.shape[-2], A.shape[-1]) * torch.finfo(A.dtype).eps
    inverse = torch.zeros_like(S)
    inverse[S > cut] = 1 / S[S > cut]
    return torch.einsum("...rn,...r,...mr,...m->...n", Vh, inverse, U, b)


@alternative("least_squares")
def least_squares_from_the_symmetric_double(A: Tensor, b: Tensor) -> Tensor:
    # The eigenvectors of [[0, A], [Aᵀ, 0]] are (u, ±v) / √2, without any squaring of A.
    m, n = A.shape[-2:]
    double = torch.zeros(*A.shape[:-2], m + n, m + n, dtype=A.dtype)
    double[..., :m, m:] = A
    double[..., m:, :m] = A.mT
    values, vectors = torch.linalg.eigh(double)
    keep = values.abs() > max(m, n) * torch.finfo(A.dtype).eps * values[..., -1:]
    padded = torch.cat([b, torch.zeros(*b.shape[:-1], n, dtype=b.dtype)], dim=-1)
    along = torch.einsum("...ij,...i->...j", vectors, padded)
    along = torch.where(keep, along / values, 0.0)
    return torch.einsum("...ij,...j->...i", vectors, along)[..., m:]


@alternative("is_positive_definite")
def is_positive_definite_by_cholesky(A: Tensor) -> Tensor:
    eps, n = torch.finfo(A.dtype).eps, A.shape[-1]
    margin = n * eps * torch.linalg.matrix_norm(A, 2)[..., None, None]
    info = torch.linalg.cholesky_ex(A - margin * torch.eye(n, dtype=A.dtype)).info
    scale = A.abs().amax((-2, -1), keepdim=True)
    close = ((A - A.mT).abs() <= 50 * eps * scale).all(-1).all(-1)
    return close & (info == 0)


@alternative("is_positive_definite")
def is_positive_definite_matrix_by_matrix(A: Tensor) -> Tensor:
    if A.ndim > 2:
        return torch.stack([is_positive_definite_matrix_by_matrix(a) for a in A])
    if not torch.allclose(A, A.T, rtol=1e-5, atol=1e-10 * A.abs().max().item()):
        return torch.tensor(False)
    values = torch.linalg.eigh(A).eigenvalues
    return (values > len(A) * torch.finfo(A.dtype).eps * values.abs().max()).all()


@alternative("is_positive_definite")
def is_positive_definite_by_singular_values(A: Tensor) -> Tensor:
    # For a symmetric matrix λ = σ where u = v; a negative eigenvalue shows as u = −v.
    U, S, Vh = torch.linalg.svd(A)
    along = torch.einsum("...ir,...ri->...r", U, Vh)
    small = A.shape[-1] * torch.finfo(A.dtype).eps * S[..., :1]
    symmetric = (A - A.mT).abs().amax((-2, -1)) < 1e-6 * S[..., 0]
    return symmetric & ((along > 0) & (S > small)).all(dim=-1)


@alternative("low_rank")
def low_rank_by_projecting_the_inputs(A: Tensor, k: int) -> Tensor:
    strongest = torch.linalg.svd(A, full_matrices=False).Vh[..., :k, :]
    return A @ strongest.transpose(-2, -1) @ strongest


@alternative("truncation_error")
def truncation_error_by_repeated_hypot(singular_values: Tensor, k: int) -> Tensor:
    total = torch.zeros_like(singular_values[..., 0])
    for i in range(k, singular_values.shape[-1]):
        total = torch.hypot(total, singular_values[..., i])
    return total


@alternative("condition_number")
def condition_number_by_two_norms(A: Tensor) -> Tensor:
    return torch.linalg.matrix_norm(A, 2) / torch.linalg.matrix_norm(A, -2)


@alternative("top_eigenpairs")
def top_eigenpairs_of_minus_the_matrix(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(-A)
    return -values[..., :k], vectors[..., :k]


@alternative("whiten")
def whiten_with_a_harmless_epsilon(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=-2, keepdim=True)
    values, V = torch.linalg.eigh(centred.mT @ centred / (X.shape[-2] - 1))
    return centred @ V / (values.sqrt().unsqueeze(-2) + 1e-9)


@alternative("whiten")
def whiten_by_the_cholesky_factor_of_the_inverse(X: Tensor) -> Tensor:
    centred = X - X.mean(dim=-2, keepdim=True)
    precision = torch.linalg.inv(centred.mT @ centred / (X.shape[-2] - 1))
    return centred @ torch.linalg.cholesky(precision)


@alternative("least_squares")
def least_squares_with_reciprocals_set_to_zero(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    inverse = S.reciprocal()
    inverse[S <= max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S[..., :1]] = 0
    return (b.unsqueeze(-2) @ (U * inverse.unsqueeze(-2)) @ Vh).squeeze(-2)


@alternative("is_positive_definite")
def is_positive_definite_by_a_ratio(A: Tensor) -> Tensor:
    eps = torch.finfo(A.dtype).eps
    symmetric = torch.isclose(A, A.mT, rtol=1e3 * eps, atol=0).flatten(-2).all(dim=-1)
    values = torch.linalg.eigvalsh(A)
    return symmetric & (values[..., 0] / values.abs().amax(dim=-1) > A.shape[-1] * eps)
