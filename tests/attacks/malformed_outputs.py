"""Its outputs are none that a notebook can hold: lone surrogates, wrong types, without depth or end."""

# %%
import json
import os
import sys

from IPython.display import display

print("\ud800\udfff\udcff \x00\x1b[31m \x1b]0;title\x07")
sys.stderr.write("\udcff")
os.write(1, bytes(range(256)))

# %%
deep = {}
for _ in range(900):
    deep = {"deep": deep}
wrong = [
    {"text/plain": 5, "text/html": ["a", 1], "": "", "\ud800": "\ud800"},
    {"image/png": {"not": "text"}, "application/json": float("nan")},
    {"application/json": deep, "x" * 100_000: "x", "../../x": "x"},
    {"text/html": None, "image/svg+xml": b"bytes".hex(), "text/latex": {"a": [deep]}},
]
for data in wrong:
    try:
        display(data, raw=True, metadata={"deep": deep, "text/html": 5, "isolated": "yes"})
    except Exception as error:
        print(error)


# %%
class Wrong:
    def _repr_mimebundle_(self, **kwargs):
        return {"text/plain": deep, 5: 5}, {"a": deep}


Wrong()

# %%
publish = get_ipython().display_pub.publish
publish(
    data={"text/plain": "\udcff"}, metadata={"\udcff": "\udcff"}, transient={"display_id": deep}
)
publish(data={"text/plain": "x"}, transient={"display_id": "x"}, update=True)
raise Exception("\udcff" * 10)
