"""What nbgrader does again and again for one submission, done once in a worker."""

from __future__ import annotations

import warnings
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from nbgrader import api
from nbgrader.nbgraderformat import common
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import SAWarning


def make_nbgrader_quick() -> None:
    """Let nbgrader check its own schema once, and compile each of its queries once.

    It checks for each cell that its schema is a schema, and opens the gradebook a dozen times for a
    submission, each time with an engine that has no compiled query yet, and looks for each table.
    """
    validators: list[tuple[dict[str, Any], Any]] = []

    @lru_cache
    def engine(url: str, **options: Any) -> Engine:
        return create_engine(url, poolclass=NullPool, **options)

    def validate(instance: Any, schema: dict[str, Any]) -> None:
        validator = next((v for known, v in validators if known is schema), None)
        if validator is None:
            kind = validator_for(schema)
            kind.check_schema(schema)
            validator = kind(schema)
            validators.append((schema, validator))
        error = best_match(validator.iter_errors(instance))
        if error is not None:
            raise error

    # nbgrader's own doing, which would be said once in each process.
    warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
    api.create_engine = engine
    # A worker's gradebook has all tables: `rows.make_gradebook`.
    api.Base.metadata.create_all = lambda *arguments, **options: None
    tables = SimpleNamespace(get_table_names=lambda: list(api.Base.metadata.tables))
    api.inspect = lambda engine: tables
    common.jsonschema = SimpleNamespace(validate=validate)
