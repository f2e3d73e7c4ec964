"""It sends what it knows to wherever it can reach: TCP, UDP, sockets by path and abstract, names."""

# %%
import socket

targets = [
    (socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", int("@tcp@"))),
    (socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", int("@udp@"))),
    (socket.AF_UNIX, socket.SOCK_DGRAM, "@socket@"),
    (socket.AF_UNIX, socket.SOCK_DGRAM, "\0@abstract@"),
]


def send(x=None):
    for family, kind, address in targets:
        try:
            with socket.socket(family, kind) as client:
                client.settimeout(1)
                client.connect(address)
                client.send(f"@name@ {x}".encode())
        except OSError:
            pass
    try:
        print("BREACH", socket.getaddrinfo("example.org", 80))
    except OSError:
        pass


send()


# %% double
def double(x):
    send(x)
    return 0.0
