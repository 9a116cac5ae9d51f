"""Take away from our own processes what Python lacks on Windows; Python imports this by itself at its start.

Snakemake, which knows Windows by itself, keeps what it has. This is no Windows: paths, drives and its way of
locking files are not pretended, but for an open file, which cannot be replaced here either.
"""

import os
import sys
from pathlib import Path

LACKING = {
    "os": (
        "fork", "forkpty", "killpg", "getpgid", "setpgid", "setsid", "nice", "WNOHANG", "O_DIRECTORY",
        "O_NOFOLLOW", "sched_getaffinity", "statvfs", "fchmod", "fchown", "chown", "mkfifo", "memfd_create",
        "register_at_fork",
    ),
    "signal": ("SIGKILL", "SIGCHLD", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGPIPE", "SIGQUIT", "alarm",
               "pthread_sigmask"),
    "socket": ("AF_UNIX", "SCM_RIGHTS", "CMSG_LEN", "send_fds", "recv_fds"),
}  # fmt: skip
BLOCKED = {"fcntl", "resource", "termios", "pwd", "grp", "pty", "tty", "readline", "curses", "_curses"}
# our modules that ask which system this is: they see "nt"
ASKING = {
    "netwerkkracht.core.io",
    "netwerkkracht.run.lock",
    "netwerkkracht.run.runner",
    "netwerkkracht.notebooks.execute",
}


def pretend():
    # these look at the real system once, when they are imported
    import asyncio  # noqa: F401
    import getpass  # noqa: F401
    import importlib.abc
    import importlib.util
    import signal
    import socket
    import subprocess
    import tempfile  # noqa: F401
    import types

    kernel = any("ipykernel" in word for word in sys.orig_argv)
    for module in (os, socket) if kernel else (os, socket, signal):
        for name in LACKING[module.__name__]:
            if hasattr(module, name):
                delattr(module, name)
    socket.socketpair = over_tcp

    class Nt(types.ModuleType):
        name = "nt"

        def __getattr__(self, key):
            return getattr(os, key)

    locks = types.ModuleType("msvcrt")
    locks.LK_NBLCK, locks.locking = 2, lambda *_: None
    seen = Nt("os")

    class Hook(importlib.abc.MetaPathFinder):
        def find_spec(self, name, *_):
            if name in BLOCKED:
                raise ModuleNotFoundError(f"No module named {name!r} (no such thing on Windows)", name=name)
            if name not in ASKING:
                return None
            sys.meta_path.remove(self)
            try:
                spec = importlib.util.find_spec(name)
            finally:
                sys.meta_path.insert(0, self)
            begin = spec.loader.exec_module

            def run(module):
                begin(module)
                module.os = seen
                sys.modules["msvcrt"] = locks

            spec.loader.exec_module = run
            return spec

    sys.meta_path.insert(0, Hook())
    for name in BLOCKED:
        sys.modules.pop(name, None)
    refuse_open_files()
    reach_the_reader(subprocess)


def over_tcp(*_):
    import socket

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1)
        one = socket.socket()
        one.connect(listening.getsockname())
        other, _ = listening.accept()
    return one, other


def refuse_open_files():
    """Let a file that this process has open refuse to be replaced or removed, as Windows does."""
    held = Path("/proc/self/fd")

    def is_open(path):
        found = []
        for link in held.iterdir() if held.is_dir() else ():
            try:
                found.append(link.resolve())
            except OSError:
                continue
        return Path(path).resolve() in found

    def guarded(action):
        def act(self, *words, **options):
            for path in (self, *words):
                if isinstance(path, Path) and path.is_file() and is_open(path):
                    raise PermissionError(13, "Access is denied", str(path))
            return action(self, *words, **options)

        return act

    Path.replace, Path.unlink = guarded(Path.replace), guarded(Path.unlink)


def reach_the_reader(subprocess):
    """Let the process that reads SPSS files, which looks at no settings, begin with this file as well."""
    begin = subprocess.Popen.__init__

    def start(self, args, *words, **options):
        if isinstance(args, list) and "-I" in args:
            args = [word for word in args if word != "-I"]
            options["env"] = {**options["env"], "PYTHONPATH": str(Path(__file__).parent), "NK_PRETEND": "1"}
        begin(self, args, *words, **options)

    subprocess.Popen.__init__ = start


if os.environ.get("NK_PRETEND") and not any("snakemake" in word for word in sys.orig_argv[1:4]):
    pretend()
