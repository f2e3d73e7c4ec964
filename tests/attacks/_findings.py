"""What came of an attack: marks that are not due, secrets shown, scripts, harm done to others."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from tests.attacks._attack import Attack, control
from tests.attacks._course import ASSIGNMENT, NOTEBOOK, POINTS, SECRETS
from tests.attacks._world import PLANTED
from torchmarks.conventions import REPORT_TYPE

NEIGHBOUR = "a00-neighbour"
NOTES = "notes.txt"
#: Seconds for an attacker and the victim after them.
LIMIT = 60
BREACH = "BREACH"
#: Files that a browser would run, not only show, if a link led there.
PAGES = (".html", ".htm", ".svg")
#: Tags that are a danger whatever stands in their attributes.
ACTIVE = ("script", "iframe", "object", "embed", "meta", "base", "link", "form")


@dataclass(frozen=True)
class Graded:
    """A class that was graded.

    `attackers` gives the student's id for an attack, `scores` each student's marks, `changed` what
    is different in the course, `left_behind` what attackers left elsewhere.
    """

    course: Path
    canary: str
    attackers: Mapping[str, str]
    scores: Mapping[str, Mapping[str, float]]
    log: str
    left_behind: tuple[str, ...]
    changed: tuple[str, ...]

    def findings(self, attack: Attack) -> list[str]:
        """What the attack achieved that it should not have, a sentence each."""
        attacker = self.attackers[attack.name]
        victim = victim_of(attacker)
        found = [
            *gains(attack, self.scores.get(attacker)),
            *self._leaks(attacker, SECRETS),
            *self._told(attacker, attack.leaks),
            *self._scripts(attacker),
            *(f"It left behind: {line}." for line in self.left_behind if attack.name in line),
            *(f"Its victim: {line}" for line in self._disturbed(victim)),
        ]
        if self._notebook(attacker) is None and not attack.refused:
            found.append("It was not graded at all.")
        seconds = self._seconds(attacker, victim)
        if seconds > LIMIT:
            found.append(f"It took {seconds:.0f} s.")
        return found

    def outside(self) -> list[str]:
        """What changed in the course, in the neighbour's work or on the machine."""
        found = [f"Left behind: {line}." for line in self.left_behind]
        found += [f"Changed: {line}." for line in self.changed]
        found += [f"The neighbour: {line}" for line in self._disturbed(NEIGHBOUR)]
        if "Exception while loading config file" in self.log:
            found.append("nbgrader graded without the settings of the course.")
        return found

    def log_of(self, attack: Attack) -> str:
        """What nbgrader said while it graded the attacker."""
        lines = self.log.splitlines()
        name = self.attackers[attack.name]
        about = [n for n, line in enumerate(lines) if f"/{name}/" in line]
        return "\n".join(lines[about[0] : about[-1] + 1]) if about else self.log

    # How it is found out ---------------------------------------------------------------------

    def _disturbed(self, student: str) -> list[str]:
        """What is wrong with an honest right submission that was graded beside an attack."""
        found = gains(control("victim"), self.scores.get(student), exactly=True)
        for where, text in self._shown(student):
            if PLANTED in text:
                found.append(f"{where} shows `{_around(text, PLANTED)}`.")
        return found + self._leaks(student)

    def _leaks(self, student: str, secrets: tuple[str, ...] = ()) -> list[str]:
        found = []
        for where, text in self._shown(student):
            seen = [_around(text, secret) for secret in [*secrets, self.canary] if secret in text]
            if seen:
                found.append(f"{where} shows {len(seen)} secrets, such as `{seen[0]}`.")
        return found

    def _shown(self, student: str) -> Iterator[tuple[str, str]]:
        """All that grading gives back to a student, or shows of them, as text."""
        notebook = self._notebook(student) or {"cells": []}
        for cell in notebook["cells"]:
            role = cell["metadata"].get("nbgrader", {})
            where = role.get("grade_id") or "a further cell"
            outputs = cell.get("outputs", [])
            # nbgrader keeps the whole grade cell there, for the instructor; feedback strips it.
            locked = role.get("locked") or (role.get("grade") and not role.get("solution"))
            hide = "source" if locked else None
            if not is_honest(student):
                cell = {key: value for key, value in cell.items() if key not in (hide, "outputs")}
                yield where, json.dumps(cell, ensure_ascii=False)
            yield where, json.dumps(outputs, ensure_ascii=False)
        folder = self.course / "autograded" / student / ASSIGNMENT
        for path in sorted(folder.rglob("*")):
            notes = student == NEIGHBOUR and path.name == NOTES  # their own
            if path.is_file() and path.name != f"{NOTEBOOK}.ipynb" and not notes:
                yield f"autograded/{path.relative_to(folder)}", read_text(path)
        if not is_honest(student):
            yield "feedback", self._page(student)

    def _told(self, student: str, code: tuple[str, ...]) -> list[str]:
        """What outputs tell that the attack itself put into words: in `code`, or of its success."""
        found = []
        for cell in (self._notebook(student) or {"cells": []})["cells"]:
            outputs = cell.get("outputs", [])
            text = json.dumps(outputs, ensure_ascii=False)
            told = [_around(text, word) for word in (BREACH, *code) if word in text]
            found += [f"Its outputs tell `{words}`." for words in told]
            graded = cell["metadata"].get("nbgrader", {}).get("grade")
            if not graded and any(REPORT_TYPE in output.get("data", {}) for output in outputs):
                found.append("A cell of its own shows a report.")
        return found

    def _scripts(self, student: str) -> list[str]:
        scripts = _Scripts()
        scripts.feed(self._page(student))
        return [f"The feedback would run `{script}`." for script in scripts.found]

    def _page(self, student: str) -> str:
        page = self.course / "feedback" / student / ASSIGNMENT / f"{NOTEBOOK}.html"
        return read_text(page) if page.exists() else ""

    def _notebook(self, student: str) -> dict[str, Any] | None:
        path = self._graded_path(student)
        if not path.is_file():
            return None
        notebook: dict[str, Any] = json.loads(path.read_text("utf-8"))
        return notebook

    def _graded_path(self, student: str) -> Path:
        return self.course / "autograded" / student / ASSIGNMENT / f"{NOTEBOOK}.ipynb"

    def _seconds(self, attacker: str, victim: str) -> float:
        """Time from the victim before this attacker to the one after."""
        attackers = sorted(self.attackers.values())
        position = attackers.index(attacker)
        before = victim_of(attackers[position - 1]) if position else NEIGHBOUR
        paths = self._graded_path(before), self._graded_path(victim)
        if not all(path.exists() for path in paths):
            return 0.0
        return paths[1].stat().st_mtime - paths[0].stat().st_mtime


