"""Writes down which functions of the package a job really runs, and which of its files it opens.

Named `sitecustomize`, it is loaded by every Python process of a run; NK_TRACE is the folder it writes to.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

FOLDER = os.environ.get("NK_TRACE")


def traced(name, step):
    """Return the step with a `run` that notes what is executed while it works."""
    import netwerkkracht

    root = str(Path(netwerkkracht.__file__).parent) + os.sep
    functions, files = set(), set()

    def profile(frame, event, _):
        if event == "call" and frame.f_code.co_filename.startswith(root):
            code = frame.f_code
            functions.add((code.co_filename[len(root) :], code.co_firstlineno, code.co_qualname))

    def opened(event, given):
        if event == "open" and isinstance(given[0], str) and given[0].startswith(root):
            files.add(given[0][len(root) :])

    def run(args, part):
        from importlib import import_module

        from netwerkkracht.run.warm import ours

        for module in ours():  # what runs on import is no work of the step
            import_module(module)
        sys.addaudithook(opened)
        sys.setprofile(profile)
        try:
            return step.run(args, part)
        finally:
            sys.setprofile(None)
            item = args.item or ""
            said = {"step": name, "part": part, "functions": sorted(functions), "files": sorted(files)}
            (Path(FOLDER) / f"{name} {item}.json").write_text(json.dumps(said))

    return replace(step, run=run) if step.part is not None else step


if FOLDER:
    import importlib.abc
    import importlib.util

    class Finder(importlib.abc.MetaPathFinder):
        """Gives the command line the traced steps, when it is imported."""

        def find_spec(self, name, *_):
            if name != "netwerkkracht.run.cli":
                return None
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            load = spec.loader.exec_module

            def exec_module(module):
                load(module)
                find = module.find
                module.find = lambda given: traced(given, find(given))

            spec.loader.exec_module = exec_module
            return spec

    sys.meta_path.insert(0, Finder())
