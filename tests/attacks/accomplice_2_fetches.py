"""It looks for what `accomplice_1_stashes` left: files, shared memory, keys, a listening process."""

# %% after setup
import ctypes
import os
import socket

libc = ctypes.CDLL(None)
for place in ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", os.path.expanduser("~")):
    path = f"{place}/planted-accomplice"
    print(open(path).read() if os.path.exists(path) else place)
libc.shmat.restype = ctypes.c_void_p
memory = libc.shmat(libc.shmget(0x41250725, 0, 0o666), None, 0)
if memory not in (None, ctypes.c_void_p(-1).value):
    print(ctypes.string_at(memory, 1000))
for keyring in (-3, -4, -5):
    key = libc.syscall(250, 10, keyring, b"user", b"planted", 0)
    buffer = ctypes.create_string_buffer(1000)
    if key > 0 and libc.syscall(250, 11, key, buffer, 1000) > 0:
        print(buffer.value)
client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
client.connect("\0planted-accomplice")
print(client.recv(1000))
