"""Names and texts are not ASCII."""
# earns: rms-marks=0
# says: rms-marks: √ gibt’s nicht: ∞
# says: rms-marks: ValueError
# says: further-1: π ≈ 3.14 – 你好 🎉

# %%
π = 3.14159
größe = {"Ωμέγα": 1.93, "ключ": "значение"}
print(f"π ≈ {π:.2f} – 你好 🎉")


# %% mean_square
def mean_square(χ):
    """Mittel der Quadrate – für alle Einträge."""
    σ = χ * χ
    return σ.mean()


# %% rms
def rms(x):
    raise ValueError("√ gibt’s nicht: ∞")


# %% hand in
notebook.metadata["title"] = "Übung № 1"
