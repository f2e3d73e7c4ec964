"""A report as text for terminals and nbgrader's Validate dialog, and as HTML for notebooks.

Both say in words what they also show by a sign; neither relies on colour. The HTML escapes all that
comes from a student, uses inline styles alone (a notebook that is not trusted keeps no style
sheet), and takes JupyterLab's own colours so that it is readable in light and dark themes.
"""

from __future__ import annotations

from html import escape
from textwrap import fill
from typing import Any

import torch
from torch import Tensor

from torchmarks.calls import Outcome, Verdict
from torchmarks.compare import Difference
from torchmarks.results import CheckResult, Detail, Report, State

SIGNS = {State.PASSED: "✓", State.FAILED: "✗", State.NOT_ATTEMPTED: "○"}
#: `nbgrader validate` cuts lines at 90 characters, four of them its own.
WIDTH = 84
VISIBLE_ONLY = "Only the visible checks ran here. Grading runs further, hidden ones."


def headline(report: Report) -> str:
    """Exercise, state and points in one line."""
    if report.state is State.NOT_ATTEMPTED:
        return f"{report.exercise}: not attempted yet ({report.points:g} points)"
    if report.visible_only:
        passed = sum(c.state is State.PASSED for c in report.checks)
        return f"{report.exercise}: {passed} of {len(report.checks)} visible checks passed"
    return f"{report.exercise}: {report.earned:g} of {report.points:g} points"


def rule_broken(report: Report) -> str:
    """The sentence about forbidden functions, or nothing."""
    if not report.forbidden:
        return ""
    names = ", ".join(f"`{name}`" for name in report.forbidden)
    return f"It calls {names}, which this exercise forbids: no points."


def text(report: Report) -> str:
    """The report as lines of at most `WIDTH` characters."""
    blocks = [headline(report)]
    if report.forbidden:
        blocks.append(_wrap(rule_broken(report), "  ! "))
    if report.common_cause:
        blocks.append(_wrap(report.common_cause, "  → "))
    if report.state is not State.NOT_ATTEMPTED:
        blocks += [_check_text(check, report) for check in report.checks]
    if report.visible_only:
        blocks.append(VISIBLE_ONLY)
    return "\n".join(blocks)


def _check_text(check: CheckResult, report: Report) -> str:
    name = f"{check.name} (hidden)" if check.hidden else check.name
    lines = [_wrap(name, f"  {SIGNS[check.state]} ")]
    if check.state is not State.PASSED:
        lines.append(_wrap(check.sentence, "      "))
        if check.cause and not report.common_cause:
            lines.append(_wrap(check.cause, "    → "))
        if check.detail:
            lines += [
                _wrap(check.detail.call, "      call      "),
                _wrap(check.detail.answer, "      answer    "),
                _wrap(check.detail.expected, "      should be "),
            ]
    return "\n".join(lines)


def _wrap(words: str, lead: str) -> str:
    return fill(words, WIDTH, initial_indent=lead, subsequent_indent=" " * len(lead))


# HTML ---------------------------------------------------------------------------------------

_BORDER = "1px solid var(--jp-border-color2, #bdbdbd)"
_MUTED = "color: var(--jp-ui-font-color2, #616161)"
_CELL = f"padding: 6px 10px; text-align: left; vertical-align: top; border-top: {_BORDER}"
_MARKED = {
    State.PASSED: "color: var(--jp-success-color0, #1b5e20)",
    State.FAILED: "color: var(--jp-error-color0, #b71c1c); font-weight: bold",
    State.NOT_ATTEMPTED: _MUTED,
}


def html(report: Report) -> str:
    """The report as one HTML element."""
    parts = [
        f'<div style="max-width: 60em; border: {_BORDER}; border-radius: 4px; '
        f'font-family: var(--jp-content-font-family, sans-serif)" role="group" '
        f'aria-label="{escape(headline(report))}">',
        f'<div style="padding: 8px 10px; font-weight: bold">{_headline_html(report)}</div>',
    ]
    if report.forbidden:
        parts.append(f'<div style="padding: 0 10px 8px">{_prose(rule_broken(report))}</div>')
    if report.common_cause:
        parts.append(f'<div style="padding: 0 10px 8px">{_cause_html(report.common_cause)}</div>')
    if report.state is not State.NOT_ATTEMPTED:
        parts.append(
            '<table style="width: 100%; table-layout: auto; border-collapse: collapse; '
            'margin: 0; font-size: inherit">'
            '<thead style="position: absolute; width: 1px; height: 1px; overflow: hidden; '
            'clip-path: inset(50%)"><tr><th scope="col">Result</th>'
            '<th scope="col">Check</th></tr></thead><tbody>'
        )
        parts += [_check_html(check, report) for check in report.checks]
        parts.append("</tbody></table>")
    if report.visible_only:
        parts.append(
            f'<div style="padding: 6px 10px; border-top: {_BORDER}; {_MUTED}">{VISIBLE_ONLY}</div>'
        )
    parts.append("</div>")
    return "".join(parts)


