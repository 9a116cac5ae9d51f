"""A notebook kernel that is a copy of this process: what is imported here is there already.

The copy is made before this process has an event loop, a socket or a thread of its own, and waits until it is
told where to connect. It ends with this process, however that ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, cast


class Copy:
    """The waiting copy, with the part of ``subprocess.Popen`` that a kernel's keeper asks for."""

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        """Fork."""
        orders, self._told = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._told)
            _become_kernel(orders)
        os.close(orders)

    def begin(self, words: Sequence[str], env: Mapping[str, str], folder: str) -> None:
        """Let the copy become a kernel with the words, the environment and the folder of a new process."""
        said = json.dumps({"words": list(words), "env": dict(env), "folder": folder}).encode()
        while said:
            said = said[os.write(self._told, said) :]
        self._hang_up()

    def _hang_up(self) -> None:
        os.close(self._told)
        self._told = -1

    def close(self) -> None:
        """Let a copy that was never used end, and one that still runs."""
        if self._told >= 0:
            self._hang_up()
        elif self.poll() is None:
            self.kill()
        self.wait()

    def poll(self) -> int | None:
        """Return the exit code, None while it runs."""
        return self._ended(os.WNOHANG)

    def wait(self) -> int | None:
        """Wait for its end and return the exit code."""
        return self._ended(0)

    def _ended(self, options: int) -> int | None:
        if self.returncode is None:
            done, status = os.waitpid(self.pid, options)
            self.returncode = os.waitstatus_to_exitcode(status) if done else None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to a copy that runs."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


@contextmanager
def copied() -> Iterator[Copy]:
    """Return a copy that is gone when the block ends."""
    made = Copy()
    try:
        yield made
    finally:
        with suppress(ChildProcessError):
            made.close()


def _become_kernel(orders: int) -> NoReturn:
    """Wait for orders, then run a kernel until it is told to stop; never return to the copied program."""
    code = 1
    try:
        os.setsid()
        with open(orders, "rb") as pipe:  # a descriptor, no path
            said = pipe.read()
        if not said:
            os._exit(0)
        order = json.loads(said)
        os.chdir(order["folder"])
        os.environ.clear()
        os.environ.update(order["env"])
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        sys.argv = ["ipykernel_launcher", *order["words"]]
        # the kernel looks now and then whether the copied process is still its parent
        words = [*order["words"], f"--IPKernelApp.parent_handle={os.getppid()}"]
        # a loop that this process may have had would be shared with the one that was copied
        asyncio.set_event_loop(asyncio.new_event_loop())
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(words)
        code = 0
    except Exception:  # noqa: BLE001  # nobody above would say it
        traceback.print_exc()
    finally:
        os._exit(code)


def keeper(made: Copy) -> Any:
    """Return a class of Jupyter's keepers of kernels that starts this copy in place of a new process."""
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class Keeper(LocalProvisioner):  # type: ignore[misc]
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
            made.begin(cmd[cmd.index("-f") :], kwargs.get("env") or os.environ, str(kwargs.get("cwd") or "."))
            self.process, self.pid = cast(Any, made), made.pid
            return self.connection_info

    return Keeper
