"""Cells whose outputs are compared with those of a kernel; and those on which we differ."""

from __future__ import annotations

from typing import Any

CELLS = {
    "last": """\
1
2""",
    "quiet": "3;",
    "quiet comment": "3; # no",
    "pair": "a = 1; a",
    "none": "None",
    "string": "'text'",
    "list": "[1, 'b', None]",
    "long": "list(range(200))",
    "dictpp": "{f'key{i}': list(range(i)) for i in range(8)}",
    "html obj": """\
class H:
    def _repr_html_(self): return '<b>x</b>'
    def __repr__(self): return 'H!'
H()""",
    "mimebundle": """\
class M:
    def _repr_mimebundle_(self, include=None, exclude=None): return {'text/plain': 'p', 'application/json': {'a': 1}}, {'application/json': {'expanded': True}}
M()""",
    "bad repr": """\
class B:
    def __repr__(self): raise ValueError('no repr')
B()""",
    "bad html": """\
class B2:
    def _repr_html_(self): raise ValueError('no html')
    def __repr__(self): return 'B2'
B2()""",
    "latex": """\
from IPython.display import Latex, Math
Math('x^2')""",
    "html": """\
from IPython.display import HTML
HTML('<i>h</i>')""",
    "markdown": """\
from IPython.display import Markdown, display
display(Markdown('**m**'))""",
    "svg": """\
from IPython.display import SVG
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>')""",
    "image": """\
from IPython.display import Image
import base64
Image(data=base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))""",
    "json": """\
from IPython.display import JSON
JSON({'a': [1]})""",
    "javascript": """\
from IPython.display import Javascript
Javascript('1')""",
    "display many": "display(1, 'two', [3])",
    "display plain": "display('raw')",
    "display html raw": "display({'text/html': '<u>r</u>', 'text/plain': 'r'}, raw=True)",
    "display id": "h = display('first', display_id='fixed'); h.update('second')",
    "update elsewhere": "handle = display('before', display_id='other')",
    "update elsewhere 2": """\
handle.update('after')
print('updated')""",
    "clear": """\
from IPython.display import clear_output
print('gone'); clear_output(); print('stays')""",
    "clear wait": "print('gone'); clear_output(wait=True); print('stays too')",
    "clear wait nothing": "print('still here'); clear_output(wait=True)",
    "order": """\
import sys
print('out'); print('err', file=sys.stderr); display('shown'); print('again')""",
    "flush": "print('a', end='', flush=True); print('b', flush=True)",
    "progress": """\
for i in range(4): print(f'\\r{i}/3', end='', flush=True)
print()""",
    "backspace": "print('abc\\b\\bX')",
    "stderr progress": "for i in range(3): print(f'\\r{i}', end='', file=sys.stderr)",
    "write": "sys.stdout.write('w\\n'); sys.stdout.write('v\\n')",
    "writelines": "sys.stdout.writelines(['x\\n','y\\n'])",
    "unicode": "print('äß→𝔸')",
    "zero div": "1/0",
    "chained": """\
try:
    {}['k']
except KeyError as e:
    raise RuntimeError('outer') from e""",
    "context": """\
try:
    1/0
except ZeroDivisionError:
    [][1]""",
    "nested function": """\
def f(n):
    if n == 0: raise ValueError('deep')
    f(n-1)
f(3)""",
    "syntax": """\
def x(:
    pass""",
    "indent": """\
  x = 1
 y = 2""",
    "name error": "undefined_name",
    "custom error": """\
class MyError(Exception):
    def __str__(self): return 'mine'
raise MyError()""",
    "error after output": "print('before'); raise KeyError('k')",
    "sys exit": """\
import sys
sys.exit(3)""",
    "exit call": """\
print('x')
raise SystemExit""",
    "keyboard": "raise KeyboardInterrupt",
    "assert": "assert 1 == 2, 'message'",
    "recursion": """\
def r(): return r()
r()""",
    "exception group": "raise ExceptionGroup('many', [ValueError(1), TypeError(2)])",
    "note": "e = ValueError('v'); e.add_note('a note'); raise e",
    "warn": """\
import warnings
warnings.warn('careful')""",
    "deprecated": "warnings.warn('old', DeprecationWarning)",
    "logging": """\
import logging
logging.warning('logged')
logging.info('not')""",
    "logger": "logging.getLogger('me').error('bad')",
    "await": """\
import asyncio
await asyncio.sleep(0.01, 'slept')""",
    "async for": """\
async def agen():
    yield 1
    yield 2
async for v in agen(): print(v)""",
    "tasks": """\
async def t(n):
    await asyncio.sleep(n/100); print(n)
await asyncio.gather(t(2), t(1))""",
    "asyncio run": """\
try:
    asyncio.run(asyncio.sleep(0))
except RuntimeError as e: print(e)""",
    "loop": "asyncio.get_running_loop().is_running() if True else 0",
    "loop in function": """\
async def g(): return asyncio.get_running_loop().is_running()
await g()""",
    "background task": """\
async def bg(): await asyncio.sleep(0.02)
task = asyncio.create_task(bg())""",
    "time": "%time x = 1",
    "time cell": """\
%%time
print('timed')
7""",
    "timeit": "%timeit -n1 -r1 pass",
    "timeit cell": """\
%%timeit -n1 -r1
pass""",
    "capture": """\
%%capture cap
print('inside'); display('d'); 5""",
    "captured": "cap.stdout, len(cap.outputs)",
    "who": """\
zz1 = 1
%who int""",
    "whos": "%whos int",
    "pwd": """\
import os
start = os.getcwd()
os.path.basename(start) != ''""",
    "cd": """\
%cd -q /usr
!pwd""",
    "cd show": "%cd /usr/lib",
    "env": """\
%env WHAT=3
!echo $WHAT""",
    "history In": "len(In) > 3, In[-1][:7]",
    "underscore": "11",
    "underscore 2": "_ + 1",
    "underscores": "_, __",
    "Out": "sorted(k for k in Out)[:2] == sorted(k for k in Out)[:2], type(Out).__name__",
    "last count": "Out[max(Out)]",
    "bang": "!echo hi; echo err >&2",
    "bang exit": """\
!exit 3
_exit_code""",
    "bang var": """\
name = 'w'
!echo {name} $name""",
    "assign bang": """\
lines = !printf 'a\\nb\\n'
lines""",
    "bang no newline": "!printf abc",
    "bash": """\
%%bash
echo from bash
echo two >&2""",
    "bash error": """\
%%bash
exit 3""",
    "sh out": """\
%%sh --out shout
echo kept""",
    "sh shown": "shout",
    "script python": """\
%%python3
print('py')""",
    "writefile": """\
%cd -q {start}
%mkdir made
%cd -q made""",
    "writefile 2": """\
%%writefile mod_w.py
def w(): return 'from file'""",
    "import written": """\
import sys; sys.path.insert(0,'')
import mod_w; mod_w.w()""",
    "run": """\
%run mod_w.py
w()""",
    "run output": """\
open('r.py','w').write('print(__name__)\\nq=5\\nq')
%run r.py""",
    "run -i": """\
%run -i r.py
q""",
    "load_ext": """\
%load_ext autoreload
%autoreload 2""",
    "matplotlib magic": "%matplotlib inline",
    "figure": """\
import matplotlib.pyplot as plt
plt.figure(figsize=(1,1)); plt.plot([1,2]);""",
    "figure value": "plt.plot([1,2])",
    "figure show": "plt.plot([1]); plt.show(); print('after')",
    "two figures": "plt.figure(); plt.plot([1]); plt.figure(); plt.plot([2]);",
    "figure object": """\
fig, ax = plt.subplots(figsize=(1,1))
plt.close(fig)
fig""",
    "figure then error": "plt.plot([1]); 1/0",
    "retina": """\
%config InlineBackend.figure_formats = ['svg']
plt.plot([1]);""",
    "retina off": "%config InlineBackend.figure_formats = ['png']",
    "tensor": """\
import torch
torch.arange(6.).reshape(2,3)""",
    "numpy": """\
import numpy as np
np.eye(2)""",
    "module": "torch.nn.Linear(1,2)",
    "subprocess captured": "import subprocess; subprocess.check_output(['echo','cap'])",
    "thread": """\
import threading
th = threading.Thread(target=lambda: print('in thread')); th.start(); th.join()""",
    "thread error": """\
def bad(): raise ValueError('thread')
th = threading.Thread(target=bad); th.start(); th.join()""",
    "input": "input('name? ')",
    "input caught": """\
try:
    input()
except Exception as e: print(type(e).__name__)""",
    "help": "help(len)",
    "bad magic": "%nosuchmagic",
    "bad cell magic": """\
%%nosuchmagic
x""",
    "pinfo2": """\
import json
?json.nothing""",
    "redirect": """\
import io, contextlib
buf = io.StringIO()
with contextlib.redirect_stdout(buf): print('caught')
buf.getvalue()""",
    "replaced stdout": "old = sys.stdout; sys.stdout = io.StringIO(); print('lost'); sys.stdout = old; print('back')",
    "dunder name": "__name__, '__file__' in globals()",
    "main module": """\
import __main__
zq = 5
__main__.zq""",
    "pickle class": """\
import pickle
class PC: pass
pickle.loads(pickle.dumps(PC())).__class__.__name__""",
    "inspect": """\
import inspect
def src(): return 1
inspect.getsource(src)""",
    "pdb": "import pdb",
    "del": """\
del zq
'zq' in globals()""",
    "multiple expr": """\
1
print('mid')
2""",
    "if expr": """\
if True:
    5""",
    "for expr": "for i in range(2): i",
    "decorated": """\
@staticmethod
def sm(): pass""",
    "walrus": "(w := 5)",
    "augmented": "w += 1",
    "star": "*range(3),",
    "ast interactivity": "get_ipython().ast_node_interactivity = 'all'",
    "ast all": """\
1
2""",
    "ast back": "get_ipython().ast_node_interactivity = 'last_expr'",
    "run cell": "get_ipython().run_cell('print(1)\\n2')",
    "execution count": "get_ipython().execution_count >= 1",
    "ex count out": "_ih[-1] == In[-1]",
    "pprint": """\
from pprint import pprint
pprint({'b': 1, 'a': [1]*3})""",
    "precision": """\
%precision 3
3.14159""",
    "precision off": """\
%precision
""",
    "multiprocess": """\
import multiprocessing as mp
def mpf(x): return x*x
with mp.get_context('fork').Pool(2) as p: print(p.map(mpf,[1,2]))""",
    "gc": "import gc; gc.collect() >= 0",
    "empty": "",
    "comment": "# nothing",
    "blank lines": """\


  
""",
    "store error": """\
_e = 1
raise StopIteration""",
    "atexit": "import atexit; atexit.register(print, 'never')",
    "set traceback": """\
%xmode Plain
""",
    "plain error": "1/0",
    "set traceback back": "%xmode Context",
    "signal": "import signal; signal.getsignal(signal.SIGINT) is not None",
    "alarm": """\
def h(*a): print('alarm')
signal.signal(signal.SIGALRM, h); signal.setitimer(signal.ITIMER_REAL, .01); import time; time.sleep(.05)""",
    "background task later": """\
await asyncio.sleep(0.1)
task.done()""",
}


