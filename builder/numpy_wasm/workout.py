"""What NumPy must do before it is shipped. Runs inside Pyodide, started by ``smoke.mjs``.

It goes through the parts a simulation uses, on purpose also those that NumPy loads only when they are
first needed (formatting, errors, reductions), so that ``loaded_files()`` names all that must be shipped.
"""

import json
import math
import sys
import typing

import numpy as np
from numpy.typing import NDArray

SAME_IN_MATH = "cbrt ceil cos exp expm1 floor log log1p sin sqrt tan tanh".split()


def dtypes() -> None:
    """Sizes, promotion, casts."""
    assert np.intp().itemsize == 4
    assert (np.float32(1) + np.ones(3, np.float32)).dtype == np.float32
    assert np.result_type(np.int8, np.float32) == np.float32
    assert np.float16(1.5) * 2 == 3
    assert (np.array([0, 127.9, 255.0], np.float32).astype(np.uint8) == [0, 127, 255]).all()
    assert typing.get_origin(NDArray[np.float32]) is np.ndarray
    record = np.zeros(2, [("x", "f4"), ("n", "i2")])
    record["x"] = 2.5
    assert record[1]["x"] == 2.5
    assert np.datetime64("2024-02-29") + 1 == np.datetime64("2024-03-01")


def ufuncs() -> None:
    """Elementwise functions against Python's own, in both precisions."""
    points = np.linspace(0.05, 0.95, 37)
    plain = {"arcsinh": math.asinh, "arctan": math.atan}
    plain |= {name: getattr(math, name) for name in SAME_IN_MATH}
    for name, function in plain.items():
        for dtype, tolerance in ((np.float32, 2e-6), (np.float64, 1e-14)):
            x = points.astype(dtype)
            got = getattr(np, name)(x)
            assert got.dtype == dtype
            assert np.allclose(got, [function(value) for value in x.tolist()], rtol=tolerance), (name, dtype)
    assert np.allclose(np.hypot(points, 1), [math.hypot(value, 1) for value in points.tolist()])
    out = np.empty(3, np.float32)
    assert np.multiply([1, 2, 3], np.float32(0.5), out=out) is out
    assert out.tolist() == [0.5, 1.0, 1.5]
    assert np.add.reduce(np.arange(5)) == 10
    assert np.maximum.accumulate([1, 3, 2]).tolist() == [1, 3, 3]


def indexing() -> None:
    """Views, masks, fancy indices, and writing through them."""
    a = np.arange(24).reshape(2, 3, 4)
    assert a[:, ::2, [0, 3]].tolist() == [[[0, 3], [8, 11]], [[12, 15], [20, 23]]]
    assert a[a > 20].tolist() == [21, 22, 23]
    assert np.take(a.ravel(), [3, 5]).tolist() == [3, 5]
    view = a[0, 1]
    view += 100
    assert a[0, 1, 0] == 104
    assert np.where(a > 100, 1, 0).sum() == 4
    assert np.clip(a, 5, 10).max() == 10
    assert np.zeros((4, 4), np.uint8).data.shape == (4, 4)


def arrays() -> None:
    """Making, joining, sorting, reducing."""
    x = np.array([3.0, 1.0, 2.0])
    assert np.sort(x).tolist() == x[np.argsort(x)].tolist() == [1.0, 2.0, 3.0]
    assert np.concatenate([x, x]).shape == np.tile(x, 2).shape == (6,)
    assert np.stack([x, x]).mean(axis=0).tolist() == x.tolist()
    assert math.isclose(x.std(), math.sqrt(2 / 3))
    assert np.interp(1.5, [1, 2], [10, 20]) == 15
    assert np.diff(x).tolist() == [-2.0, 1.0]
    assert np.searchsorted([1, 2, 3], 2.5) == 2
    assert np.unique([2, 1, 2]).tolist() == [1, 2]
    assert np.histogram([1, 2, 2], bins=2)[0].tolist() == [1, 2]
    assert np.meshgrid([0, 1], [0, 1, 2])[0].shape == (3, 2)
    assert np.einsum("ij,jk", np.eye(2), np.ones((2, 2))).sum() == 4
    assert np.quantile(x, 0.5) == np.nanmax(x) - 1 == 2
    assert np.frombuffer(x.tobytes()).tolist() == x.tolist()


def linear_algebra() -> None:
    """Solving, inverting, eigenvalues, on a fixed well-conditioned matrix."""
    m = np.sin(np.arange(400.0)).reshape(20, 20) + 8 * np.eye(20)
    assert np.allclose(m @ np.linalg.inv(m), np.eye(20))
    assert np.allclose(m @ np.linalg.solve(m, np.ones(20)), 1)
    values, vectors = np.linalg.eigh(m + m.T)
    assert np.allclose((m + m.T) @ vectors, vectors * values)
    u, s, v = np.linalg.svd(m)
    assert np.allclose((u * s) @ v, m)
    assert math.isclose(float(np.linalg.norm([3, 4])), 5)


def text_and_errors() -> None:
    """What is printed, and what is refused."""
    assert repr(np.array([1.5, 2])) == "array([1.5, 2. ])"
    assert str(np.float32(0.1)) == "0.1"
    assert f"{np.float64(2):.2f}" == "2.00"
    for wrong in (
        lambda: np.ones(2) + np.ones(3),
        lambda: np.zeros(2).reshape(3),
        lambda: np.array([1])["x"],
    ):
        try:
            wrong()
        except (ValueError, IndexError) as error:
            assert str(error)
        else:
            raise AssertionError("a wrong call was accepted")
    with np.errstate(all="ignore"):
        assert np.isinf(np.float64(1) / np.float64(0))


def loaded_files() -> str:
    """The files of NumPy's loaded modules, by path from site-packages, as a JSON list."""
    files = []
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] == "numpy":
            origin = str(module.__spec__ and module.__spec__.origin)
            files.append(origin[origin.rindex("/site-packages/") + len("/site-packages/") :])
    return json.dumps(files)


for check in (dtypes, ufuncs, indexing, arrays, linear_algebra, text_and_errors):
    check()
