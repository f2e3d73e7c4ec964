"""Give the instructor's cells back what is theirs; what a student wrote stays the student's.

Of a submission's nbgrader metadata only the grade ids are believed. The cell with an id becomes
again what the gradebook says of it: its type, its metadata and, if it is locked or a test, its
text. A solution that is there several times is the last one that differs from the released stub. A
cell whose id is nowhere is recognized by what it holds: a solution by the function or class that
its stub defines, any other by its released text. What is still missing is put back.

Order: each of the instructor's cells and the student's own cells that follow it, up to the next of
the instructor's, form a block; blocks are sorted as the instructor has them, and what stands before
the first block stays on top. A missing cell is put back at the end of the block that it follows, a
missing locked one directly behind that block's first cell, since the student's cells may need it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from nbformat import NotebookNode

from torchmarks.isolation.released import DEFINED, ReleasedCell, normal

ASSIGNED = re.compile(r"^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE)
FLAGS = ("grade", "solution", "locked", "task")

SENTENCES = {
    "recognized": "{} had lost {their} nbgrader metadata and {were} recognized by content.",
    "unknown": "{} {are} not in the gradebook, and {were} kept as the student's own.",
    "nameless": "{} had nbgrader metadata without a grade id, which was removed.",
    "copied": "{} {were} there more than once; the copies were kept as the student's own.",
    "emptied": "{} {were} there again as released; those copies were left out.",
    "metadata": "{} had changed nbgrader metadata, which was restored.",
    "type": "{} had another cell type, which was restored.",
    "source": "{} {were} changed, and graded as the instructor wrote {them}.",
    "missing": "{} {were} missing, and put back as released.",
    "elsewhere": "{} {were} missing, but what {they} should define stands in another cell.",
    "unanswered": "{} could not be recognized; look for the answer in the cells before.",
    "order": "{} stood in another order; the instructor's order was restored.",
}


class Restoration:
    """One submission's cells, restored: the result is in `cells`, what was done in `repairs`."""

    def __init__(self, cells: Iterable[NotebookNode], released: Sequence[ReleasedCell]) -> None:
        self.released = {cell.name: cell for cell in released}
        self.cells = list(cells)
        self.notes: defaultdict[str, list[str]] = defaultdict(list)
        self.found: dict[str, NotebookNode] = {}
        # Worked out once: a submission may be large, and is compared with every released cell.
        self.texts = {id(cell): normal(cell.source) for cell in self.cells}
        self.defined = {id(cell): set(DEFINED.findall(cell.source)) for cell in self.cells}
        self.assigned = {id(cell): set(ASSIGNED.findall(cell.source)) for cell in self.cells}
        self._find()
        for name, cell in self.found.items():
            self._settle(cell, self.released[name])
        self._arrange()

    @property
    def repairs(self) -> list[str]:
        """A sentence for each kind of repair, naming the cells."""
        return [_sentence(kind, self.notes[kind]) for kind in SENTENCES if self.notes[kind]]

    @property
    def answered(self) -> int:
        """The number of solutions that are not as they were released."""
        found = ((self.released[name], cell) for name, cell in self.found.items())
        return sum(r.solution and self.texts[id(c)] not in r.texts for r, c in found)

    def _find(self) -> None:
        """Choose the one cell for each grade id; all others are the student's own afterwards."""
        claims = self._claims()
        self.has_ids = bool(claims)
        for name, candidates in claims.items():
            self.found[name] = chosen = self._meant(candidates, self.released[name])
            for copy in candidates:
                if copy is not chosen:
                    self._demote(copy, self.released[name])
        taken = {id(cell) for cell in self.found.values()}
        for name, released in self.released.items():
            if name in self.found:
                continue
            likely = [c for c in self.cells if id(c) not in taken and self._resembles(c, released)]
            if likely:
                cell = self._meant(likely, released) if released.defines else likely[0]
                self.found[name] = cell
                taken.add(id(cell))
                self.notes["recognized"].append(name)

    def _claims(self) -> dict[str, list[NotebookNode]]:
        """The cells for each known grade id; metadata that says nothing useful is removed."""
        claims: defaultdict[str, list[NotebookNode]] = defaultdict(list)
        for number, cell in enumerate(self.cells, start=1):
            claim = cell.metadata.get("nbgrader")
            if claim is None or _is_inert(claim):
                continue
            name = claim.get("grade_id")
            if isinstance(name, str) and name in self.released:
                claims[name].append(cell)
                continue
            if isinstance(name, str) and name:
                self.notes["unknown"].append(re.sub(r"[^\w-]", "?", name)[:40])
            else:
                self.notes["nameless"].append(f"cell {number}")
            del cell.metadata["nbgrader"]
        return claims

    def _meant(self, candidates: Sequence[NotebookNode], released: ReleasedCell) -> NotebookNode:
        """The one that counts: the last answer, or the first of the instructor's own."""
        if not released.solution:
            asked = (c for c in candidates if self.texts[id(c)] in released.texts)
            return next(asked, candidates[0])
        answered = [c for c in candidates if self.texts[id(c)] not in released.texts]
        return (answered or candidates)[-1]

    def _demote(self, copy: NotebookNode, released: ReleasedCell) -> None:
        del copy.metadata["nbgrader"]
        # Run after the student's answer, a second stub would undo it.
        if released.solution and self.texts[id(copy)] in released.texts:
            self.cells = [cell for cell in self.cells if cell is not copy]
            self.notes["emptied"].append(released.name)
        elif released.name not in self.notes["copied"]:
            self.notes["copied"].append(released.name)

    def _resembles(self, cell: NotebookNode, released: ReleasedCell) -> bool:
        if cell.cell_type != released.cell_type:
            return False
        if released.defines:
            return bool(released.defines & self.defined[id(cell)])
        return self.texts[id(cell)] in released.texts

    def _settle(self, cell: NotebookNode, released: ReleasedCell) -> None:
        """Make the cell what the gradebook says it is."""
        if cell.cell_type != released.cell_type:
            self.notes["type"].append(released.name)
            for key in ("outputs", "execution_count", "attachments"):
                cell.pop(key, None)
            cell.cell_type = released.cell_type
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        metadata = cell.metadata.get("nbgrader")
        if metadata is None or _is_changed(metadata, released):
            if metadata is not None:
                self.notes["metadata"].append(released.name)
            cell.metadata.nbgrader = released.metadata()
        cell.metadata.nbgrader.checksum = released.checksum
        if released.tags:
            cell.metadata.tags = list(released.tags)
        if released.locked:
            if self.texts[id(cell)] not in released.texts:
                self.notes["source"].append(released.name)
            cell.source = released.source

    def _arrange(self) -> None:
        """Sort the blocks and put back what is missing; see the module's rule."""
        names = {id(cell): name for name, cell in self.found.items()}
        top: list[NotebookNode] = []
        blocks: dict[str, list[NotebookNode]] = {}
        block = top
        for cell in self.cells:
            if id(cell) in names:
                block = blocks[names[id(cell)]] = []
            block.append(cell)
        ordered = [name for name in self.released if name in blocks]
        self.notes["order"] += [a for a, b in zip(blocks, ordered, strict=True) if a != b]
        result = [top]
        front = 0  # where the next missing locked cell goes in the last block
        for name, released in self.released.items():
            if name in blocks:
                result.append(blocks[name])
                front = 1
            elif released.is_read_only:
                result[-1].insert(front, self._put_back(released))
                front += 1
            else:
                result[-1].append(self._put_back(released))
                front = len(result[-1])
        self.cells = [cell for block in result for cell in block]

    def _put_back(self, released: ReleasedCell) -> NotebookNode:
        comment = "# {}" if released.cell_type == "code" else "({})"
        elsewhere = {name for name in released.defines if self._binds(name)}
        if elsewhere:
            # The stub would undo what the student wrote into another cell.
            self.notes["elsewhere"].append(released.name)
            return released.new(comment.format(f"{', '.join(sorted(elsewhere))}: in another cell."))
        if released.grade and released.solution and self.cells and not self.has_ids:
            # No longer the released text, it is not taken for unanswered: a person looks at it.
            self.notes["unanswered"].append(released.name)
            note = comment.format("The answer to this cell was not recognized.")
            return released.new(f"{released.shown}\n\n{note}")
        self.notes["missing"].append(released.name)
        return released.new()

    def _binds(self, name: str) -> bool:
        """Whether the student gives the name a meaning anywhere."""
        given = {id(cell) for key, cell in self.found.items() if not self.released[key].solution}
        return any(
            name in self.defined[id(cell)] | self.assigned[id(cell)]
            for cell in self.cells
            if cell.cell_type == "code" and id(cell) not in given
        )


