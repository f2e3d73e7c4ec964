"""Make the README's picture: a wrong answer's report, in JupyterLab, in a real browser.

Needs Chromium (Debian: apt install chromium). Run by `make picture`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.png"
WRONG = """def entropy(p: Tensor) -> Tensor:
    log_p = torch.where(p > 0, p, 1.0).log2()
    return -(p * log_p).sum(dim=-1)"""


def main() -> int:
    """Write the picture; returns the exit status."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("picture: there is no Chromium: apt install chromium", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        with jupyter_lab(Path(folder)) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page(
                viewport={"width": 1100, "height": 960}, device_scale_factor=1.5
            )
            photograph(page, f"{address}/lab/tree/information.ipynb?reset")
            browser.close()
    print(PICTURE)
    return 0


def prepare(folder: Path) -> None:
    """Copy the released chapter, reduced to one exercise that is solved wrongly."""
    released = ROOT / "release" / "04-information"
    shutil.copy(released / "mistakes.json", folder)
    notebook = nbformat.read(released / "information.ipynb", as_version=4)
    wanted = {"setup", "entropy", "entropy-marks"}
    notebook.cells = [cell for cell in notebook.cells if cell.id in wanted]
    for cell in notebook.cells:
        if cell.id == "entropy":
            cell.source = WRONG
    nbformat.write(notebook, folder / "information.ipynb")


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[str]:
    """Run JupyterLab in `folder`; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", "--IdentityProvider.token="]
    server = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=1)
                break
            except OSError:
                time.sleep(0.5)
        yield address
    finally:
        server.terminate()
        server.wait()


def photograph(page: Page, address: str) -> None:
    """Run all cells and take the picture of the notebook's panel."""
    page.goto(address, wait_until="load")
    page.wait_for_selector(".jp-Notebook", timeout=120_000)
    page.add_style_tag(content=".Toastify { display: none }")  # JupyterLab asks about its news
    page.wait_for_timeout(2_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector("text=visible checks passed", timeout=120_000)
    page.wait_for_timeout(1_000)
    page.locator(".jp-Notebook .jp-Cell").nth(1).scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    page.locator(".jp-NotebookPanel").first.screenshot(path=PICTURE)


if __name__ == "__main__":
    sys.exit(main())
