"""What an error of a gradebook or of a file means, in a sentence that says what mends it."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

#: What the database says where no server answers.
_NO_SERVER = ("connection", "resolve host")
#: What a database says, and what that means; the first that fits is told.
_OF_THE_GRADEBOOK = {
    _NO_SERVER: "The gradebook's server is not there ({reason}): start the server, or mend "
    "c.CourseDirectory.db_url, and start again.",
    ("no such table", "does not exist"): "The gradebook is empty: "
    "nbgrader generate_assignment {assignment}",
    ("locked",): "The gradebook is locked by another program: close it, and start again.",
    ("disk is full", "No space left"): "The gradebook cannot be written, for its disk is full: "
    "make room on it, and start again.",
    ("permission denied",): "The gradebook is not yours to read and write ({reason}): "
    "ask whoever runs its server for that right, and start again.",
    ("readonly", "read-only"): "The gradebook cannot be written ({reason}): "
    "make it and its folder yours, chmod u+w, and start again.",
    ("unable to open",): "The gradebook cannot be opened: c.CourseDirectory.db_url names its file, "
    "which and whose folder must be yours to write.",
    ("malformed", "not a database"): "The gradebook is damaged ({reason}): "
    "put a copy of it in its place, and start again.",
}


def of_the_gradebook(error: SQLAlchemyError, assignment: str) -> str:
    """What an error of the gradebook means, and what mends it."""
    reason = str(getattr(error, "orig", None) or error).splitlines()[0]
    lost = getattr(error, "connection_invalidated", False)
    for signs, sentence in _OF_THE_GRADEBOOK.items():
        if any(sign in reason for sign in signs) or (lost and signs is _NO_SERVER):
            return sentence.format(reason=reason, assignment=assignment)
    return f"The gradebook cannot be read ({reason}): nbgrader db upgrade may mend it."


def of_a_file(error: OSError | MemoryError) -> str:
    """Why something cannot be read."""
    if isinstance(error, MemoryError):
        return "it does not fit into memory: make more of it free, or the files smaller"
    if error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) or type(error).__name__
