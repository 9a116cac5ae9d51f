"""Execute a notebook that is kept as percent text; two executions give equal bytes.

Needs jupytext, nbformat and nbclient; starts a kernel of the running interpreter in the folder given, which
sees neither the user's own IPython settings nor a kernel that somebody else installed under the same name.
Where the libraries of a kernel are ready in this process (a job of the run's helper), the kernel is a copy of
it; elsewhere it is a new process.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from netwerkkracht.core.errors import fail
from netwerkkracht.notebooks import LANGUAGE
from netwerkkracht.notebooks.copied import Copy, copied, keeper

# What would differ between machines and means nothing to a reader.
VOLATILE_METADATA = ("execution", "ExecuteTime", "collapsed", "scrolled")


def execute(text: str, *, name: str, folder: Path, seconds: int = 120) -> Any:
    """Run a percent notebook from a clean kernel and return the notebook node with its outputs.

    Parameters
    ----------
    text
        The notebook in jupytext's percent format.
    name
        Its name in messages.
    folder
        Working folder of the kernel: the root of the project.
    seconds
        Time limit of one cell.

    Raises
    ------
    StudyError
        ``N01`` when a cell fails; the number of the cell and the kind of error are named, no value.
    """
    with light_imports():
        from nbclient import NotebookClient
        from nbclient.exceptions import CellExecutionError, CellTimeoutError

    notebook = read(text)
    _name_cells(notebook)
    with TemporaryDirectory(prefix="nk") as private, copied() if ready() else nullcontext() as copy:
        client = NotebookClient(
            notebook,
            timeout=seconds,
            km=_kernel(private, copy),
            record_timing=False,
            resources={"metadata": {"path": str(folder)}},
        )
        client.owns_km = True  # else the client leaves the kernel running
        try:
            # every language, whatever the reader's own: each page keeps one
            inherited = {key: value for key, value in os.environ.items() if key != LANGUAGE}
            client.execute(env={**inherited, "IPYTHONDIR": private})
        except (CellExecutionError, CellTimeoutError) as cause:
            raise fail(
                "N01",
                f"cell {_failed_cell(notebook)} stopped ({getattr(cause, 'ename', 'time limit')})",
                file=name,
                expected="a notebook that runs from top to bottom on the synthetic study",
                action="run `python3 run.py` first; then open the notebook and run the cells in order",
            ) from cause
    return tidy(notebook)


def read(text: str) -> Any:
    """Return the notebook that a percent text describes, not executed."""
    with light_imports():
        import jupytext

    return jupytext.reads(text, fmt="py:percent")


@contextmanager
def light_imports() -> Iterator[None]:
    """Import the notebook libraries without parts that only a server uses, where those are installed.

    Building the grammar of one of them takes longer than executing a notebook.
    """
    unused = [name for name in ("rfc3987_syntax", "jupyter_server") if name not in sys.modules]
    sys.modules.update(dict.fromkeys(unused))  # type: ignore[arg-type]  # None: "not to be imported"
    try:
        yield
    finally:
        for name in unused:
            del sys.modules[name]


def ready() -> bool:
    """Whether a copy of this process would have a kernel's libraries at hand, and can be made."""
    return hasattr(os, "fork") and "ipykernel.kernelapp" in sys.modules


def _kernel(private: str, copy: Copy | None) -> Any:
    """Return the manager of a kernel of this interpreter; it talks over files, not over the network."""
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class OwnKernel(AsyncKernelManager):  # type: ignore[misc]
        kernel_spec = KernelSpec(
            argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="Python 3",
            language="python",
        )

    transport = "tcp" if os.name == "nt" else "ipc"
    manager = OwnKernel(transport=transport, connection_file=f"{private}/kernel.json")
    if copy is not None:
        manager.provisioner = keeper(copy)(kernel_spec=OwnKernel.kernel_spec, parent=manager)
    return manager


def _name_cells(notebook: Any) -> None:
    """Give each cell an id made of its place and source, where nbformat would draw a random one."""
    for place, cell in enumerate(notebook.cells):
        cell["id"] = hashlib.sha256(f"{place}\n{cell.source}".encode()).hexdigest()[:12]


def _failed_cell(notebook: Any) -> int:
    ran = [place for place, cell in enumerate(notebook.cells, 1) if cell.get("execution_count")]
    return ran[-1] if ran else 0


def tidy(notebook: Any) -> Any:
    """Drop what says nothing about the study: interpreter details, volatile metadata, addresses."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        for key in VOLATILE_METADATA:
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.startswith("text/")]:
                data[kind] = re.sub(r" at 0x[0-9a-fA-F]+", "", data[kind])
    return notebook
