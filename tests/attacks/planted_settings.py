"""Beside the notebook lie settings and templates of nbgrader, nbconvert and pytest."""

# %% hand in
patch = "open('@outside@/planted-@name@', 'w').close()\n"
names = ("nbgrader_config", "jupyter_nbconvert_config", "conftest", "gradebook", "setup")
for name in names:
    (folder / f"{name}.py").write_text(patch)
    (folder.parent / f"{name}.py").write_text(patch)
for name in ("feedback", "templates/feedback"):
    (folder / name).mkdir(parents=True)
    (folder / name / "index.html.j2").write_text("<script>planted()</script>")
    (folder / name / "conf.json").write_text('{"base_template": "lab"}')
(folder / "pyproject.toml").write_text("[tool.pytest.ini_options]\naddopts = '-p planted'\n")
