"""What goes wrong outside of a student's function: each error's text is all that is shown."""


class CourseError(Exception):
    """Says what is wrong, where, and which command repairs it."""


class BrokenCheck(Exception):
    """A check itself cannot be computed: a mistake of its author, not of the student."""

    def _render_traceback_(self) -> list[str]:
        return [f"{self} This is not your mistake: please tell your instructor."]


class Incomplete(Exception):
    """Raised under `nbgrader validate`, so that its dialog shows the report."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()
