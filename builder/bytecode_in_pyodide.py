"""Compile a tree of sources to sourceless bytecode. Runs inside Pyodide: builder/bytecode.py starts it."""

import ast
import importlib.util
import marshal
import pathlib
import shutil

DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def empty_docstrings(tree: ast.AST) -> None:
    """Make every docstring ``""``: a string still, for code that hands ``__doc__`` on at import."""
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            statement = node.body[0]
            if isinstance(statement, ast.Expr):
                statement.value = ast.copy_location(ast.Constant(""), statement.value)


def bytecode(source: bytes, file_name: str) -> bytes:
    """Compile one module to the bytes of a ``.pyc`` without a source time stamp."""
    tree = ast.parse(source, file_name)
    empty_docstrings(tree)
    code = compile(tree, file_name, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)


def compile_tree(source: str, out: str, install_prefix: str) -> None:
    """Copy ``source`` to ``out`` with each ``.py`` replaced by its ``.pyc``."""
    root = pathlib.Path(source)
    for path in sorted(root.rglob("*")):
        if path.is_dir():
            continue
        name = path.relative_to(root).as_posix()
        target = pathlib.Path(out, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".py":
            target.with_suffix(".pyc").write_bytes(bytecode(path.read_bytes(), f"{install_prefix}/{name}"))
        else:
            shutil.copyfile(path, target)
