"""Files of all kinds lie beside the notebook, one of them large, one with an odd name."""

# %% hand in
(folder / "big.bin").write_bytes(b"0" * 30_000_000)
(folder / "été – notes?.txt").write_text("voilà")
(folder / ".ipynb_checkpoints").mkdir()
(folder / ".ipynb_checkpoints" / "week-checkpoint.ipynb").write_text("{}")
(folder / "__pycache__").mkdir()
(folder / "__pycache__" / "week.cpython-311.pyc").write_bytes(b"\0" * 10)
(folder / "Untitled.ipynb").write_text("not json at all")
