"""The notebook reads like a program, with a main function and a parser of arguments."""
# says: further-1: main runs

# %%
from __future__ import annotations

import argparse


def main() -> None:
    print("main runs")
    argparse.ArgumentParser().parse_args([])


if __name__ == "__main__":
    main()


# %% after rms-marks
parser = argparse.ArgumentParser()
parser.add_argument("--size")
parser.parse_args()
