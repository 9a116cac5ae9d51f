"""What may leave of real data: the releasable form of every exhibit, and the attacks it must withstand.

The rules are those of ``docs/release.md``. Nothing here reads or writes files.
"""
