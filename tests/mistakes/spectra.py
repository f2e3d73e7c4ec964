"""Known mistakes in the exercises of 06-spectra, each with the sentence that a student reads."""

import torch
from torch import Tensor

from torchmarks.catalogue import mistake


@mistake("reconstruct", "Vh is transposed once more: it is Vᵀ already, as torch returns it.")
def reconstruct_with_vh_transposed(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return (U * S.unsqueeze(-2)) @ Vh.mT


@mistake("reconstruct", "The singular values scale the rows of U: they belong between U and Vh.")
def reconstruct_with_s_on_the_left(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return (S.unsqueeze(-1) * U) @ Vh


@mistake(
    "reconstruct", "The singular values scale the columns of Vh: they belong between U and Vh."
)
def reconstruct_with_s_on_the_right(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return U @ Vh * S.unsqueeze(-2)


@mistake("reconstruct", "The singular values are left out: this rotates and never stretches.")
def reconstruct_without_s(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return U @ Vh


@mistake("reconstruct", "The singular values enter squared: each stretches once.")
def reconstruct_with_s_squared(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return (U * S.unsqueeze(-2)) @ (S.unsqueeze(-1) * Vh)


@mistake(
    "reconstruct", "`torch.diag` knows no batch axes: let the values line up with U's last axis."
)
def reconstruct_for_two_axes_only(U: Tensor, S: Tensor, Vh: Tensor) -> Tensor:
    return U @ torch.diag(S) @ Vh


@mistake("low_rank", "The weakest terms are kept: the strongest come first in S.")
def low_rank_keeping_the_smallest(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    r = S.shape[-1]
    k = min(k, r)
    return (U[..., r - k :] * S[..., None, r - k :]) @ Vh[..., r - k :, :]


@mistake("low_rank", "Entries are set to zero by size: that makes a matrix sparse, not low-rank.")
def low_rank_by_thresholding_entries(A: Tensor, k: int) -> Tensor:
    keep = min(k * (A.shape[-2] + A.shape[-1]) // 2, A.shape[-2] * A.shape[-1])
    order = A.abs().flatten(-2).argsort(dim=-1, descending=True).argsort(dim=-1)
    return torch.where(order.reshape(A.shape) < keep, A, 0.0)


@mistake("low_rank", "The first k columns of A are kept: the best k directions are seldom columns.")
def low_rank_keeping_columns(A: Tensor, k: int) -> Tensor:
    return torch.where(torch.arange(A.shape[-1]) < k, A, 0.0)


@mistake("low_rank", "Vh is cut along its columns: the directions are its rows.")
def low_rank_cutting_the_columns_of_vh(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U[..., :k] * S[..., None, :k]) @ Vh[..., :k].mT


@mistake("low_rank", "One term too many is kept: rank k means k terms.")
def low_rank_with_one_term_more(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U[..., : k + 1] * S[..., None, : k + 1]) @ Vh[..., : k + 1, :]


@mistake("low_rank", "The singular values are missing: the kept directions are not stretched.")
def low_rank_without_the_values(A: Tensor, k: int) -> Tensor:
    U, _, Vh = torch.linalg.svd(A, full_matrices=False)
    return U[..., :k] @ Vh[..., :k, :]


@mistake("low_rank", "Only the k-th term is kept: add up all terms from the first to the k-th.")
def low_rank_with_a_single_term(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    i = slice(max(k - 1, 0), k)
    return (U[..., i] * S[..., None, i]) @ Vh[..., i, :]


@mistake("low_rank", "With a batch it cuts the wrong axis: count the axes from the end.")
def low_rank_for_two_axes_only(A: Tensor, k: int) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U[:, :k] * S[:k]) @ Vh[:k, :]


@mistake("low_rank", "This is A itself: nothing is left out.")
def low_rank_of_the_whole_matrix(A: Tensor, k: int) -> Tensor:
    return A.clone()


@mistake("truncation_error", "The dropped values are added as they are: their squares add up.")
def truncation_error_not_squared(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k:].sum(dim=-1)


@mistake("truncation_error", "The kept values are measured: the error is what is left out.")
def truncation_error_of_the_kept(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., :k].square().sum(dim=-1).sqrt()


@mistake("truncation_error", "The root is missing: this is the squared error.")
def truncation_error_without_the_root(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k:].square().sum(dim=-1)


@mistake(
    "truncation_error",
    "This is the first dropped value alone: the Frobenius norm sees all of them.",
)
def truncation_error_in_the_spectral_norm(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k : k + 1].sum(dim=-1)


@mistake("truncation_error", "It starts one too late: σ with number k + 1 has index k in Python.")
def truncation_error_off_by_one(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k + 1 :].square().sum(dim=-1).sqrt()


@mistake("truncation_error", "This is relative to the whole norm: the error itself is asked for.")
def truncation_error_relative(singular_values: Tensor, k: int) -> Tensor:
    squares = singular_values.square()
    return (squares[..., k:].sum(dim=-1) / squares.sum(dim=-1)).sqrt()


@mistake("truncation_error", "It reduces over the batch too: sum along the last axis only.")
def truncation_error_over_everything(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k:].square().sum().sqrt()


@mistake("truncation_error", "It starts one too early: the first k values are kept.")
def truncation_error_one_too_early(singular_values: Tensor, k: int) -> Tensor:
    return singular_values[..., k - 1 :].square().sum(dim=-1).sqrt()


@mistake("truncation_error", "k is not used: this is the norm of the whole matrix.")
def truncation_error_of_everything(singular_values: Tensor, k: int) -> Tensor:
    return singular_values.square().sum(dim=-1).sqrt()


@mistake("truncation_error", "The squares are averaged: they should be added up.")
def truncation_error_averaged(singular_values: Tensor, k: int) -> Tensor:
    dropped = singular_values[..., k:]
    return (dropped.square().sum(dim=-1) / max(dropped.shape[-1], 1)).sqrt()


@mistake(
    "truncation_error",
    "All minus kept cancels, and only rounding is left: add up the dropped squares themselves.",
)
def truncation_error_by_subtraction(singular_values: Tensor, k: int) -> Tensor:
    squares = singular_values.square()
    return (squares.sum(dim=-1) - squares[..., :k].sum(dim=-1)).clamp(min=0).sqrt()


def _norms(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    S = torch.linalg.svdvals(A)
    return S.square().sum(-1).sqrt(), S.sum(-1), S[..., 0]


@mistake("matrix_norms", "This takes the largest entry for the spectral norm: it is the largest σ.")
def matrix_norms_with_the_largest_entry(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frobenius, nuclear, _ = _norms(A)
    return frobenius, nuclear, A.abs().amax(dim=(-2, -1))


@mistake(
    "matrix_norms", "These are norms of the columns: σ belongs to directions, seldom to columns."
)
def matrix_norms_of_the_columns(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    columns = A.square().sum(dim=-2).sqrt()
    return columns.square().sum(-1).sqrt(), columns.sum(-1), columns.amax(-1)


@mistake(
    "matrix_norms", "These are eigenvalues: of a matrix that is not symmetric they are not its σ."
)
def matrix_norms_by_eigenvalues(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    values = torch.linalg.eigvals(A).abs()
    return values.square().sum(-1).sqrt(), values.sum(-1), values.amax(-1)


@mistake("matrix_norms", "The Frobenius norm lacks its root.")
def matrix_norms_without_the_root(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frobenius, nuclear, spectral = _norms(A)
    return frobenius**2, nuclear, spectral


@mistake("matrix_norms", "The norms stand in another order: Frobenius, nuclear, spectral.")
def matrix_norms_in_another_order(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frobenius, nuclear, spectral = _norms(A)
    return frobenius, spectral, nuclear


@mistake("matrix_norms", "The nuclear norm is the sum of the singular values, not of the entries.")
def matrix_norms_with_the_sum_of_entries(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frobenius, _, spectral = _norms(A)
    return frobenius, A.abs().sum(dim=(-2, -1)), spectral


@mistake(
    "matrix_norms",
    "These are eigenvalues of AᵀA without the root: the singular values are the roots.",
)
def matrix_norms_of_squared_values(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    squares = torch.linalg.svdvals(A).square()
    return squares.square().sum(-1).sqrt(), squares.sum(-1), squares[..., 0]


@mistake("matrix_norms", "It reduces over the batch too: each matrix has its own three norms.")
def matrix_norms_over_the_batch(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    S = torch.linalg.svdvals(A)
    return S.square().sum().sqrt(), S.sum(), S.max()


@mistake("matrix_norms", "The spectral norm takes the smallest σ: they come in descending order.")
def matrix_norms_with_the_smallest_value(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    frobenius, nuclear, _ = _norms(A)
    return frobenius, nuclear, torch.linalg.svdvals(A)[..., -1]


@mistake(
    "numerical_rank", "Eigenvalues are counted: for a matrix that is not symmetric, count its σ."
)
def numerical_rank_by_eigenvalues(A: Tensor) -> Tensor:
    values = torch.linalg.eigvals(A).abs()
    tolerance = max(A.shape[-2:]) * torch.finfo(A.dtype).eps * values.amax(-1, keepdim=True)
    return (values > tolerance).sum(-1)


@mistake("numerical_rank", "Rounding is counted as a direction: it takes a tolerance above zero.")
def numerical_rank_without_a_tolerance(A: Tensor) -> Tensor:
    return (torch.linalg.svdvals(A) > 0).sum(-1)


@mistake(
    "numerical_rank", "The tolerance is a fixed number: it must scale with the matrix, by its σ₁."
)
def numerical_rank_with_a_fixed_tolerance(A: Tensor) -> Tensor:
    return (torch.linalg.svdvals(A) > 1e-6).sum(-1)


@mistake(
    "numerical_rank", "The tolerance is relative, but of a fixed size: take it from ε of the dtype."
)
def numerical_rank_with_a_fixed_ratio(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S > 1e-6 * S[..., :1]).sum(-1)


@mistake(
    "numerical_rank", "The tolerance lacks the factor max(m, n): rounding grows with the size."
)
def numerical_rank_without_the_size(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S > torch.finfo(A.dtype).eps * S[..., :1]).sum(-1)


@mistake("numerical_rank", "The tolerance takes the shorter side: max(m, n) is the longer one.")
def numerical_rank_with_the_shorter_side(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S > min(A.shape[-2:]) * torch.finfo(A.dtype).eps * S[..., :1]).sum(-1)


@mistake("numerical_rank", "AᵀA squares the singular values: weak directions sink below rounding.")
def numerical_rank_through_the_gram_matrix(A: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(A.mT @ A)
    tolerance = max(A.shape[-2:]) * torch.finfo(A.dtype).eps * values[..., -1:]
    return (values > tolerance).sum(-1)


@mistake("numerical_rank", "One tolerance serves the whole batch: each matrix has its own σ₁.")
def numerical_rank_with_the_batch_maximum(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S > max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S.max()).sum(-1)


@mistake(
    "numerical_rank",
    "σ equal to the tolerance is counted, so the zero matrix gets full rank: use >.",
)
def numerical_rank_with_greater_or_equal(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S >= max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S[..., :1]).sum(-1)


@mistake("numerical_rank", "The batch axes count as sides: max(m, n) is of the last two axes only.")
def numerical_rank_with_the_batch_as_a_side(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return (S > max(A.shape) * torch.finfo(A.dtype).eps * S[..., :1]).sum(-1)


@mistake("condition_number", "The ratio is upside down: the largest σ goes on top.")
def condition_number_inverted(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return S[..., -1] / S[..., 0]


@mistake(
    "condition_number",
    "This is a ratio of eigenvalues: the condition number is one of singular values.",
)
def condition_number_of_eigenvalues(A: Tensor) -> Tensor:
    values = torch.linalg.eigvals(A).abs()
    return values.amax(-1) / values.amin(-1)


@mistake("condition_number", "This is the condition number of AᵀA, the square of that of A.")
def condition_number_squared(A: Tensor) -> Tensor:
    return torch.linalg.svdvals(A)[..., 0].square() / torch.linalg.svdvals(A)[..., -1].square()


@mistake(
    "condition_number",
    "Something is added to the divisor: that biases κ and hides a singular matrix.",
)
def condition_number_with_an_epsilon(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return S[..., 0] / (S[..., -1] + 1e-10)


@mistake("condition_number", "It takes the largest and smallest entry: κ is about singular values.")
def condition_number_of_entries(A: Tensor) -> Tensor:
    return A.abs().amax(dim=(-2, -1)) / A.abs().amin(dim=(-2, -1))


@mistake("condition_number", "Squaring to AᵀA loses half of the digits: take the σ of A itself.")
def condition_number_through_the_gram_matrix(A: Tensor) -> Tensor:
    gram = A.mT @ A if A.shape[-1] < A.shape[-2] else A @ A.mT
    values = torch.linalg.eigvalsh(gram)
    return (values[..., -1] / values[..., 0]).sqrt()


@mistake(
    "condition_number",
    "In a batch the first and last matrix are compared: count axes from the end.",
)
def condition_number_along_the_batch(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    return S[0] / S[-1]


@mistake("condition_number", "A tolerance makes large values infinite: only a σ of exactly 0 does.")
def condition_number_with_a_tolerance(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    lost = S[..., -1] <= max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S[..., 0]
    return torch.where(lost, torch.inf, S[..., 0] / S[..., -1])


def _unit(v: Tensor) -> Tensor:
    return v / torch.linalg.vector_norm(v)


@mistake(
    "power_iteration", "The vector is never divided by its length: it grows until it overflows."
)
def power_iteration_not_normalized(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps):
        v = A @ v
    return v @ (A @ v) / (v @ v), v


@mistake(
    "power_iteration",
    "Normalized at the end only: on the way there the numbers overflow or vanish.",
)
def power_iteration_normalized_once(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps):
        v = A @ v
    v = _unit(v)
    return v @ (A @ v), v


@mistake("power_iteration", "λ is the length of Av, which has no sign: take the Rayleigh quotient.")
def power_iteration_without_the_sign(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    v = _unit(v)
    for _ in range(steps):
        v = _unit(A @ v)
    return torch.linalg.vector_norm(A @ v), v


@mistake(
    "power_iteration", "λ belongs to the vector before the last step: compute it after the loop."
)
def power_iteration_with_an_old_quotient(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    v = _unit(v)
    value = v @ (A @ v)
    for _ in range(steps):
        w = A @ v
        value = v @ w
        v = _unit(w)
    return value, v


@mistake("power_iteration", "This takes one step too many: the vector is multiplied `steps` times.")
def power_iteration_with_one_step_more(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps + 1):
        v = _unit(A @ v)
    return v @ (A @ v), v


@mistake("power_iteration", "This takes one step too few: the vector is multiplied `steps` times.")
def power_iteration_with_one_step_less(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    v = _unit(v)
    for _ in range(steps - 1):
        v = _unit(A @ v)
    return v @ (A @ v), v


@mistake(
    "power_iteration",
    "The vector is divided by its largest entry: its Euclidean length should be 1.",
)
def power_iteration_in_the_largest_entry(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    v = v / v.abs().max()
    for _ in range(steps):
        v = A @ v
        v = v / v.abs().max()
    return v @ (A @ v) / (v @ v), v


@mistake(
    "power_iteration", "The quotient vᵀAv is of a vector that is not yet divided by its length."
)
def power_iteration_with_a_quotient_too_early(
    A: Tensor, v: Tensor, steps: int
) -> tuple[Tensor, Tensor]:
    v = _unit(v)
    w = v
    for _ in range(steps):
        w = A @ v
        v = _unit(w)
    return w @ (A @ w), v


@mistake("power_iteration", "The start is not normalized: with no step it comes back as it was.")
def power_iteration_from_a_raw_start(A: Tensor, v: Tensor, steps: int) -> tuple[Tensor, Tensor]:
    for _ in range(steps):
        v = _unit(A @ v)
    return v @ (A @ v), v


@mistake(
    "top_eigenpairs", "The order is ascending, as eigh gives it: the largest should come first."
)
def top_eigenpairs_ascending(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values[..., :k], vectors[..., :k]


@mistake("top_eigenpairs", "The right pairs, but ascending: the largest should come first.")
def top_eigenpairs_cut_but_not_reversed(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values[..., -k:], vectors[..., -k:]


@mistake(
    "top_eigenpairs", "The vectors are the rows of torch's matrix: eigenvectors are its columns."
)
def top_eigenpairs_with_rows(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values.flip(-1)[..., :k], vectors.mT.flip(-1)[..., :k]


@mistake(
    "top_eigenpairs", "The right eigenvectors, but as rows: they should be columns, (..., n, k)."
)
def top_eigenpairs_returned_as_rows(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values.flip(-1)[..., :k], vectors.flip(-1)[..., :k].mT


@mistake("top_eigenpairs", "It sorts by absolute value: a large negative eigenvalue comes last.")
def top_eigenpairs_by_absolute_value(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    order = values.abs().argsort(dim=-1, descending=True)[..., :k]
    columns = order.unsqueeze(-2).expand(*vectors.shape[:-1], k)
    return values.gather(-1, order), vectors.gather(-1, columns)


@mistake("top_eigenpairs", "These are singular values: they lose the sign of negative eigenvalues.")
def top_eigenpairs_by_svd(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    U, S, _ = torch.linalg.svd(A)
    return S[..., :k], U[..., :k]


@mistake(
    "top_eigenpairs",
    "The values are reversed, the vectors are not: they no longer belong together.",
)
def top_eigenpairs_with_vectors_left_behind(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values.flip(-1)[..., :k], vectors[..., :k]


@mistake(
    "top_eigenpairs", "The vectors are reversed along their entries: reverse the order of columns."
)
def top_eigenpairs_flipped_along_the_entries(A: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(A)
    return values.flip(-1)[..., :k], vectors.flip(-2)[..., :k]


def _centred(X: Tensor) -> Tensor:
    return X - X.mean(dim=-2, keepdim=True)


@mistake(
    "principal_components", "The data is not centred: the first direction then points at the mean."
)
def principal_components_not_centred(X: Tensor, k: int) -> Tensor:
    _, _, Vh = torch.linalg.svd(X, full_matrices=False)
    return Vh[..., :k, :].mT


@mistake(
    "principal_components", "These come from U, which speaks about examples: features belong to V."
)
def principal_components_from_u(X: Tensor, k: int) -> Tensor:
    U, _, _ = torch.linalg.svd(_centred(X), full_matrices=False)
    return U[..., :, :k]


@mistake(
    "principal_components",
    "The columns of Vh are taken: torch's Vh holds one direction in each row.",
)
def principal_components_from_columns_of_vh(X: Tensor, k: int) -> Tensor:
    _, _, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    return Vh[..., :k]


@mistake(
    "principal_components",
    "The right directions, but as rows: they should be columns, (..., d, k).",
)
def principal_components_as_rows(X: Tensor, k: int) -> Tensor:
    _, _, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    return Vh[..., :k, :]


@mistake(
    "principal_components", "These vary least: eigh sorts ascending, and PCA takes the other end."
)
def principal_components_of_least_variance(X: Tensor, k: int) -> Tensor:
    return torch.linalg.eigh(_centred(X).mT @ _centred(X)).eigenvectors[..., :k]


@mistake(
    "principal_components",
    "The right directions, but by rising variance: the strongest comes first.",
)
def principal_components_by_rising_variance(X: Tensor, k: int) -> Tensor:
    return torch.linalg.eigh(_centred(X).mT @ _centred(X)).eigenvectors[..., -k:]


@mistake(
    "principal_components", "Each example loses its own mean: subtract the mean of each feature."
)
def principal_components_centred_along_the_features(X: Tensor, k: int) -> Tensor:
    _, _, Vh = torch.linalg.svd(X - X.mean(dim=-1, keepdim=True), full_matrices=False)
    return Vh[..., :k, :].mT


@mistake(
    "principal_components", "These are the data's new coordinates: asked for are the directions."
)
def principal_components_as_coordinates(X: Tensor, k: int) -> Tensor:
    U, S, _ = torch.linalg.svd(_centred(X), full_matrices=False)
    return U[..., :k] * S[..., None, :k]


@mistake(
    "principal_components",
    "The features are divided by their deviations first: that is another PCA.",
)
def principal_components_of_the_correlation(X: Tensor, k: int) -> Tensor:
    scaled = _centred(X) / X.std(dim=-2, keepdim=True).clamp_min(1e-12)
    return torch.linalg.svd(scaled, full_matrices=False)[2][..., :k, :].mT


@mistake(
    "principal_components", "One mean is subtracted from all features: each feature has its own."
)
def principal_components_with_one_mean(X: Tensor, k: int) -> Tensor:
    centred = X - X.mean(dim=(-2, -1), keepdim=True)
    return torch.linalg.svd(centred, full_matrices=False)[2][..., :k, :].mT


@mistake(
    "principal_components",
    "The mean runs over axis 0: in a batch that mixes the data sets. Count axes from the end.",
)
def principal_components_with_the_first_axis(X: Tensor, k: int) -> Tensor:
    return torch.linalg.svd(X - X.mean(dim=0), full_matrices=False)[2][..., :k, :].mT


@mistake(
    "explained_variance_ratio", "The singular values are not squared: variances are their squares."
)
def explained_variance_ratio_not_squared(X: Tensor) -> Tensor:
    S = torch.linalg.svdvals(_centred(X))
    return S / S.sum(dim=-1, keepdim=True)


@mistake("explained_variance_ratio", "These are the variances themselves: divide by their total.")
def explained_variance_ratio_not_normalized(X: Tensor) -> Tensor:
    return torch.linalg.svdvals(_centred(X)).square() / (X.shape[-2] - 1)


@mistake("explained_variance_ratio", "The data is not centred: the mean passes for variance.")
def explained_variance_ratio_not_centred(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(X).square()
    return squares / squares.sum(dim=-1, keepdim=True)


@mistake(
    "explained_variance_ratio", "These are running totals: asked for is each component's own share."
)
def explained_variance_ratio_accumulated(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(_centred(X)).square()
    return (squares / squares.sum(dim=-1, keepdim=True)).cumsum(dim=-1)


@mistake(
    "explained_variance_ratio", "These are shares of the features: rotate to the components first."
)
def explained_variance_ratio_of_the_features(X: Tensor) -> Tensor:
    variances = _centred(X).square().sum(dim=-2).sort(dim=-1, descending=True).values
    return (variances / variances.sum(dim=-1, keepdim=True))[..., : min(X.shape[-2:])]


@mistake("explained_variance_ratio", "The order is ascending: the largest share comes first.")
def explained_variance_ratio_ascending(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(_centred(X)).square()
    return (squares / squares.sum(dim=-1, keepdim=True)).flip(-1)


@mistake(
    "explained_variance_ratio",
    "It divides by the total of the whole batch: each data set has its own.",
)
def explained_variance_ratio_over_the_batch(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(_centred(X)).square()
    return squares / squares.sum()


@mistake(
    "explained_variance_ratio",
    "One mean is subtracted from all features: each feature has its own.",
)
def explained_variance_ratio_with_one_mean(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(X - X.mean(dim=(-2, -1), keepdim=True)).square()
    return squares / squares.sum(dim=-1, keepdim=True)


@mistake(
    "explained_variance_ratio",
    "The mean runs over axis 0: in a batch that mixes the data sets. Count axes from the end.",
)
def explained_variance_ratio_with_the_first_axis(X: Tensor) -> Tensor:
    squares = torch.linalg.svdvals(X - X.mean(dim=0)).square()
    return squares / squares.sum(dim=-1, keepdim=True)


def _whitened(X: Tensor, power: float) -> Tensor:
    _, S, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    deviations = S / (X.shape[-2] - 1) ** 0.5
    return _centred(X) @ Vh.mT * deviations.unsqueeze(-2) ** power


@mistake("whiten", "It multiplies by the deviations: dividing makes the variances 1.")
def whiten_multiplying(X: Tensor) -> Tensor:
    return _whitened(X, 1)


@mistake("whiten", "It divides by the variances: their roots, the standard deviations, are right.")
def whiten_dividing_by_variances(X: Tensor) -> Tensor:
    return _whitened(X, -2)


@mistake("whiten", "The data is rotated, but not scaled: each variance should become 1.")
def whiten_only_rotated(X: Tensor) -> Tensor:
    return _whitened(X, 0)


@mistake("whiten", "Each feature is scaled for itself: the correlations are still there.")
def whiten_only_standardized(X: Tensor) -> Tensor:
    return _centred(X) / X.std(dim=-2, keepdim=True)


@mistake("whiten", "The mean is still there: centre the data before it is rotated and scaled.")
def whiten_without_moving(X: Tensor) -> Tensor:
    _, S, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    return X @ Vh.mT / S.unsqueeze(-2) * (X.shape[-2] - 1) ** 0.5


@mistake(
    "whiten", "The directions are those of data that was not centred: the mean passes for variance."
)
def whiten_by_the_uncentred_svd(X: Tensor) -> Tensor:
    U, _, _ = torch.linalg.svd(X, full_matrices=False)
    return U * (X.shape[-2] - 1) ** 0.5


@mistake(
    "whiten", "The factor √(n − 1) is missing: this divides by singular values, not by deviations."
)
def whiten_without_the_count(X: Tensor) -> Tensor:
    U, _, _ = torch.linalg.svd(_centred(X), full_matrices=False)
    return U


@mistake("whiten", "The inverse Cholesky factor is not transposed: the examples are rows here.")
def whiten_by_cholesky_on_the_wrong_side(X: Tensor) -> Tensor:
    centred = _centred(X)
    L = torch.linalg.cholesky(centred.mT @ centred / (X.shape[-2] - 1))
    return centred @ torch.linalg.inv(L)


@mistake("whiten", "It counts n examples: the covariance here divides by n − 1.")
def whiten_with_n(X: Tensor) -> Tensor:
    U, _, _ = torch.linalg.svd(_centred(X), full_matrices=False)
    return U * X.shape[-2] ** 0.5


@mistake("whiten", "Something is added to the deviations: the variances stay below 1.")
def whiten_with_an_epsilon(X: Tensor) -> Tensor:
    _, S, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    return _centred(X) @ Vh.mT / (S / (X.shape[-2] - 1) ** 0.5 + 1e-3).unsqueeze(-2)


@mistake("whiten", "The matrix of directions is transposed: new coordinates are the centred X @ V.")
def whiten_with_v_transposed(X: Tensor) -> Tensor:
    _, S, Vh = torch.linalg.svd(_centred(X), full_matrices=False)
    return _centred(X) @ Vh / S.unsqueeze(-2) * (X.shape[-2] - 1) ** 0.5


def _cut(A: Tensor, S: Tensor) -> Tensor:
    return max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S[..., :1]


def _mixed(U: Tensor, along: Tensor, Vh: Tensor, b: Tensor) -> Tensor:
    return torch.einsum("...rn,...r,...mr,...m->...n", Vh, along, U, b)


@mistake(
    "least_squares",
    "The normal equations square the condition number, and fail where AᵀA is singular.",
)
def least_squares_by_normal_equations(A: Tensor, b: Tensor) -> Tensor:
    return torch.linalg.solve(A.mT @ A, (A.mT @ b.unsqueeze(-1))).squeeze(-1)


@mistake(
    "least_squares",
    "Tiny singular values are inverted, rounding and all: leave these directions out.",
)
def least_squares_without_a_cutoff(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return _mixed(U, 1 / S, Vh, b)


@mistake(
    "least_squares",
    "The cutoff is a fixed number: it should scale with σ₁, or small units break it.",
)
def least_squares_with_a_fixed_cutoff(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return _mixed(U, torch.where(S > 1e-7, 1 / S, 0.0), Vh, b)


@mistake("least_squares", "The cutoff is far too coarse: it drops directions that can be solved.")
def least_squares_with_a_coarse_cutoff(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return _mixed(U, torch.where(S > 1e-4 * S[..., :1], 1 / S, 0.0), Vh, b)


@mistake(
    "least_squares", "1/0 is multiplied by 0, which is NaN: choose with `torch.where` instead."
)
def least_squares_with_a_mask_too_late(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return _mixed(U, (1 / S) * (S > _cut(A, S)), Vh, b)


@mistake(
    "least_squares",
    "It multiplies by the singular values: this is Aᵀb, no solution. Divide by them.",
)
def least_squares_multiplying(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    return _mixed(U, S, Vh, b)


@mistake(
    "least_squares",
    "Something is added under the fraction: that is ridge, and biases the solution.",
)
def least_squares_with_a_ridge(A: Tensor, b: Tensor) -> Tensor:
    n = A.shape[-1]
    gram = A.mT @ A + 0.1 * torch.eye(n, dtype=A.dtype)
    return torch.linalg.solve(gram, A.mT @ b.unsqueeze(-1)).squeeze(-1)


@mistake("least_squares", "In a batch, b is taken for a matrix: give it an axis of length 1 first.")
def least_squares_for_two_axes_only(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    along = torch.where(S > _cut(A, S), U.mT @ b / S, 0.0)
    return Vh.mT @ along


@mistake("least_squares", "The cutoff lacks the factor max(m, n): rounding grows with the size.")
def least_squares_without_the_size(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    cut = torch.finfo(A.dtype).eps * S[..., :1]
    return _mixed(U, torch.where(S > cut, 1 / S, 0.0), Vh, b)


@mistake("least_squares", "One cutoff serves the whole batch: each matrix has its own σ₁.")
def least_squares_with_the_batch_maximum(A: Tensor, b: Tensor) -> Tensor:
    U, S, Vh = torch.linalg.svd(A, full_matrices=False)
    cut = max(A.shape[-2:]) * torch.finfo(A.dtype).eps * S.max()
    return _mixed(U, torch.where(S > cut, 1 / S, 0.0), Vh, b)


@mistake(
    "least_squares",
    "QR and a triangular system need independent columns: they fail, or blow up rounding.",
)
def least_squares_by_qr(A: Tensor, b: Tensor) -> Tensor:
    Q, R = torch.linalg.qr(A)
    return torch.linalg.solve(R, Q.mT @ b.unsqueeze(-1)).squeeze(-1)


def _is_symmetric(A: Tensor) -> Tensor:
    scale = A.abs().amax(dim=(-2, -1))
    return (A - A.mT).abs().amax(dim=(-2, -1)) <= 100 * torch.finfo(A.dtype).eps * scale


def _all_positive(A: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(A)
    tolerance = A.shape[-1] * torch.finfo(A.dtype).eps * values.abs().amax(dim=-1)
    return values[..., 0] > tolerance


@mistake(
    "is_positive_definite", "Only the diagonal is looked at: (1, 2; 2, 1) has an eigenvalue of −1."
)
def is_positive_definite_by_the_diagonal(A: Tensor) -> Tensor:
    return _is_symmetric(A) & (A.diagonal(dim1=-2, dim2=-1) > 0).all(dim=-1)


@mistake(
    "is_positive_definite",
    "Only the determinant is looked at: two negative eigenvalues cancel in it.",
)
def is_positive_definite_by_the_determinant(A: Tensor) -> Tensor:
    return _is_symmetric(A) & (torch.linalg.det(A) > 0)


@mistake("is_positive_definite", "Zero passes for positive: that is semidefinite.")
def is_positive_definite_or_semidefinite(A: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(A)
    tolerance = A.shape[-1] * torch.finfo(A.dtype).eps * values.abs().amax(dim=-1)
    return _is_symmetric(A) & (values[..., 0] >= -tolerance)


@mistake(
    "is_positive_definite",
    "Rounding passes for a positive eigenvalue: it takes a tolerance above zero.",
)
def is_positive_definite_without_a_tolerance(A: Tensor) -> Tensor:
    return _is_symmetric(A) & (torch.linalg.eigvalsh(A)[..., 0] > 0)


@mistake(
    "is_positive_definite",
    "The tolerance is a fixed number: a tiny matrix can be positive definite.",
)
def is_positive_definite_with_a_fixed_tolerance(A: Tensor) -> Tensor:
    return _is_symmetric(A) & (torch.linalg.eigvalsh(A)[..., 0] > 1e-6)


@mistake(
    "is_positive_definite",
    "Symmetry is not checked: torch reads one triangle and believes the rest.",
)
def is_positive_definite_from_one_triangle(A: Tensor) -> Tensor:
    return _all_positive(A)


@mistake(
    "is_positive_definite",
    "The symmetric part is judged: a matrix that is not symmetric gets False.",
)
def is_positive_definite_of_the_symmetric_part(A: Tensor) -> Tensor:
    return _all_positive((A + A.mT) / 2)


@mistake(
    "is_positive_definite", "Exact symmetry is asked for: rounding breaks it by a few ε, and may."
)
def is_positive_definite_with_exact_symmetry(A: Tensor) -> Tensor:
    return (A == A.mT).all(dim=-1).all(dim=-1) & _all_positive(A)


@mistake(
    "is_positive_definite",
    "The entries are looked at: neither do they all have to be positive, nor is it enough.",
)
def is_positive_definite_by_the_entries(A: Tensor) -> Tensor:
    return _is_symmetric(A) & (A > 0).all(dim=-1).all(dim=-1)


@mistake(
    "is_positive_definite", "One answer is given for the whole batch: each matrix has its own."
)
def is_positive_definite_for_the_whole_batch(A: Tensor) -> Tensor:
    return (_is_symmetric(A) & _all_positive(A)).all()


@mistake(
    "is_positive_definite", "Singular values are never negative: the signs are in the eigenvalues."
)
def is_positive_definite_by_singular_values(A: Tensor) -> Tensor:
    S = torch.linalg.svdvals(A)
    tolerance = A.shape[-1] * torch.finfo(A.dtype).eps * S[..., 0]
    return _is_symmetric(A) & (S[..., -1] > tolerance)


@mistake(
    "is_positive_definite",
    "Positive eigenvalues do not make a matrix symmetric: that is a question of its own.",
)
def is_positive_definite_by_general_eigenvalues(A: Tensor) -> Tensor:
    values = torch.linalg.eigvals(A).real
    tolerance = A.shape[-1] * torch.finfo(A.dtype).eps * values.abs().amax(dim=-1)
    return values.amin(dim=-1) > tolerance


@mistake(
    "is_positive_definite",
    "One tolerance serves the whole batch: each matrix has its own largest |λ|.",
)
def is_positive_definite_with_the_batch_maximum(A: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(A)
    tolerance = A.shape[-1] * torch.finfo(A.dtype).eps * values.abs().max()
    return _is_symmetric(A) & (values[..., 0] > tolerance)


@mistake(
    "is_positive_definite",
    "The tolerance for symmetry is a fixed number: compare with the largest entry.",
)
def is_positive_definite_with_a_fixed_symmetry(A: Tensor) -> Tensor:
    return ((A - A.mT).abs().amax(dim=(-2, -1)) <= 1e-6) & _all_positive(A)


@mistake("is_positive_definite", "The tolerance lacks the factor n: rounding grows with the size.")
def is_positive_definite_without_the_size(A: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(A)
    tolerance = torch.finfo(A.dtype).eps * values.abs().amax(dim=-1)
    return _is_symmetric(A) & (values[..., 0] > tolerance)


@mistake(
    "is_positive_definite",
    "`torch.allclose` answers once for the whole batch, and its tolerance is not relative alone.",
)
def is_positive_definite_with_one_allclose(A: Tensor) -> Tensor:
    return _all_positive(A) & torch.allclose(A, A.mT)


# Found in answers that were written without a look at the tests ---------------------------


@mistake(
    "is_positive_definite",
    "Determinant and diagonal are looked at: two negative eigenvalues can hide behind both.",
)
def is_positive_definite_by_determinant_and_diagonal(A: Tensor) -> Tensor:
    eps = torch.finfo(A.dtype).eps
    size, scale = A.shape[-1], A.abs().amax(dim=(-2, -1))
    symmetric = (A - A.mT).abs().amax(dim=(-2, -1)) <= size * eps * scale
    sizes = torch.linalg.eigvalsh(A).abs()
    regular = sizes.amin(dim=-1) > size * eps * sizes.amax(dim=-1)
    positive = (torch.linalg.det(A) > 0) & (A.diagonal(dim1=-2, dim2=-1) > 0).all(dim=-1)
    return symmetric & regular & positive


def _spread_by_moments(X: Tensor) -> Tensor:
    """Covariance as products minus products of means, which cancel far from the origin."""
    n, mean = X.shape[-2], X.mean(dim=-2, keepdim=True)
    return (X.mT @ X - n * mean.mT @ mean) / (n - 1)


@mistake(
    "principal_components",
    "Products minus products of means cancel far from the origin: centre first.",
)
def principal_components_by_moments(X: Tensor, k: int) -> Tensor:
    return torch.linalg.eigh(_spread_by_moments(X)).eigenvectors.flip(-1)[..., :k]


@mistake(
    "explained_variance_ratio",
    "Products minus products of means cancel far from the origin: centre first.",
)
def explained_variance_ratio_by_moments(X: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(_spread_by_moments(X)).flip(-1)[..., : min(X.shape[-2:])]
    return values / values.sum(dim=-1, keepdim=True)


@mistake("whiten", "Products minus products of means cancel far from the origin: centre first.")
def whiten_by_moments(X: Tensor) -> Tensor:
    values, V = torch.linalg.eigh(_spread_by_moments(X))
    return _centred(X) @ (V / values.sqrt().unsqueeze(-2)) @ V.mT
