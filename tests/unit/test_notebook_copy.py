"""A kernel that is a copy of the process gives what a kernel of its own gives, and leaves nothing behind."""

import os
import subprocess
import sys
import textwrap

import pytest

from netwerkkracht.run.warm import _import

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")]

BOTH = """
    import os, pathlib, sys
    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.notebooks import execute as module

    TEXT = '''# %% [markdown]
    # text
    # %%
    import os, sys
    import pandas as pd
    print(os.getcwd() == FOLDER, len(sys.argv), sys.stdin.read())
    pd.DataFrame({"n": [45, 45]})
    '''.replace("FOLDER", repr(os.getcwd()))

    def run(text):
        return module.execute(text, name="n.py", folder=pathlib.Path())

    assert not module.ready()
    own = run(TEXT)
    with module.light_imports():
        import ipykernel.kernelapp, pandas
    assert module.ready()
    copies = [run(TEXT), run(TEXT)]
    assert copies == [own, own]
    assert "True" in str(own.cells)
    try:
        run("# %%\\nint('98765x')\\n")
    except StudyError as error:
        assert "cell 1 stopped (ValueError)" in str(error), error
    else:
        raise AssertionError("a failing cell was not seen")
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print("nothing left")
"""


def test_a_copied_kernel_gives_the_same_notebook_and_is_gone_afterwards(tmp_path):
    script = tmp_path / "both.py"
    script.write_text(textwrap.dedent(BOTH), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "nothing left\n"


def test_a_copy_that_is_never_used_ends():
    script = (
        "from netwerkkracht.notebooks.copied import copied\n"
        "with copied() as made:\n    assert made.poll() is None\n"
        "print(made.poll())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, "0\n"), done.stderr


def test_the_helper_calls_what_is_named_after_a_colon_and_passes_over_what_is_not_there(monkeypatch):
    import netwerkkracht.core.seeds as any_module

    called = []
    monkeypatch.setattr(any_module, "prepare", lambda: called.append(1), raising=False)
    _import("netwerkkracht.core.seeds:prepare")
    _import("no_such_library_anywhere")
    assert called == [1]
