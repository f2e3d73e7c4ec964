"""`IsolatedExecute`: stands in the place of nbgrader's `Execute` and grades without trust.

It takes nbgrader's own settings of `Execute` and leaves behind what `Execute` would: cells with
outputs. So everything before and after it, gradebook, formgrader, feedback and export, is nbgrader.
"""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path
from typing import Any

import nbformat
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, Execute
from nbgrader.utils import is_solution
from traitlets import Bool, Integer

from torchmarks.errors import CourseError
from torchmarks.isolation.channel import FRAME_LIMIT
from torchmarks.isolation.clock import spent
from torchmarks.isolation.conduct import Conductor
from torchmarks.isolation.groundwork import Groundwork
from torchmarks.isolation.jobs import Job, Result
from torchmarks.isolation.outputs import safe_outputs
from torchmarks.isolation.phase_one import CellTimedOut
from torchmarks.isolation.plan import Kind, Step, instructed, plan
from torchmarks.isolation.sandbox import Limits, pack
from torchmarks.isolation.workplace import Workplace, workplace

MEGABYTE = 2**20


class IsolatedExecute(Execute):  # type: ignore[misc]
    """Runs a submission in a sandbox, and its tests outside of it."""

    unsafe_no_sandbox = Bool(
        False,
        help="Grade without a sandbox where none can be made. Only for submissions that you trust.",
    ).tag(config=True)
    memory_limit = Integer(4096, help="Megabytes that a submission may take.").tag(config=True)
    disk_limit = Integer(
        256, help="Megabytes of files that a submission may bring along or write."
    ).tag(config=True)
    process_limit = Integer(200, help="Processes that a submission may have.").tag(config=True)

    def make_ready(self) -> None:
        """Start the sandbox and let it prove that it confines, before the first submission.

        Raises `NbGraderException`, after one sentence in the log, where it cannot.
        """
        try:
            workplace(self._root, self.unsafe_no_sandbox)
        except CourseError as error:
            self.log.error("%s", error)
            raise NbGraderException(str(error)) from None

    def preprocess(
        self, nb: NotebookNode, resources: Any = None, km: Any = None
    ) -> tuple[NotebookNode, Any]:
        """Run the notebook; its cells get their outputs."""
        self._demand_python(nb)
        if self.unsafe_no_sandbox:
            self.log.warning(
                "GRADING WITHOUT A SANDBOX: the code of this submission can read and change all "
                "that you can."
            )
        job = self._job(nb, resources)
        try:
            place = workplace(self._root, self.unsafe_no_sandbox)
            with spent("learning"):
                work = self._learn(place, nb, resources)
            results = Conductor(place.sandbox, place.grader, job, work).run()
        except CourseError as error:
            raise NbGraderException(str(error)) from None
        except CellTimedOut as error:
            raise CellTimeoutError.error_from_timeout_and_cell(
                "Cell execution timed out", self.timeout, nb.cells[error.position]
            ) from None
        for step in job.plan.steps:
            self._write(nb.cells[step.position], step, results[step.position])
        nb.metadata["language_info"] = _language_info()
        return nb, resources

    def _learn(self, place: Workplace, nb: NotebookNode, resources: Any) -> Groundwork | None:
        """Let the workplace know what the whole class has in common, from the instructor's own.

        Nothing goes to the sandbox but cells that the submission has, too, and that are no
        solutions, and figures. Gives the grounds that submissions may begin on.
        """
        source = self._source(resources)
        path = source / f"{resources['nbgrader']['notebook']}.ipynb" if source else None
        if path is None or not path.is_file():
            return None
        work = place.groundwork(path)
        if work is not None:
            return work
        try:
            own = nbformat.read(path, as_version=4)
        except Exception:  # it is no notebook, and nothing is learned from it
            return None
        job = self._job(own, resources, folder=path.parent)
        trusted = [s for s in job.plan.steps if s.kind is not Kind.STUDENT]
        place.grader.know([c for s in trusted for c in (s.source, s.visible) if c])
        solutions = {n for n, cell in enumerate(own.cells) if is_solution(cell)}
        work = Groundwork.lay(place.sandbox, job, solutions)
        try:
            if not work.is_complete:
                conductor = Conductor(place.sandbox, place.grader, job)
                work.pictures |= conductor.drawings()
        except CellTimedOut:  # a cell of the instructor's, and no fault of the submission's
            pass
        theirs = {cell.source for cell in nb.cells}
        students = [s.source for s in work.steps if s.kind is Kind.STUDENT]
        shared = [source for source in students if source in theirs]
        place.sandbox.know(shared, work.pictures)
        work.know(shared)
        place.keep(path, work)
        return work

    def _source(self, resources: Any) -> Path | None:
        """Folder of the instructor's notebooks of this assignment."""
        directory = self._coursedir
        if directory is None:
            return None
        assignment = resources["nbgrader"]["assignment"]
        return self._root / str(directory.format_path(directory.source_directory, ".", assignment))

    @property
    def _coursedir(self) -> Any:
        return getattr(getattr(self.parent, "parent", None), "coursedir", None)

    @property
    def _root(self) -> Path:
        return Path(getattr(self._coursedir, "root", os.getcwd())).resolve()

    def _job(self, nb: NotebookNode, resources: Any, folder: Path | None = None) -> Job:
        where, source = resources["nbgrader"], self._source(resources)
        instructor = instructed(
            where["db_url"],
            getattr(self._coursedir, "course_id", ""),
            where["assignment"],
            where["notebook"],
            source / f"{where['notebook']}.ipynb" if source else None,
        )
        here = folder or Path(resources.get("metadata", {}).get("path") or ".").resolve()
        limits = Limits(
            self.memory_limit * MEGABYTE, self.disk_limit * MEGABYTE, self.process_limit
        )
        files, left_out = pack(here, min(limits.disk // 2, FRAME_LIMIT - MEGABYTE))
        for what in left_out:
            self.log.warning("Not given to the session: %s", what)
        return Job(
            plan=plan(nb, instructor, ClearHiddenTests(parent=self)),
            files=files,
            folder=str(here),
            modules=(str(source),) if source and source.is_dir() else (),
            timeout=self.timeout,
            interrupt=self.interrupt_on_timeout,
            limits=limits,
            shell=self._shell_settings(),
            environment={"NBGRADER_EXECUTION": os.environ.get("NBGRADER_EXECUTION", "autograde")},
        )

    def _write(self, cell: NotebookNode, step: Step, result: Result) -> None:
        if step.kind is Kind.GRADE:
            outputs = _graded(result, step.points)
        else:
            outputs = safe_outputs(result.outputs)
        if result.timed_out and self.error_on_timeout:
            outputs.append(
                nbformat.v4.new_output(
                    "error",
                    ename=self.error_on_timeout["ename"],
                    evalue=self.error_on_timeout["evalue"],
                    traceback=list(self.error_on_timeout["traceback"]),
                )
            )
        cell.execution_count = result.count or step.position + 1
        for output in outputs:
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
        cell.outputs = outputs
        if step.kind is Kind.GRADE:
            cell.source = step.source
        failed = next((o for o in outputs if o.output_type == "error"), None)
        if failed is not None and not self.allow_errors:
            raise CellExecutionError.from_cell_and_msg(
                cell,
                {"ename": failed.ename, "evalue": failed.evalue, "traceback": failed.traceback},
            )

    def _demand_python(self, nb: NotebookNode) -> None:
        kernel = nb.metadata.get("kernelspec", {})
        language = kernel.get("language") or kernel.get("name", "python")
        if not str(language).startswith("python"):
            raise NbGraderException(
                f"This notebook is for the kernel {kernel.get('name')!r} ({language}). Isolated "
                "grading runs Python: put Execute back into Autograde.autograde_preprocessors, and "
                "grade with nbgrader autograde."
            )

    def _shell_settings(self) -> dict[str, Any]:
        """The kernel's arguments that are settings of the shell."""
        settings = {}
        for argument in self.extra_arguments:
            found = re.fullmatch(r"--InteractiveShell\.(\w+)=(.*)", argument)
            if found:
                settings[found[1]] = found[2].strip("'\"")
            else:
                self.log.warning("Without a kernel there is no use for its argument %s", argument)
        return settings


def _graded(result: Result, points: float) -> list[NotebookNode]:
    """Outputs of a grade cell, in the form that nbgrader reads rightly.

    Anything on the error stream would be read as a failure, and a last line's value that is no
    number of points as full marks, or as the end of grading.
    """
    if result.report is not None:  # its last output is the report, made by the grader
        *others, report = result.outputs
        return [
            *safe_outputs([_read_rightly(event, points) for event in others]),
            nbformat.from_dict({**report, "execution_count": None}),
        ]
    return safe_outputs([_read_rightly(event, points) for event in result.outputs])


def _read_rightly(event: dict[str, Any], points: float) -> dict[str, Any]:
    if event.get("output_type") == "stream":
        return {**event, "name": "stdout"}
    if event.get("output_type") != "execute_result":
        return event
    score = _score(event.get("data", {}).get("text/plain", ""), points)
    if score is None:
        return {**event, "output_type": "display_data"}
    return {**event, "data": {"text/plain": score}}


def _score(text: object, points: float) -> str | None:
    """The points that a cell's last value is, as text; None if it is none."""
    try:
        number = float(str(text))
    except ValueError:
        return None
    if number > points:
        return None
    return str(text) if number >= 0 else "0"  # NaN and negative numbers earn nothing


def _language_info() -> dict[str, Any]:
    return {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
        "version": platform.python_version(),
    }
