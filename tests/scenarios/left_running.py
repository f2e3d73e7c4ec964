"""Threads, processes and timers are left running."""
# says: further-1: started

# %%
import multiprocessing
import subprocess
import threading
import time

threading.Thread(target=time.sleep, args=(3600,)).start()
threading.Timer(3600, print).start()
subprocess.Popen(["sleep", "3600"])
worker = multiprocessing.get_context("fork").Process(target=time.sleep, args=(3600,))
worker.start()
print("started")
