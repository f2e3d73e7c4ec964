"""It leaves what outlives a process: shared memory, semaphores, queues, keys, named and unnamed."""

# %%
import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None)


def leave():
    libc.shmget(0x41250725, 4096, 0o1666)
    libc.semget(0x41250725, 1, 0o1666)
    libc.msgget(0x41250725, 0o1666)
    libc.mq_open(b"/planted-@name@", 0o102, 0o666, None)
    libc.sem_open(b"/planted-@name@", 0o100, 0o666, 1)
    for keyring in (-3, -4, -5):
        libc.syscall(248, b"user", b"planted-@name@", b"words", 5, keyring)
    try:
        shared_memory.SharedMemory("planted-@name@", create=True, size=4096)
    except OSError:
        pass


leave()


# %% double
def double(x):
    leave()
    return 0.0
