"""`torchmarks …`: commands for authors and instructors."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from torchmarks.errors import CourseError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status: 0 done, 1 not in order, 2 could not be done."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except CourseError as error:
        print(f"torchmarks: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("torchmarks: stopped.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="torchmarks", description=__doc__)
    parser.add_argument(
        "--course", type=Path, default=Path(), help="the course's folder (default: this one)"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("audit", help="prove that the checks tell right from wrong")
    command.add_argument("assignment", nargs="*", help="such as 04-information (default: all)")
    command.set_defaults(run=_audit)

    command = commands.add_parser("canonical", help="give source notebooks their canonical form")
    command.add_argument("notebook", nargs="*", type=Path, help="(default: all below source/)")
    command.add_argument("--check", action="store_true", help="change nothing, tell what would")
    command.set_defaults(run=_canonical)

    command = commands.add_parser("release", help="make release/ and solutions/ from source/")
    command.add_argument("assignment", nargs="*", help="such as 04-information (default: all)")
    command.set_defaults(run=_release)

    command = commands.add_parser("demo", help="grade a made-up class")
    command.add_argument("--into", type=Path, default=Path("build/demo"), help="scratch folder")
    command.add_argument(
        "--unsafe-no-sandbox",
        action="store_true",
        help="grade without a sandbox, where none can be made",
    )
    command.set_defaults(run=_demo)

    command = commands.add_parser("grade", help="grade a class in parallel, as nbgrader would")
    command.add_argument("assignment", help="such as 04-information")
    command.add_argument("--jobs", type=int, help="processes (default: one for each core)")
    command.add_argument("--scheduler", help="address of a Dask scheduler, such as tcp://host:8786")
    command.add_argument("--student", default="*", help="only this student")
    command.add_argument("--notebook", default="*", help="only this notebook")
    command.add_argument("--force", action="store_true", help="also what is graded and unchanged")
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="change no notebook and no gradebook; show whose marks would change",
    )
    command.add_argument("--json", action="store_true", help="a line of JSON for each submission")
    command.set_defaults(run=_grade)

    command = commands.add_parser("doctor", help="show whether submissions can be isolated here")
    command.set_defaults(run=_doctor)
    return parser


def _audit(options: argparse.Namespace) -> int:
    from torchmarks.audit import audit_all
    from torchmarks.course import chapters

    findings = []
    for finding in audit_all(chapters(options.course, options.assignment)):
        findings.append(finding)
        print(
            f"{finding.assignment:<16} {finding.exercise:<34} {finding.points:>3g} points "
            f"{finding.checks:>3} checks {finding.alternatives:>3} alternatives "
            f"{finding.mistakes:>3} mistakes  {'problem' if finding.problems else 'ok'}",
            flush=True,
        )
        for problem in finding.problems:
            print(f"    {problem}", flush=True)
    bad = sum(bool(f.problems) for f in findings)
    print(
        f"{len(findings)} exercises, {sum(f.checks for f in findings)} checks, "
        f"{sum(f.alternatives for f in findings)} alternatives, "
        f"{sum(f.mistakes for f in findings)} mistakes: "
        + (f"{bad} exercises with problems" if bad else "all in order")
    )
    return 1 if bad else 0


def _canonical(options: argparse.Namespace) -> int:
    from torchmarks import notebooks

    paths = options.notebook or sorted((options.course / "source").glob("*/*.ipynb"))
    if not paths:
        raise CourseError(f"There is no notebook below {options.course / 'source'}.")
    # All are read before one is written: a broken one leaves the others as they are.
    wanted = {path: notebooks.canonical(notebooks.read(path)) for path in paths}
    changed = [path for path in paths if path.read_bytes() != notebooks.to_bytes(wanted[path])]
    for path in changed:
        if options.check:
            print(f"{path} is not canonical: run torchmarks canonical {path}")
        else:
            notebooks.write(wanted[path], path)
            print(f"{path} is canonical now.")
    if not changed:
        print(f"{len(paths)} notebooks are canonical.")
    return 1 if changed and options.check else 0


def _release(options: argparse.Namespace) -> int:
    from torchmarks.release import release

    for path in release(options.course, options.assignment):
        print(path)
    return 0


def _demo(options: argparse.Namespace) -> int:
    from torchmarks.demo import demo

    return 0 if demo(options.course, options.into, unsafe=options.unsafe_no_sandbox) else 1


def _grade(options: argparse.Namespace) -> int:
    from torchmarks.grading import begin_to_import

    if options.scheduler is None:
        with suppress(OSError):  # told when the processes are needed
            begin_to_import()
    from torchmarks.grading.command import grade_class
    from torchmarks.grading.run import Wish

    wish = Wish(
        assignment=options.assignment,
        student=options.student,
        notebook=options.notebook,
        force=options.force,
        dry=options.dry_run,
    )
    return grade_class(
        options.course, wish, jobs=options.jobs, scheduler=options.scheduler, as_json=options.json
    )


def _doctor(options: argparse.Namespace) -> int:
    from torchmarks.isolation.doctor import examine

    bad = 0
    for finding in examine(options.course.resolve()):
        bad += not finding.good
        print(
            f"{'ok ' if finding.good else 'BAD'}  {finding.what:<44} {finding.detail}", flush=True
        )
    print(
        "Submissions can be isolated here." if not bad else "Submissions cannot be isolated here."
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