def _is_changed(metadata: NotebookNode, released: ReleasedCell) -> bool:
    """Whether it says anything that nbgrader could not have written into the released cell."""
    expected = released.metadata()
    optional = {"checksum", "task", "cell_type"}
    for key in (metadata.keys() | (expected.keys() - optional)) - {"checksum"}:
        value, wanted = metadata.get(key), expected.get(key)
        if key == "points" and released.points is None:
            agrees = type(value) in (int, float) and value >= 0
        elif key == "locked" and not released.is_read_only:
            agrees = isinstance(value, bool)  # nbgrader reads it from the other flags
        else:
            same_kind = isinstance(value, bool) == isinstance(wanted, bool)
            agrees = key in expected and same_kind and value == wanted
        if not agrees:
            return True
    return False


def _is_inert(metadata: NotebookNode) -> bool:
    """Whether it is nbgrader's own way to say that a cell is nothing special."""
    rest = {key: value for key, value in metadata.items() if key not in FLAGS}
    version, points = rest.pop("schema_version", None), rest.pop("points", 0)
    return (
        all(metadata.get(flag, False) is False for flag in FLAGS)
        and {"grade", "solution", "locked"} <= metadata.keys()
        and (type(version), version) == (int, 3)
        and type(points) in (int, float)
        and points >= 0
        and rest.get("grade_id", "") == ""
        and not rest.keys() - {"grade_id"}
    )


def _sentence(kind: str, names: Sequence[str]) -> str:
    shown = [f"`{name}`" for name in names]
    if len(names) > 6:
        shown[5:] = [f"{len(names) - 5} more"]
    text = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    one = len(names) == 1
    words = {
        "were": "was" if one else "were",
        "are": "is" if one else "are",
        "they": "it" if one else "they",
        "them": "it" if one else "them",
        "their": "its" if one else "their",
    }
    return SENTENCES[kind].format(text, **words)
