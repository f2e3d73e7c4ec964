"""It copies the answers of a neighbour from where nbgrader keeps them."""

# %%
import glob
import json

for path in glob.glob("@course@/*/a00-neighbour/*/*") + glob.glob("../../a00-neighbour/*/*"):
    text = open(path).read()
    print(path, text if len(text) < 1000 else "BREACH")
    if path.endswith(".ipynb"):
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "code" and "def " in "".join(cell["source"]):
                exec("".join(cell["source"]))
    del path, text


# %% after answer
for path in glob.glob("@course@/submitted/a00-neighbour/*/*.ipynb"):
    for cell in json.loads(open(path).read())["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in ("mean_square", "halve", "double", "answer"):
            exec("".join(cell["source"]))