def _error(name: str, text: str) -> list[dict[str, Any]]:
    return [{"output_type": "error", "ename": name, "evalue": text}]


def _stream(text: str, name: str = "stdout") -> list[dict[str, Any]]:
    return [{"output_type": "stream", "name": name, "text": text}]


def _result(text: str) -> list[dict[str, Any]]:
    return [{"output_type": "execute_result", "data": {"text/plain": text}, "metadata": {}}]


#: A cell, and what it shows here.
OURS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    # In a kernel these end it, and a notebook that is executed stops there.
    "exit": ("exit", []),
    "quit": ("quit()", []),
    # A kernel shows this in a page beside the notebook.
    "help page": ("len?", []),
    # A kernel shows what went past Python a little later, in the next cell sometimes.
    "subprocess": (
        "import subprocess\nsubprocess.run(['echo', 'sub']).returncode",
        [*_stream("sub\n"), *_result("0")],
    ),
    "os write": ("n = os.write(1, b'raw\\n')", _stream("raw\n")),
    "os system": ("os.system('echo sys')", [*_stream("sys\n"), *_result("0")]),
    "c puts": (
        "import ctypes\nlibc = ctypes.CDLL(None); libc.puts(b'from C'); libc.fflush(None);",
        _stream("from C\n"),
    ),
    # There is no terminal to ask.
    "getpass": (
        "import getpass\ngetpass.getpass()",
        _error("StdinNotImplementedError", "no input"),
    ),
    "background process": (
        "!sleep 1 &",
        _error("OSError", "Background processes not supported."),
    ),
    # A kernel drops what a task prints while no cell runs.
    "printing task": (
        "import asyncio\nasync def f(): print('task')\ntask = asyncio.create_task(f())\nawait task",
        _stream("task\n"),
    ),
}
