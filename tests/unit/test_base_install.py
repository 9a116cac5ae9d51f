"""A base install brings numpy, scipy, pandas and pyreadstat: enough for mixed models and SPSS files.

Every test runs in a process that refuses the modules of every other distribution.
"""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

import pytest

from netwerkkracht.run.cli import COMMANDS, STEPS

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def distribution(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def base_distributions():
    """Return what the base dependencies bring, theirs included, extras left out."""
    found, waiting = set(), [distribution(text) for text in PROJECT["dependencies"]]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            wanted = requires(name) or []
        except PackageNotFoundError:  # for another system than this one
            continue
        found.add(name)
        waiting += [distribution(text) for text in wanted if "extra ==" not in text]
    return found


def base_modules():
    base = base_distributions()
    names = {top for top, owners in packages_distributions().items() if {o.lower() for o in owners} & base}
    return {*names, "netwerkkracht", *sys.stdlib_module_names, *sys.builtin_module_names}


REFUSE = """
import sys
ALLOWED = set({allowed!r})
class Refuse:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        # the way this Python was built, which sysconfig reads
        if top not in ALLOWED and not top.startswith("_sysconfigdata"):
            raise ModuleNotFoundError(f"No module named {{top!r}}", name=top)
sys.meta_path.insert(0, Refuse())
"""


def run_in_base(script, folder, *words):
    program = REFUSE.format(allowed=sorted(base_modules())) + script
    return subprocess.run(
        [sys.executable, "-c", program, *words], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_base_is_four_packages_and_the_extras_build_on_each_other():
    assert [distribution(text) for text in PROJECT["dependencies"]] == [
        "numpy",
        "pandas",
        "pyreadstat",
        "scipy",
    ]
    extras = PROJECT["optional-dependencies"]
    assert set(extras) == {"pipeline", "notebooks", "dev"}
    assert all("netwerkkracht[pipeline]" in extras[name] for name in ("notebooks", "dev"))
    # what is refused here is there in truth, else these tests would show nothing
    assert not {"pydantic", "yaml", "matplotlib", "statsmodels", "lxml"} & base_modules()
    assert {"numpy", "pandas", "scipy", "pyreadstat"} <= base_modules()


def test_mixed_models_need_no_more(tmp_path):
    script = """
import numpy as np
import pandas as pd
from netwerkkracht.mixed import fit
random = np.random.default_rng(1)
person = np.repeat(np.arange(30), 3)
x = np.tile([0.0, 1.0, 2.0], 30)
y = 1 + 0.5 * x + random.normal(size=30)[person] + random.normal(size=90)
frame = pd.DataFrame({"y": y, "hit": (y > 1.5).astype(int), "x": x, "person": person.astype(str)})
gaussian = fit("y ~ x + (1 | person)", frame)
binary = fit("hit ~ x + (1 | person)", frame, "binomial")
print(len(gaussian.coefficients), len(binary.coefficients))
"""
    done = run_in_base(script, tmp_path)
    assert done.stderr == ""
    assert done.stdout.split() == ["2", "2"]


def test_spss_files_need_no_more(tmp_path):
    script = """
import pandas as pd
from pathlib import Path
from netwerkkracht.spss import Extras, SpssVariable, from_artifacts, inspect, read, to_artifacts, write
from netwerkkracht.spss.reading import worker
frame = pd.DataFrame({"nr": [1.0, 2.0, 9.0], "tekst": ["een", "twee", ""]})
variables = (SpssVariable("nr", "Nummer", "F8.0", missing=(9.0,)), SpssVariable("tekst", width=8))
for name in ("f.sav", "f.zsav"):
    write(name, frame, variables, extras=Extras("Proef", weight_variable="nr"))
    file = read(name)
    assert file.weight_variable == "nr" and file.frame.equals(frame.astype({"tekst": "str"})), file
    # the process that reads is one of its own: what it imports is seen here
    control = {"container": name[2:], "row_limit": 9}
    assert worker.read(control, bytearray(Path(name).read_bytes()))[0]["rows"] == 3
to_artifacts(file, Path("v.csv"), Path("v.json"))
assert from_artifacts(Path("v.csv"), Path("v.json")).variables == file.variables
print(inspect("f.sav", width=80).text.splitlines()[0])
"""
    done = run_in_base(script, tmp_path)
    assert done.stderr == ""
    assert done.stdout.startswith("f.sav: 3 rows, 2 variables, UTF-8")


PORTABLE = ROOT / "tests" / "reference" / "spss" / "pspp_portable.por"


def test_portable_files_need_no_more(tmp_path):
    script = """
import sys
from pathlib import Path
from netwerkkracht.spss.reading import worker
control = {"container": "por", "most_values": 10**6}
print(worker.read(control, bytearray(Path(sys.argv[1]).read_bytes()))[0]["rows"])
"""
    done = run_in_base(script, tmp_path, str(PORTABLE))
    assert done.stderr == ""
    assert int(done.stdout) > 0


# those that the SPSS library is enough for, and those that first look for what a run made
BASE_COMMANDS = {"inspect", "register"}
AFTER_A_RUN = {"why"}
CLI = "from netwerkkracht.run.cli import run; sys.exit(run(sys.argv[1:]))"


MORE = {"register": ("--register", "register.csv"), "synthesise": ("--seed", "1")}
VALUES = {"received": "2026-01-01", "files": "f.por", "file": "f.por", "action": "fmt"}


def complete(asked):
    """Return the words that argparse said were missing."""
    words = []
    for name in re.search(r"required: (.*)", asked)[1].split(", "):
        words += [name] if name.startswith("-") else []
        words.append(VALUES.get(name.strip("-"), "x"))
    return words


@pytest.mark.parametrize("name", [*STEPS, *COMMANDS])
def test_a_command_of_the_pipeline_says_what_to_install(tmp_path, name):
    shutil.copy(PORTABLE, tmp_path / "f.por")
    assert run_in_base(CLI, tmp_path, name, "--help").returncode == 0
    done = run_in_base(CLI, tmp_path, name)
    if done.returncode == 2:
        words = [*complete(done.stderr), *MORE.get(name, ())]
        done = run_in_base(CLI, tmp_path, name, *words)
    if name in BASE_COMMANDS:
        assert (done.returncode, done.stderr) == (0, "")
        return
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert "Z99" not in done.stderr
    if name not in AFTER_A_RUN:
        assert re.fullmatch(
            rf"{name} needs the pipeline, of which '\w+' is not installed: type `python3 run.py`, or "
            r'`python3 -m pip install "\.\[pipeline\]"`, in the folder of the program\n',
            done.stderr,
        )


def test_a_package_that_is_not_there_is_no_damaged_file(tmp_path):
    script = """
ALLOWED.discard("pandas")
from netwerkkracht.spss import read
try:
    read(sys.argv[1])
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert run_in_base(script, tmp_path, str(PORTABLE)).stdout.strip() == "pandas"