def gains(
    attack: Attack, scores: Mapping[str, float] | None, *, exactly: bool = False
) -> list[str]:
    """Marks above what is due; below it, too, where the attack says what it should keep."""
    if scores is None:
        return [] if attack.refused else ["It has no marks."]
    found = []
    for exercise in POINTS:
        earned, due = scores.get(exercise, 0.0), attack.earns.get(exercise, 0.0)
        if earned > due or ((exactly or exercise in attack.earns) and earned != due):
            found.append(f"It earned {earned:g} in {exercise}, and {due:g} is due.")
    return found


def victim_of(attacker: str) -> str:
    """The honest student whom nbgrader, which sorts them, grades right after an attacker."""
    return attacker.partition("-")[0] + "z-victim"


def read_text(path: Path) -> str:
    """The text of a file, whatever its bytes are."""
    return path.read_bytes().decode("utf-8", errors="replace")


class _Scripts(HTMLParser):
    """Finds whatever of an attacker's would run in the browser of a reader."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag if tag in ("script", "style") else ""
        whole = " ".join(f"{name}={value!r}" for name, value in attrs)
        schemes = [(value or "").strip().lower().partition(":")[0] for _, value in attrs]
        runs = tag in ACTIVE or any(name.startswith("on") for name, _ in attrs)
        runs |= tag == "a" and (dict(attrs).get("href") or "").lower().endswith(PAGES)
        if PLANTED in whole and (runs or {"javascript", "vbscript"} & set(schemes)):
            self.found.append(f"<{tag} {whole}>"[:120])

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside and PLANTED in data:
            self.found.append(f"<{self._inside}>{_around(data, PLANTED)}")


def is_honest(student: str) -> bool:
    """Whether a student is there to be harmed, not to harm."""
    return student == NEIGHBOUR or student.endswith("-victim")


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return text[max(0, at - 30) : at + len(word) + 30].replace("\n", " ")