def _headline_html(report: Report) -> str:
    name, rest = headline(report).split(":", 1)
    sign = SIGNS[report.state]
    style = _MARKED[report.state]
    return f'<span style="{style}">{sign}</span> <code>{escape(name)}</code>:{escape(rest)}'


def _check_html(check: CheckResult, report: Report) -> str:
    style = _MARKED[check.state]
    hidden = f' <span style="{_MUTED}">(hidden)</span>' if check.hidden else ""
    body = f"<div>{_prose(check.name)}{hidden}</div>"
    if check.state is not State.PASSED:
        body += f'<div style="margin-top: 4px">{_prose(check.sentence)}</div>'
        if check.cause and not report.common_cause:
            body += _cause_html(check.cause)
        if check.detail:
            body += _detail_html(check.detail)
    return (
        f'<tr style="background: none"><td style="{_CELL}; white-space: nowrap; width: 1%">'
        f'<span style="{style}">{SIGNS[check.state]} {check.state.value}</span></td>'
        f'<td style="{_CELL}">{body}</td></tr>'
    )


def _cause_html(cause: str) -> str:
    return (
        '<div style="margin-top: 4px; padding-left: 8px; '
        'border-left: 3px solid var(--jp-warn-color1, #ef6c00)">'
        f"<strong>{_prose(cause)}</strong></div>"
    )


def _detail_html(detail: Detail) -> str:
    rows = (("call", detail.call), ("answer", detail.answer), ("should be", detail.expected))
    cells = "".join(
        f'<tr style="background: none"><th scope="row" style="padding: 2px 12px 2px 0; '
        f"text-align: left; vertical-align: top; font-weight: normal; white-space: nowrap; "
        f'{_MUTED}">{label}</th><td style="padding: 2px 0; text-align: left"><code style="'
        f'white-space: pre-wrap; padding: 0; background: none; color: inherit">{escape(value)}'
        "</code></td></tr>"
        for label, value in rows
    )
    return (
        '<table style="table-layout: auto; border-collapse: collapse; margin: 6px 0 0; '
        'font-size: inherit">'
        f"{cells}</table>"
    )


def _prose(words: str) -> str:
    """Escaped text in which `backticks` mark code."""
    pieces = escape(words).split("`")
    if len(pieces) % 2 == 0:  # an odd backtick: show it as it is
        return "`".join(pieces)
    return "".join(f"<code>{p}</code>" if i % 2 else p for i, p in enumerate(pieces))


# Values -------------------------------------------------------------------------------------


def detail(
    asked: str, arguments: tuple[Any, ...], outcome: Outcome, differences: list[Difference]
) -> Detail | None:
    """What a failed visible check shows, or None if there is no answer to show."""
    if outcome.verdict is not Verdict.RETURNED or not differences:
        return None
    first = differences[0]
    call = f"{asked}({', '.join(value(a) for a in arguments)})"
    where = f"part {first.where}: " if first.where else ""
    return Detail(call, where + value(first.actual), where + value(first.expected))


def value(x: Any, limit: int = 240) -> str:
    """A value in few characters: a small tensor in one line, a large one by shape and dtype."""
    if isinstance(x, Tensor):
        shape = tuple(x.shape)
        dtype = str(x.dtype).removeprefix("torch.")
        plain = x.layout == torch.strided and not x.is_meta and not x.is_quantized
        if x.numel() > 24 or not plain:
            kind = "" if plain else "special "
            return f"{kind}tensor of shape {shape}, {dtype}"
        return f"tensor({_numbers(x.detach().tolist())})"
    if callable(x):
        return getattr(x, "__name__", "a function").replace("<lambda>", "a function")
    if isinstance(x, (list, tuple)):
        inner = ", ".join(value(v) for v in x)
        shown = f"({inner})" if isinstance(x, tuple) else f"[{inner}]"
    else:
        shown = _numbers(x) if isinstance(x, float) else repr(x)
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _numbers(x: Any) -> str:
    if isinstance(x, list):
        return f"[{', '.join(_numbers(v) for v in x)}]"
    if not isinstance(x, float):
        return repr(x)
    shown = f"{x:.6g}"
    return f"{shown}." if shown.lstrip("-").isdigit() else shown
