"""Test cells as courses write them: the student's code, and a test that must pass on it."""

from __future__ import annotations

VALUES = {
    "numbers": (
        """\
a1 = 3
a2 = 2.5
a3 = True
a4 = None
a5 = 1+2j
a6 = 'text ü\\n'
a7 = b'xy\\x00'
a8 = 10**400
a9 = float('inf')
a10 = float('nan')
a11=-0.0
a12=bytearray(b'q')
""",
        """\
import math
assert a1 == 3 and type(a1) is int
assert a2 == 2.5 and isinstance(a2, float)
assert a3 is True
assert a4 is None
assert a5 == 1+2j
assert a6 == 'text ü\\n'
assert a7 == b'xy\\x00'
assert a8 == 10**400
assert a9 == math.inf and math.isnan(a10) and math.copysign(1, a11) == -1
assert a12 == bytearray(b'q')
""",
    ),
    "containers": (
        """\
b1=[1,[2,[3,(4,{'k':{5}})]]]
b2={'a':1,(1,2):[3],None:4,True:5}
b3={1,2,3}; b4=frozenset('ab'); b5=range(1,10,2); b6=slice(1,None,2); b7=...
import collections
b8=collections.OrderedDict(a=1); b9=collections.Counter('aab'); b10=collections.defaultdict(list,{'x':[1]}); b11=collections.deque([1,2])
b12=()
b13={}
b14=[None]*3
P=collections.namedtuple('P','x y'); b15=P(1,2)
""",
        """\
import collections
assert b1==[1,[2,[3,(4,{'k':{5}})]]]
assert b2=={'a':1,(1,2):[3],None:4,True:5} and list(b2)==['a',(1,2),None,True]
assert b3=={1,2,3} and b4==frozenset('ab') and b5==range(1,10,2) and b6==slice(1,None,2) and b7 is ...
assert b8==collections.OrderedDict(a=1) and b9==collections.Counter('aab') and b9['a']==2 and b10['x']==[1] and b11==collections.deque([1,2])
assert isinstance(b9, collections.Counter) and isinstance(b10, dict) and isinstance(b10, collections.defaultdict)
assert b12==() and b13=={} and b14==[None]*3
assert b15==(1,2) and b15.x==1 and b15._fields==('x','y') and type(b15).__name__=='P'
assert isinstance(b15, tuple)
""",
    ),
    "object array": (
        """\
import numpy as np
co=np.array([1,None,'x'],dtype=object)
""",
        """\
assert co[0]==1 and co.shape==(3,) and len(co)==3 and co.tolist()==[1,None,'x']
""",
    ),
    "structured array": (
        """\
import numpy as np
cs=np.array([(1,2.)],dtype=[('a',int),('b',float)])
""",
        """\
assert cs['a'][0]==1 and cs.shape==(1,)
""",
    ),
    "globals get missing": (
        """\
gmm=1
""",
        """\
assert globals().get('nnn') is None
""",
    ),
    "get_ipython": (
        """\
mag=5
""",
        """\
get_ipython().run_line_magic('matplotlib','inline')
get_ipython().run_cell_magic('capture','out','print(1)')
assert out.stdout=='1\\n'
""",
    ),
    "axes attr": (
        """\
import matplotlib.pyplot as plt
fig,axx=plt.subplots(); axx.set_xlabel('t')
""",
        """\
assert axx.get_xlabel()=='t'
""",
    ),
    "map filter": (
        """\
mf=map(str,[1,2]); ff=filter(None,[0,1]); zz=zip('ab',[1,2]); en=enumerate('a'); dk={'a':1}.keys(); dv={'a':1}.values(); di={'a':1}.items()
""",
        """\
assert list(mf)==['1','2'] and list(ff)==[1] and list(zz)==[('a',1),('b',2)] and list(en)==[(0,'a')]
assert list(dk)==['a'] and list(dv)==[1] and list(di)==[('a',1)]
assert dk=={'a'}
""",
    ),
    "fraction decimal": (
        """\
from fractions import Fraction
from decimal import Decimal
fr=Fraction(1,3); de=Decimal('1.5'); import datetime; dt=datetime.date(2020,1,2)
""",
        """\
from fractions import Fraction
from decimal import Decimal
import datetime
assert fr==Fraction(1,3)
assert de==Decimal('1.5')
assert dt==datetime.date(2020,1,2)
""",
    ),
    "path regex": (
        """\
from pathlib import Path
import re
pa=Path('a/b'); rx=re.compile('a+')
""",
        """\
from pathlib import Path
assert pa==Path('a/b')
assert rx.match('aa') is not None and rx.match('aa').group()=='aa'
""",
    ),
    "del student name": (
        """\
dl=1
""",
        """\
del dl
assert 'dl' not in globals()
""",
    ),
    "augment student variable": (
        """\
au=1
""",
        """\
au+=1
assert au==2
""",
    ),
    "student var in fstring/comprehension/lambda": (
        """\
fv=3
""",
        """\
assert f'{fv}'=='3' and [fv for _ in range(1)]==[3] and (lambda: fv)()==3
def g(): return fv
assert g()==3
class C: z=fv
assert C.z==3
assert eval('fv')==3
exec('assert fv==3')
""",
    ),
    "print in test with student value": (
        """\
pv=[1,2]
""",
        """\
print(pv); print('ok', pv); pv
""",
    ),
    "only student imports": (
        """\
import math as mth
from math import pi as pipi, sqrt as sqq
""",
        """\
assert mth.sqrt(4)==2 and abs(pipi-3.14159)<1e-4 and sqq(9)==3
""",
    ),
    "student imports used unaliased": (
        """\
import torch
import numpy as np
import matplotlib.pyplot as plt
""",
        """\
assert torch.ones(2).sum()==2 and np.ones(2).sum()==2 and isinstance(torch.ones(2), torch.Tensor)
np.testing.assert_array_equal(np.ones(2),np.ones(2))
assert np.allclose([1.],[1.])
torch.testing.assert_close(torch.ones(1),torch.ones(1))
assert plt is not None
""",
    ),
}
FUNCTIONS = {
    "numpy": (
        """\
import numpy as np
c1=np.arange(6.).reshape(2,3); c2=np.float32(1.5); c3=np.array(['ab','c']); c4=np.array([True,False]); c5=np.arange(12).reshape(3,4).T[::2]
c6=np.int64(3); c7=np.zeros((0,3)); c8=np.array(5); c9=np.datetime64('2020-01-01'); c10=np.array([1,None],dtype=object); c11=np.bool_(True); c12=np.array([(1,2.)],dtype=[('a',int),('b',float)])
c13=np.array([1+2j])
def cf(x): return np.asarray(x)*2
""",
        """\
import numpy as np
assert (c1==np.arange(6.).reshape(2,3)).all() and c1.shape==(2,3) and c1.dtype==np.float64
assert c2==1.5 and c2.dtype==np.float32 and isinstance(c2,np.floating)
assert list(c3)==['ab','c'] and c4.tolist()==[True,False]
np.testing.assert_array_equal(c5, np.arange(12).reshape(3,4).T[::2])
assert c6==3 and c7.shape==(0,3) and c8==5 and c8.shape==() 
assert c9==np.datetime64('2020-01-01')
assert c11 and isinstance(c11,np.bool_)
np.testing.assert_allclose(cf([1,2.]),[2,4])
assert isinstance(cf([1]), np.ndarray)
c1[0,0]=9
assert c13[0]==1+2j
""",
    ),
    "functions": (
        """\
def e1(x, y=2, *args, k=3, **kw):
    "Doc of e1."
    return (x,y,args,k,kw)
e2=lambda v: v*v
def e3(n):
    def inner(m): return n*m
    return inner
def e4():
    yield 1
    yield 2
def e5(f, *a): return f(*a)
import functools
def deco(f):
    @functools.wraps(f)
    def w(*a): return f(*a)+100
    return w
@deco
def e6(x):
    "wrapped"
    return x
e7=functools.partial(e1, 1)
""",
        """\
assert e1(1)==(1,2,(),3,{})
assert e1(1,5,6,7,k=8,z=9)==(1,5,(6,7),8,{'z':9})
assert e1(x=1,y=0)==(1,0,(),3,{})
assert e2(3)==9
assert e3(3)(4)==12
f=e3(5); assert f(2)==10 and f(3)==15
assert list(e4())==[1,2]
g=e4(); assert next(g)==1; assert next(g)==2
try:
    next(g)
except StopIteration: pass
else: raise AssertionError('no stop')
assert e5(lambda x: x+1, 2)==3
assert e5(e2, 4)==16
assert e5(max, 1, 2)==2
def helper(x): return x-1
assert e5(helper, 2)==1
assert e6(1)==101
assert e7(y=4)==(1,4,(),3,{})
assert sorted([3,1,2], key=lambda v: -e2(v))==[3,2,1]
assert list(map(e2,[1,2]))==[1,4]
assert sum(e4())==3
assert [e2(i) for i in range(3)]==[0,1,4]
assert {i: e2(i) for i in range(2)}=={0:0,1:1}
""",
    ),
    "types.FunctionType": (
        """\
def ft(): pass
""",
        """\
import types
assert isinstance(ft, types.FunctionType)
assert type(ft) is types.FunctionType or type(ft).__name__=='function'
""",
    ),
    "in place": (
        """\
def i1(l): l.append(9)
def i2(d): d['n']=1
def i3(t): t.add_(1)
def i4(a): a[0]=7
def i5(s): s.add(5)
def i6(l): l.sort()
def i7(l): l[0].append(1)
def i8(x, *, out): out.append(x)
def i9(o): o.val=3
def i10(l): l.clear()
def i11(a): a.sort()
def i12(m):
    for p in m.parameters(): p.data.fill_(2.)
def i13(q): q.append(1); q.popleft()
def i14(b): b.extend(b'z')
""",
        """\
import torch, numpy as np, collections
l=[1]; assert i1(l) is None; assert l==[1,9]
d={}; i2(d); assert d=={'n':1}
t=torch.zeros(2); i3(t); assert t.tolist()==[1,1]
a=np.zeros(2); i4(a); assert a[0]==7
s=set(); i5(s); assert s=={5}
l=[3,1,2]; i6(l); assert l==[1,2,3]
l=[[0]]; inner=l[0]; i7(l); assert l==[[0,1]]
o=[]; i8(4,out=o); assert o==[4]
l=[1]; i10(l); assert l==[]
a=np.array([2,1]); i11(a); assert a.tolist()==[1,2]
q=collections.deque([0]); i13(q); assert list(q)==[1]
b=bytearray(b'a'); i14(b); assert b==b'az'
l=[3]; i1(l=l); assert l==[3,9]
""",
    ),
    "in place inner": (
        """\
def ii(l): l[0].append(1)
""",
        """\
l=[[0]]; inner=l[0]; ii(l); assert inner==[0,1]
""",
    ),
    "in place instance": (
        """\
def iobj(o): o.val=3
""",
        """\
class O: pass
o=O(); iobj(o); assert o.val==3
""",
    ),
    "identity of arg": (
        """\
def same(x): return x
def app(l):
    l.append(1); return l
""",
        """\
l=[1,2]
assert same(l) is l
assert app(l) is l
""",
    ),
    "capture stdout": (
        """\
def hello(n): print('hello', n)
def err(): import sys; print('e', file=sys.stderr)
""",
        """\
import io, contextlib
out=io.StringIO()
with contextlib.redirect_stdout(out): hello(3)
assert out.getvalue()=='hello 3\\n'
from IPython.utils.capture import capture_output
with capture_output() as cap: hello(4)
assert cap.stdout=='hello 4\\n'
import sys
old=sys.stdout; sys.stdout=io.StringIO(); hello(5); got=sys.stdout.getvalue(); sys.stdout=old
assert got=='hello 5\\n'
""",
    ),
    "capture stderr": (
        """\
def cerr(): import sys; print('e', file=sys.stderr)
""",
        """\
import io, contextlib
out=io.StringIO()
with contextlib.redirect_stderr(out): cerr()
assert out.getvalue()=='e\\n'
""",
    ),
    "mock input": (
        """\
def ask(): return int(input('n? '))*2
""",
        """\
from unittest.mock import patch
with patch('builtins.input', return_value='4'): assert ask()==8
""",
    ),
    "globals": (
        """\
gl=3
def glf(): return gl
""",
        """\
assert 'gl' in globals() and 'nope_x' not in globals()
assert globals()['gl']==3
assert globals().get('gl')==3
assert 'gl' in locals() or 'gl' in dir() 
assert 'gl' in vars() or True
assert callable(globals().get('glf'))
""",
    ),
    "monkeypatch globals": (
        """\
kk=3
def useskk(): return kk
""",
        """\
kk=10
assert useskk()==10
""",
    ),
    "test defines helper global for student": (
        """\
def useshelper(x): return helper_of_test(x)
""",
        """\
def helper_of_test(x): return x+5
assert useshelper(1)==6
""",
    ),
    "mutate student list": (
        """\
store=[]
def put(x): store.append(x)
""",
        """\
put(1); put(2)
assert store==[1,2]
""",
    ),
    "state between calls": (
        """\
cnt=0
def tick():
    global cnt
    cnt+=1
    return cnt
""",
        """\
assert tick()==1
assert tick()==2
assert cnt==2
""",
    ),
    "time magic": (
        """\
def tm(): return 1
""",
        """\
%time q=tm()
assert q==1
""",
    ),
    "pandas-like": (
        """\
import matplotlib.pyplot as plt
def plot():
    fig,ax=plt.subplots(); ax.plot([1,2],[3,4]); ax.set_title('T'); return fig,ax
""",
        """\
fig,ax=plot()
assert ax.get_title()=='T'
assert len(ax.lines)==1
x,y=ax.lines[0].get_data(); assert list(y)==[3,4]
""",
    ),
    "generators": (
        """\
def gen(n):
    for i in range(n): yield i*i
gg=gen(3)
inf=__import__('itertools').count()
""",
        """\
import itertools, types
assert list(gen(4))==[0,1,4,9]
assert list(gg)==[0,1,4]
assert list(itertools.islice(inf,3))==[0,1,2]
assert [a+b for a,b in zip(gen(2),gen(2))]==[0,2]
""",
    ),
    "isgenerator": (
        """\
def gen2(): yield 1
""",
        """\
import types, inspect
assert isinstance(gen2(), types.GeneratorType)
assert inspect.isgeneratorfunction(gen2)
""",
    ),
    "send": (
        """\
def coro():
    x=yield 1
    yield x*2
""",
        """\
c=coro(); next(c); assert c.send(4)==8
""",
    ),
    "async": (
        """\
import asyncio
async def af(x):
    await asyncio.sleep(0)
    return x+1
""",
        """\
import asyncio
assert await af(1)==2
""",
    ),
    "async gather": (
        """\
import asyncio
async def ag(x):
    await asyncio.sleep(0)
    return x+1
""",
        """\
import asyncio
assert await asyncio.gather(ag(1),ag(2))==[2,3]
""",
    ),
    "test class given to student": (
        """\
def dispatch(a): return a.speak()+'!'
""",
        """\
class Dog:
    def speak(self): return 'wuff'
assert dispatch(Dog())=='wuff!'
""",
    ),
    "counting callback": (
        """\
def apply_n(f,n):
    for i in range(n): f(i)
""",
        """\
calls=[]
apply_n(calls.append, 3)
assert calls==[0,1,2]
""",
    ),
    "unittest": (
        """\
def add2(a,b): return a+b
""",
        """\
import unittest
class TestAdd(unittest.TestCase):
    def test_a(self): self.assertEqual(add2(1,2),3)
    def test_b(self):
        self.assertAlmostEqual(add2(.1,.2),.3)
r=unittest.TextTestRunner(stream=__import__('io').StringIO()).run(unittest.defaultTestLoader.loadTestsFromTestCase(TestAdd))
assert r.wasSuccessful() and r.testsRun==2
""",
    ),
    "unittest main": (
        """\
def add3(a,b): return a+b
""",
        """\
import unittest
class TestAdd3(unittest.TestCase):
    def test_a(self): self.assertEqual(add3(1,2),3)
res=unittest.main(argv=[''], exit=False, verbosity=0)
assert res.result.testsRun>=1 and res.result.wasSuccessful()
""",
    ),
    "doctest": (
        """\
def dbl(x):
    '''
    >>> dbl(2)
    4
    '''
    return 2*x
""",
        """\
import doctest
r=doctest.run_docstring_examples(dbl, globals())
""",
    ),
    "timeit": (
        """\
def fast(): return 1
""",
        """\
import timeit
assert timeit.timeit(fast, number=10)<5
import time
t=time.time(); fast(); assert time.time()-t<2
""",
    ),
    "sorted key": (
        """\
def keyf(x): return -x
""",
        """\
assert sorted([1,2,3],key=keyf)==[3,2,1] and max([1,2],key=keyf)==1
import functools
assert functools.reduce(lambda a,b: keyf(a)+b,[1,2])==1
""",
    ),
    "is None": (
        """\
def rn(): pass
""",
        """\
assert rn() is None
""",
    ),
    "bool result is": (
        """\
def rb(x): return x>0
""",
        """\
assert rb(1) is True and rb(0) is False
""",
    ),
    "np bool": (
        """\
import numpy as np
def rnb(x): return np.float64(x)>0
""",
        """\
assert rnb(1) == True and rnb(1)
""",
    ),
    "string methods": (
        """\
def sm(): return 'aBc'
""",
        """\
assert sm().lower()=='abc' and 'B' in sm() and sm()[0]=='a' and len(sm())==3
""",
    ),
    "almost": (
        """\
def al(): return .1+.2
""",
        """\
import math, pytest
assert math.isclose(al(),.3) and abs(al()-.3)<1e-9 and al()==pytest.approx(.3) and round(al(),5)==.3
""",
    ),
    "builtin-name function": (
        """\
def sum(x): return 42
max=3
""",
        """\
assert sum([1])==42 and max==3
""",
    ),
    "warnings": (
        """\
import warnings
def wn(): warnings.warn('old', DeprecationWarning); return 1
""",
        """\
import warnings
with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter('always')
    wn()
assert len(w)==1 and 'old' in str(w[0].message)
""",
    ),
    "warns": (
        """\
import warnings
def wn2(): warnings.warn('old', UserWarning); return 1
""",
        """\
import pytest
with pytest.warns(UserWarning): wn2()
""",
    ),
    "operator in on result": (
        """\
def ls(): return ['a','b']
""",
        """\
assert 'a' in ls() and ls().index('b')==1 and ls()[::-1]==['b','a']
""",
    ),
    "assert message": (
        """\
def am(): return 3
""",
        """\
assert am()==3, f'got {am()}'
""",
    ),
    "complex nested result": (
        """\
import torch, numpy as np
def nest(): return {'a':[torch.ones(2),np.ones(2)],'b':(1,{'c':None})}
""",
        """\
import torch
r=nest(); assert torch.equal(r['a'][0],torch.ones(2)) and r['b'][1]['c'] is None
""",
    ),
    "np.vectorize of student f": (
        """\
def nv(x): return x*2
""",
        """\
import numpy as np
assert np.vectorize(nv)(np.array([1,2])).tolist()==[2,4]
assert np.apply_along_axis(nv,0,np.ones((2,2))).sum()==8
""",
    ),
    "assert with lambda default": (
        """\
def ld(f=lambda x:x): return f(1)
""",
        """\
assert ld()==1 and ld(f=lambda x:x+1)==2
""",
    ),
    "test with type hints": (
        """\
def th2(x): return x
""",
        """\
def check(n: int) -> bool:
    return th2(n)==n
assert all(check(i) for i in range(5))
""",
    ),
    "recursion": (
        """\
def fact(n): return 1 if n<2 else n*fact(n-1)
""",
        """\
import pytest
assert fact(20)==2432902008176640000
assert fact(500)%1000==0
""",
    ),
}
CLASSES = {
    "introspection": (
        """\
def f1(x, y=2, *, k: int=3) -> float:
    "Doc of f1."
    return x
class F2:
    'Doc of F2'
    z=1
    def m(self, a): return a
""",
        """\
import inspect
assert callable(f1) and hasattr(f1,'__call__') and hasattr(f1,'__name__')
assert f1.__name__=='f1'
assert f1.__doc__=='Doc of f1.'
assert list(inspect.signature(f1).parameters)==['x','y','k']
assert inspect.signature(f1).parameters['y'].default==2
assert inspect.isfunction(f1) or callable(f1)
assert F2.__name__=='F2' and F2.__doc__=='Doc of F2'
assert inspect.isclass(F2)
assert hasattr(F2,'m') and not hasattr(F2,'nope')
assert isinstance(F2, type)
assert type(F2()).__name__=='F2'
assert F2().__class__.__name__=='F2'
assert 'def f1' in inspect.getsource(f1)
assert f1.__defaults__==(2,)
assert f1.__annotations__['return'] is float
assert f1.__code__.co_argcount==2
assert f1.__module__=='__main__'
""",
    ),
    "classes": (
        """\
class Vec:
    kind='v'
    def __init__(self,x,y=0): self.x=x; self.y=y
    def norm(self): return (self.x**2+self.y**2)**.5
    @property
    def p(self): return self.x*10
    @staticmethod
    def s(a): return a+1
    @classmethod
    def c(cls, a): return cls(a,a)
    def __add__(self,o): return Vec(self.x+o.x,self.y+o.y)
    def __mul__(self,k): return Vec(self.x*k,self.y*k)
    __rmul__=__mul__
    def __eq__(self,o): return isinstance(o,Vec) and (self.x,self.y)==(o.x,o.y)
    def __hash__(self): return hash((self.x,self.y))
    def __lt__(self,o): return self.norm()<o.norm()
    def __len__(self): return 2
    def __getitem__(self,i): return (self.x,self.y)[i]
    def __setitem__(self,i,v): setattr(self,'xy'[i],v)
    def __iter__(self): return iter((self.x,self.y))
    def __contains__(self,v): return v in (self.x,self.y)
    def __repr__(self): return f'Vec({self.x}, {self.y})'
    def __call__(self,z): return z*self.x
    def __bool__(self): return self.x!=0
    def __neg__(self): return Vec(-self.x,-self.y)
    def __abs__(self): return self.norm()
    def __iadd__(self,o): self.x+=o.x; return self
    def __enter__(self): self.opened=True; return self
    def __exit__(self,*a): self.opened=False; self.exc=a[0] is not None; return True
    def __float__(self): return float(self.x)
    def __int__(self): return int(self.x)
    def __format__(self,s): return 'F'+s
    def __invert__(self): return 'inv'
    def set(self,v): self.x=v
class Sub(Vec): pass
inst=Vec(7,8)
""",
        """\
v=Vec(3,4)
assert v.x==3 and v.y==4 and v.norm()==5 and v.p==30
assert Vec.s(1)==2 and Vec.c(2).y==2 and Vec.kind=='v' and v.s(3)==4
w=v+Vec(1,1); assert (w.x,w.y)==(4,5)
assert (v*2).x==6 and (2*v).y==8
assert v==Vec(3,4) and v!=Vec(0,0) and not (v==5)
assert Vec(0,0)<v and v>Vec(0,0)
assert sorted([v,Vec(0,1)])[0].x==0
assert len(v)==2 and v[0]==3 and v[1]==4 and v[-1]==4
v[0]=30; assert v.x==30
v.x=3; assert v[0]==3
v.set(5); assert v.x==5
v.x=3
assert list(v)==[3,4] and tuple(v)==(3,4)
a,b=v; assert a==3
assert 3 in v and 9 not in v
assert repr(v)=='Vec(3, 4)' and str(v)=='Vec(3, 4)'
assert v(2)==6
assert bool(v) and not Vec(0)
assert (-v).x==-3 and abs(v)==5
v+=Vec(1,0); assert v.x==4
with v as q:
    assert q.opened
assert v.opened is False
assert isinstance(v,Vec) and issubclass(Sub,Vec) and isinstance(Sub(1),Vec) and not isinstance(v,Sub) and not isinstance(3,Vec)
assert issubclass(Vec,object)
assert float(v)==4.0 and int(v)==4
assert f'{v:z}'=='Fz'
assert hasattr(v,'norm') and not hasattr(v,'nope')
assert getattr(v,'nope',5)==5
assert ~v=='inv'
assert inst.x==7
inst.x=1
assert inst.norm()>8
assert type(v)==Vec or type(v) is Vec or isinstance(v, Vec)
assert len({Vec(1,2),Vec(1,2)})==1
try:
    v.nope
except AttributeError: pass
else: assert False
try:
    Vec()
except TypeError: pass
else: assert False
assert callable(v.norm)
m=v.norm; assert m()>0
assert v.__dict__['x']==4
assert vars(v)['x']==4
assert 'norm' in dir(v)
del v.y
assert not hasattr(v,'y')
""",
    ),
    "type identity": (
        """\
class TI: pass
def mk(): return TI()
""",
        """\
assert type(mk()) is TI
assert type(mk()) == TI
assert mk().__class__ is TI
""",
    ),
    "dataclass": (
        """\
from dataclasses import dataclass, field
@dataclass
class DP:
    x: int
    y: float=2.0
    z: list=field(default_factory=list)
dp=DP(1)
def mkdp(x): return DP(x, 3., [x])
""",
        """\
import dataclasses
assert dp.x==1 and dp.y==2. and dp.z==[]
assert DP(1)==DP(1) and DP(1)!=DP(2)
assert mkdp(4)==DP(4,3.,[4])
assert dataclasses.is_dataclass(DP)
assert dataclasses.asdict(mkdp(4))=={'x':4,'y':3.,'z':[4]}
assert repr(dp)=='DP(x=1, y=2.0, z=[])'
assert [f.name for f in dataclasses.fields(DP)]==['x','y','z']
""",
    ),
    "enum": (
        """\
import enum
class Col(enum.Enum):
    R=1
    G=2
col=Col.R
""",
        """\
assert col==Col.R and Col.R.value==1 and Col.R.name=='R' and Col['G'] is not None and len(Col)==2 and [c.name for c in Col]==['R','G'] and Col(2)==Col.G and col is not None
""",
    ),
    "exceptions": (
        """\
class MyErr(ValueError):
    def __init__(self, a, b): super().__init__(a,b); self.a=a; self.code=b
class Plain(Exception): pass
def x1(): raise ValueError('bad')
def x2(): raise MyErr(1,2)
def x3(): raise Plain('p')
def x4(): return 1/0
def x5(): return {}['k']
def x6(): raise NotImplementedError()
def x7(): assert False, 'no'
def x8():
    try: 1/0
    except ZeroDivisionError as e: raise RuntimeError('chained') from e
def x9(): return [][1]
def x10(): return undefined_thing
def x11(): import torch; return torch.ones(2)@torch.ones(3)
def x12(): raise SystemExit(3)
def x13(): raise KeyboardInterrupt
def x14(): raise StopIteration
def x15(): open('/nonexistent')
""",
        """\
import pytest, unittest, numpy as np
with pytest.raises(ValueError, match='bad'): x1()
with pytest.raises(ValueError) as info: x1()
assert 'bad' in str(info.value) and info.type is ValueError
try:
    x2(); assert False
except MyErr as e:
    assert e.args==(1,2)
    assert e.code==2
with pytest.raises(ValueError): x2()
with pytest.raises(MyErr): x2()
try: x3()
except Plain as e: assert str(e)=='p'
with pytest.raises(Plain): x3()
np.testing.assert_raises(ZeroDivisionError, x4)
class T(unittest.TestCase): pass
t=T()
t.assertRaises(KeyError, x5)
with t.assertRaises(IndexError): x9()
with t.assertRaisesRegex(ValueError,'ba'): x1()
with pytest.raises(NotImplementedError): x6()
with pytest.raises(AssertionError): x7()
with pytest.raises(RuntimeError): x8()
with pytest.raises(NameError): x10()
with pytest.raises(RuntimeError): x11()
with pytest.raises(SystemExit): x12()
with pytest.raises(KeyboardInterrupt): x13()
with pytest.raises(FileNotFoundError): x15()
ok=False
try: x1()
except Exception: ok=True
assert ok
assert issubclass(MyErr, ValueError)
with pytest.raises(MyErr): raise MyErr(3,4)
""",
    ),
    "iterator protocol class": (
        """\
class It:
    def __init__(s): s.n=0
    def __iter__(s): return s
    def __next__(s):
        s.n+=1
        if s.n>3: raise StopIteration
        return s.n
""",
        """\
assert list(It())==[1,2,3]
it=It(); assert next(it)==1 and it.n==1
assert sum(It())==6
""",
    ),
    "student class passed to student function": (
        """\
class K1:
    def __init__(s,v): s.v=v
def usek(k): return k.v+1
def mkk(c,v): return c(v)
""",
        """\
k=K1(3); assert usek(k)==4
assert mkk(K1,5).v==5
assert [usek(K1(i)) for i in range(2)]==[1,2]
assert usek([K1(1)][0])==2
""",
    ),
    "test subclass of student class": (
        """\
class Base1:
    def hi(self): return 'base '+self.name()
""",
        """\
class Derived(Base1):
    def name(self): return 'd'
assert Derived().hi()=='base d'
""",
    ),
    "copy": (
        """\
class Cp:
    def __init__(s): s.l=[1]
cp=Cp()
""",
        """\
import copy
c=copy.deepcopy(cp); c.l=[2]; assert cp.l==[1] and c.l==[2]
""",
    ),
    "list of instances": (
        """\
class Li:
    def __init__(s,i): s.i=i
lis=[Li(1),Li(2)]
di2={'k':Li(3)}
""",
        """\
assert [l.i for l in lis]==[1,2] and di2['k'].i==3
lis[0].i=5
assert lis[0].i==5
""",
    ),
    "linked list": (
        """\
class Node:
    def __init__(s,v,n=None): s.v=v; s.next=n
head=Node(1,Node(2,Node(3)))
def length(n): return 0 if n is None else 1+length(n.next)
""",
        """\
assert head.next.next.v==3 and head.next.next.next is None
n=head; vs=[]
while n: vs.append(n.v); n=n.next
assert vs==[1,2,3]
assert length(head)==3
assert head.next is head.next or True
assert head.next == head.next
""",
    ),
    "identity of handle": (
        """\
class Sg:
    _i=None
    def __new__(cls):
        if cls._i is None: cls._i=super().__new__(cls)
        return cls._i
""",
        """\
assert Sg() is Sg()
""",
    ),
    "str subclasses": (
        """\
class S(str): pass
s_=S('q')
""",
        """\
assert s_=='q' and isinstance(s_,str)
""",
    ),
    "typing": (
        """\
from typing import NamedTuple
class NT(NamedTuple):
    a:int
    b:str='q'
nt=NT(1)
""",
        """\
assert nt.a==1 and nt==(1,'q') and NT(1)==NT(1) and isinstance(nt, NT) and nt._asdict()=={'a':1,'b':'q'}
""",
    ),
    "abc": (
        """\
import abc
class Sh(abc.ABC):
    @abc.abstractmethod
    def area(self): ...
class Sq1(Sh):
    def area(self): return 4
""",
        """\
import pytest
with pytest.raises(TypeError): Sh()
assert Sq1().area()==4 and issubclass(Sq1,Sh)
""",
    ),
    "property setter": (
        """\
class Ps:
    @property
    def t(s): return s._t
    @t.setter
    def t(s,v):
        if v<0: raise ValueError('neg')
        s._t=v
""",
        """\
import pytest
p=Ps(); p.t=3; assert p.t==3
with pytest.raises(ValueError): p.t=-1
""",
    ),
    "sklearn-like fit": (
        """\
class Est:
    def fit(s,X,y): s.coef_=X.mean(); return s
    def predict(s,X): return X*s.coef_
""",
        """\
import numpy as np
e=Est().fit(np.ones(3),None); assert e.coef_==1 and (e.predict(np.ones(2))==1).all()
""",
    ),
    "memory address repr": (
        """\
class Mr: pass
mr=Mr()
""",
        """\
assert 'Mr object' in repr(mr)
""",
    ),
}
EXCEPTIONS = {
    "recursion error": (
        """\
def rec(n): return rec(n+1)
""",
        """\
import pytest
with pytest.raises(RecursionError): rec(0)
""",
    ),
}
TORCH = {
    "tensors": (
        """\
import torch
d1=torch.arange(6.).reshape(2,3); d2=torch.tensor(3); d3=torch.ones(2,requires_grad=True); d4=torch.zeros(0,4); d5=torch.tensor([True]); d6=torch.tensor([1+1j])
d7=d1.T; d8=torch.nn.Parameter(torch.ones(3)); d9=torch.float32; d10=torch.Size([1,2]); d11=torch.tensor([1.,2.],dtype=torch.bfloat16)
d12=(d3*2)
def df(x): return torch.sort(x)
def dg(x): return x.requires_grad
d13=torch.device('cpu')
d14=torch.ones(2,dtype=torch.uint8)
""",
        """\
import torch
assert torch.equal(d1,torch.arange(6.).reshape(2,3)) and d2==3 and d2.item()==3 and d2.dtype==torch.int64
assert d3.requires_grad and d3.is_leaf
assert d4.shape==(0,4) and d5.all() and d6[0]==1+1j
assert torch.equal(d7,d1.T) and torch.equal(d8,torch.ones(3))
assert d9==torch.float32 and d10==torch.Size([1,2]) and isinstance(d10,torch.Size)
torch.testing.assert_close(d11,torch.tensor([1.,2.],dtype=torch.bfloat16))
assert d12.requires_grad
r=df(torch.tensor([2.,1.])); assert r.values.tolist()==[1,2] and r.indices.tolist()==[1,0]
v,i=df(torch.tensor([2.,1.]))
assert dg(torch.ones(1,requires_grad=True)) is True
assert d14.dtype==torch.uint8
assert isinstance(d8, torch.Tensor)
""",
    ),
    "device": (
        """\
import torch
dev=torch.device('cpu')
""",
        """\
import torch
assert dev==torch.device('cpu') and dev.type=='cpu'
""",
    ),
    "parameter class": (
        """\
import torch
par=torch.nn.Parameter(torch.ones(3))
""",
        """\
import torch
assert isinstance(par, torch.nn.Parameter)
""",
    ),
    "in place module": (
        """\
def imod(m):
    for p in m.parameters(): p.data.fill_(2.)
""",
        """\
import torch
m=torch.nn.Linear(1,1); imod(m); assert m.weight.item()==2
""",
    ),
    "optimizer step": (
        """\
def ostep(p, lr):
    import torch
    with torch.no_grad(): p -= lr*p.grad
""",
        """\
import torch
p=torch.ones(2,requires_grad=True); (p**2).sum().backward(); ostep(p,.1); assert torch.allclose(p,torch.full((2,),.8)); assert torch.equal(p.grad, torch.full((2,),2.))
""",
    ),
    "backward fills grad": (
        """\
def bw(p):
    (p**2).sum().backward()
""",
        """\
import torch
p=torch.ones(2,requires_grad=True); bw(p); assert p.grad.tolist()==[2,2]
""",
    ),
    "nn.Module": (
        """\
import torch, torch.nn as nn
class Net(nn.Module):
    def __init__(self, n=3):
        super().__init__(); self.lin=nn.Linear(n,2); self.register_buffer('buf', torch.zeros(1))
    def forward(self,x): return self.lin(x).relu()
net=Net()
def train(model, x, y, steps=5):
    opt=torch.optim.SGD(model.parameters(), lr=.1)
    for _ in range(steps):
        opt.zero_grad(); l=((model(x)-y)**2).mean(); l.backward(); opt.step()
    return l.item()
seq=nn.Sequential(nn.Linear(2,2), nn.ReLU())
""",
        """\
import torch, torch.nn as nn
n=Net(4)
assert n(torch.ones(5,4)).shape==(5,2)
assert isinstance(n, nn.Module) and issubclass(Net, nn.Module)
assert sum(p.numel() for p in n.parameters())==10
assert set(n.state_dict())=={'lin.weight','lin.bias','buf'}
assert n.lin.in_features==4
assert n.lin.weight.shape==(2,4)
assert isinstance(n.lin, nn.Linear)
x=torch.randn(8,4); y=torch.zeros(8,2)
a=train(n,x,y,1); b=train(n,x,y,50); assert b<=a
before=n(x)
with torch.no_grad(): n.lin.weight.zero_(); n.lin.bias.fill_(1.)
n.eval(); assert not n.training
n.train()
assert n.training
assert dict(n.named_parameters())['lin.bias'].shape==(2,)
n2=Net(4); n2.load_state_dict(n.state_dict()); assert torch.equal(n2(x),n(x))
assert len(seq)==2 and isinstance(seq[1], nn.ReLU)
assert seq(torch.zeros(1,2)).min()>=0
""",
    ),
    "module write": (
        """\
import torch.nn as nn
mw=nn.Linear(2,2)
""",
        """\
import torch
with torch.no_grad(): mw.weight.zero_(); mw.bias.fill_(1.)
assert torch.equal(mw(torch.ones(1,2)), torch.ones(1,2))
""",
    ),
    "module grads": (
        """\
import torch.nn as nn
mg=nn.Linear(2,1)
""",
        """\
import torch
out=mg(torch.ones(1,2)).sum(); out.backward(); assert mg.weight.grad is not None and mg.weight.grad.tolist()==[[1,1]]
""",
    ),
    "module backward via optimizer": (
        """\
import torch.nn as nn
mo=nn.Linear(2,1)
""",
        """\
import torch
opt=torch.optim.SGD(mo.parameters(), lr=.1)
b=mo.weight.clone()
loss=mo(torch.ones(4,2)).pow(2).mean(); loss.backward(); opt.step()
assert not torch.equal(b, mo.weight)
""",
    ),
    "grad through function": (
        """\
def sq(x): return (x**2).sum()
""",
        """\
import torch
x=torch.tensor([1.,2.],requires_grad=True); sq(x).backward(); assert torch.equal(x.grad, torch.tensor([2.,4.]))
""",
    ),
    "autograd.grad": (
        """\
def sq2(x): return (x**2).sum()
""",
        """\
import torch
x=torch.tensor([1.,2.],requires_grad=True); g,=torch.autograd.grad(sq2(x),x); assert torch.equal(g, torch.tensor([2.,4.]))
""",
    ),
    "gradcheck": (
        """\
def sq3(x): return x**3
""",
        """\
import torch
assert torch.autograd.gradcheck(sq3, (torch.randn(3,dtype=torch.float64,requires_grad=True),))
""",
    ),
    "grad_fn": (
        """\
def gfn(x): return x*2
""",
        """\
import torch
assert gfn(torch.ones(1,requires_grad=True)).grad_fn is not None
""",
    ),
    "autograd.Function": (
        """\
import torch
class Sq(torch.autograd.Function):
    @staticmethod
    def forward(ctx,x): ctx.save_for_backward(x); return x*x
    @staticmethod
    def backward(ctx,g): x,=ctx.saved_tensors; return 2*x*g
""",
        """\
import torch
assert Sq.apply(torch.tensor([3.])).item()==9
""",
    ),
    "seed numpy": (
        """\
import numpy as np
def nprand(): return np.random.rand(3)
""",
        """\
import numpy as np
np.random.seed(0); a=nprand(); np.random.seed(0); assert (a==np.random.rand(3)).all()
""",
    ),
    "seed torch": (
        """\
import torch
def trand(): return torch.randn(3)
""",
        """\
import torch
torch.manual_seed(0); a=trand(); torch.manual_seed(0); assert torch.equal(a,torch.randn(3))
""",
    ),
    "seed random": (
        """\
import random
def rrand(): return random.random()
""",
        """\
import random
random.seed(1); a=rrand(); random.seed(1); assert a==random.random()
""",
    ),
    "seed advance": (
        """\
import numpy as np
def npr2(): return np.random.rand()
""",
        """\
import numpy as np
np.random.seed(0); a=npr2(); b=npr2(); np.random.seed(0); assert (a,b)==(np.random.rand(),np.random.rand())
""",
    ),
    "rng arg": (
        """\
def rngf(rng): return rng.random()
""",
        """\
import numpy as np
assert rngf(np.random.default_rng(0))==np.random.default_rng(0).random()
""",
    ),
    "generator arg torch": (
        """\
import torch
def tg(g): return torch.rand(2,generator=g)
""",
        """\
import torch
g=torch.Generator().manual_seed(1)
assert torch.equal(tg(g), torch.rand(2,generator=torch.Generator().manual_seed(1)))
""",
    ),
    "sys.modules main": (
        """\
mm=4
""",
        """\
import __main__
assert __main__.mm==4
""",
    ),
    "sparse": (
        """\
import torch
sp=torch.eye(2).to_sparse()
""",
        """\
import torch
assert torch.equal(sp.to_dense(), torch.eye(2)) and sp.is_sparse
""",
    ),
    "distribution": (
        """\
import torch
dist=torch.distributions.Normal(0.,1.)
def mkd(m): return torch.distributions.Normal(m,1.)
""",
        """\
import torch
assert isinstance(dist, torch.distributions.Normal) and dist.mean==0 and torch.isclose(dist.log_prob(torch.tensor(0.)), torch.tensor(-0.9189385))
assert mkd(torch.tensor(2.)).loc.item()==2
assert torch.distributions.kl_divergence(dist, mkd(torch.tensor(0.)))==0
""",
    ),
    "dataloader": (
        """\
import torch
from torch.utils.data import Dataset, DataLoader
class Ds(Dataset):
    def __len__(s): return 4
    def __getitem__(s,i): return torch.tensor([i])
ds=Ds(); dl_=DataLoader(ds,batch_size=2)
""",
        """\
import torch
assert len(ds)==4 and ds[1].item()==1
assert [b.shape for b in dl_]==[torch.Size([2,1])]*2
from torch.utils.data import DataLoader
assert len(list(DataLoader(ds,batch_size=4)))==1
""",
    ),
    "tensor hook/callback": (
        """\
def th(fn, x): return fn(x)
""",
        """\
import torch
assert th(torch.nn.functional.relu, torch.tensor([-1.])).item()==0
assert th(torch.nn.Linear(1,1), torch.ones(1)).shape==(1,)
""",
    ),
    "scipy-like/torch optimize passing student f": (
        """\
def obj(x): return (x-3)**2
""",
        """\
def minimize(f,x,lr=.1):
    for _ in range(50):
        g=(f(x+1e-4)-f(x-1e-4))/2e-4
        x-=lr*g
    return x
assert abs(minimize(obj,0.)-3)<1e-3
""",
    ),
    "student submodule alias": (
        """\
import numpy as npx
""",
        """\
assert npx.array([1]).tolist()==[1] and npx.__name__=='numpy'
""",
    ),
}
