"""Faults of form that come from other languages, recognised on the line where reading stopped.

Each :class:`Habit` is a pattern of a line, what is wrong with it, and what to write instead. The first whose match
holds the place of the error counts, so particular ones stand before general ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tp.syntax.foreign import NAMES
from tp.syntax.words import COMPARED

_GROUP = re.compile(r"\{(\w+)\}")
_LONGEST = 1000
Words = str | Callable[[re.Match[str]], str]
"""A text, with ``{at}`` for what is underlined and ``{name}`` for another group, or a function of the match."""


class Habit(NamedTuple):
    """``pattern`` has a group ``at`` where only a part of the match is wrong, and underlined."""

    pattern: re.Pattern[str]
    message: Words
    hint: Words


class Recognised(NamedTuple):
    """A fault on a line: what is said about it, and its columns from 1, the end exclusive."""

    message: str
    hint: str
    start: int
    end: int


def recognised(line: str, column: int) -> Recognised | None:
    """What is known about an error in ``line``, which has no comment, at ``column`` from 1."""
    if len(line) > _LONGEST:
        return None
    place = min(column - 1, len(line.rstrip()))
    for habit in _HABITS:
        for match in habit.pattern.finditer(line):
            if match.start() <= place <= match.end():
                part = "at" if match.groupdict().get("at") is not None else 0
                at = match.group(part)
                message, hint = (_said(words, match, at) for words in (habit.message, habit.hint))
                end = match.start(part) + len(at.rstrip())
                return Recognised(message, hint, match.start(part) + 1, max(end, match.start(part) + 1) + 1)
    return None


def _said(words: Words, match: re.Match[str], at: str) -> str:
    if callable(words):
        return words(match)
    groups = {**match.groupdict(), "at": at.strip()}
    return _GROUP.sub(lambda found: _short(groups.get(found[1]) or "") if found[1] in groups else found[0], words)


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


def statement_word(line: str) -> Recognised | None:
    """The statement of another language that ``line`` starts with, such as ``if``."""
    found = _STATEMENT.match(line)
    return None if found is None else recognised(line, found.start("at") + 1)


_STATIC = (
    "nothing is decided while a program runs; choose variants with a hyperparameter, such as phi: activation, "
    "and --set, or write relu, max or a causal softmax"
)
_INSTEAD = {
    "while": "repeat statements a fixed number of times: for l in 1..depth { ... }",
    "class": "a function owns the parameters that it declares: def block(x, n: axis) { ...; return y }",
    "struct": "a function owns the parameters that it declares: def block(x, n: axis) { ...; return y }",
    "print": "give the value a name: tp run prints outputs, and tp orders --nodes lists all named values",
    "lambda": "functions have names: def f(x) { return tanh(x) }",
    "fn": "functions are written def f(x) { return tanh(x) }",
    "func": "functions are written def f(x) { return tanh(x) }",
    "function": "functions are written def f(x) { return tanh(x) }",
    "pass": "leave it out; a block may be empty",
    "use": "functions of other files are imported by name: import layer_norm from norms",
    "include": "functions of other files are imported by name: import layer_norm from norms",
    "let": "an assignment needs no word before it: y = ...",
    "var": "an assignment needs no word before it: y = ...",
    "const": "an assignment needs no word before it: y = ...",
    "val": "an assignment needs no word before it: y = ...",
    "set": "an assignment needs no word before it: y = ...",
    "weight": "a weight is declared with: param W : [n, n] ~ normal(0, 1)",
    "weights": "a weight is declared with: param W : [n, n] ~ normal(0, 1)",
    "parameter": "a weight is declared with: param W : [n, n] ~ normal(0, 1)",
    "parameters": "a weight is declared with: param W : [n, n] ~ normal(0, 1)",
    "params": "a weight is declared with: param W : [n, n] ~ normal(0, 1)",
    "layer": "a weight is declared with param W : [n, n] ~ normal(0, 1), and applied with W @ x",
    "bias": "a bias is a parameter: param b : [n] ~ normal(0, 1)",
    "inputs": "an input is declared with: input x : [d=16]",
    "data": "an input is declared with: input x : [d=16]",
    "outputs": "an output is written: output f = dot(v, h) / sqrt(n)",
    "model": "a program starts with: program name {",
    "network": "a program starts with: program name {",
    "module": "a program starts with: program name {",
    "batch": "samples and batches are options: tp train --samples 6 --batch 2",
    "lr": "the learning rate is a statement: learning_rate 1/n",
    "eta": "the learning rate is a statement: learning_rate 1/n; its number is an option: --eta 0.1",
    "weight_decay": "weight decay follows the law of a weight: decay 1/n; one number for all is an option: "
    "tp train --weight-decay 0.1",
    "optimiser": "write: optimizer sgd(momentum = 0.9)",
    "loss": "the cost is an option: tp train --cost squared",
    "cost": "the cost is an option: tp train --cost squared",
    "steps": "steps are an option: tp train --steps 20",
    "epochs": "steps are an option: tp train --steps 20",
    "seed": "seeds are an option: tp verify --seeds 64",
    "seeds": "seeds are an option: tp verify --seeds 64",
    "Program": "a program starts with: program name {",
    "PROGRAM": "a program starts with: program name {",
    "dim": "a finite axis is declared with axis t = 8, or [t=8] in a type; a width with: width n",
    "hyper": "hyperparameters follow the name of the program: program mlp(depth: int = 3) {",
    "assert": "state a claim: claim f : Theta(1)",
    "theorem": "state a claim: claim f : Theta(1)",
    "prove": "state a claim: claim f : Theta(1)",
}
_DECIDES = "if elif else elseif match switch case unless when try except finally with break continue do goto"
_NOTHING = "del global nonlocal raise yield async await"
_WORDS = "|".join(sorted({*_INSTEAD, *_DECIDES.split(), *_NOTHING.split()}))
_STATEMENT = re.compile(rf"^\s*\}}?\s*(?P<at>{_WORDS})\b(?!\s*(?:[=,@*/^|.'+-]|\[[^\]]*\]\s*[=,]))")


def _in_place_of(match: re.Match[str]) -> str:
    word = match["at"]
    return _INSTEAD.get(word, _STATIC if word in _DECIDES.split() else "programs declare and compute, nothing else")


def _counted(match: re.Match[str]) -> str:
    """``range(...)`` of Python as a range with both ends."""
    parts = [part.strip() for part in match["range"].split(",")]
    first, last = (parts[0], parts[1]) if len(parts) > 1 else ("0", parts[0])
    end = str(int(last) - 1) if last.isdigit() else f"{last}-1"
    also = "; there is no step" if len(parts) > 2 else ""
    return (
        f"write: for {match['variable']} in {first or '0'}..{end or 'n'} {{ ... }}; both ends belong to the range{also}"
    )


def _imported(match: re.Match[str]) -> str:
    module, names = match["module"], match["names"].strip(" ()")
    if module.split(".")[0] in ("torch", "jax", "numpy", "flax", "tensorflow", "keras", "math", "haiku", "equinox"):
        return "there are no libraries of arrays: the functions are part of the language; delete the line"
    if not names and "." in module:
        folder, _, name = module.rpartition(".")
        return f"write: import {name} from {folder.replace('.', '/')}"
    if names == "*" or not names:
        return f"write: import layer_norm from {module.replace('.', '/')}"
    return f"write: import {names} from {module.replace('.', '/')}"


def _axis_named(match: re.Match[str]) -> str:
    size = match["at"]
    return f"give the axis a name: [k={size}]" + ("; a single number needs no axis: []" if size == "1" else "")


def _law_given(match: re.Match[str]) -> str:
    """A law with named arguments, in order."""
    values = dict(re.findall(r"(\w+)\s*=\s*([^,()]+(?:\([^()]*\))?)", match["args"]))
    mean = next((v.strip() for k, v in values.items() if k in ("mean", "mu", "loc", "m")), "0")
    spread = next(
        (v.strip() for k, v in values.items() if k in ("std", "sd", "sigma", "scale", "stddev", "deviation", "s")), ""
    )
    variance = next((v.strip() for k, v in values.items() if k in ("var", "variance", "sigma2")), "")
    deviation = spread or (f"sqrt({variance})" if variance else "1")
    return f"the arguments go by their places, mean and deviation: {match['law']}({mean}, {deviation})"


def _method(match: re.Match[str]) -> str:
    name = match["name"]
    known = {"mean", "sum", "max", "norm", "dot", "softmax", "rename", "concat"}
    hint = NAMES.get(name) or NAMES.get(name.lower())
    from tp.construct.composed import offered

    if name in {*known, *offered(), "sqrt"}:
        more = ", axis" if name in known else ""
        return f"functions take the value first: {name}({match['base'].strip(')') or 'x'}{more})"
    if name in ("T", "mT", "t", "H"):
        return f"the transpose of a parameter is written {match['base']}'"
    return hint or "values have no attributes; functions take the value first: mean(x, axis)"


def _library(match: re.Match[str]) -> str:
    name = match["name"].rpartition(".")[2]
    plain = "there are no libraries: functions and activations are part of the language"
    found = NAMES.get(name) or NAMES.get(name.lower())
    from tp.construct.composed import offered

    if found is None and name.lower() in {*offered(), "sqrt", "sum", "mean", "norm", "dot", "max", "softmax"}:
        found = f"write {name.lower()}(...)"
    return f"{plain}; {found}" if found else plain


_SIGNS = {
    "×": "write * for a product",
    "·": "write * for a product, dot(a, b) for an inner product",
    "⋅": "write * for a product, dot(a, b) for an inner product",
    "∗": "write * for a product",
    "⊗": "write * for a product",
    "⊙": "write * for an entrywise product",
    "÷": "write / for a quotient",
    "−": "write the sign - of the keyboard",
    "–": "write the sign - of the keyboard",
    "—": "write the sign - of the keyboard",
    "√": "write sqrt(x)",
    "∑": "write sum(x, axis)",
    "Σ": "write sum(x, axis); names have the letters a to z",
    "²": "write ^2",
    "³": "write ^3",
    "½": "write 1/2",
    "∞": "numbers are finite",
    "π": "write 3.14159",
    "→": "write = for an assignment",
    "←": "write = for an assignment",
    "≔": "write = for an assignment",
    "∼": "write ~ of the keyboard",
    "∈": "write in",
    "…": "write two dots: 1..3",
    "Θ": "write Theta(...)",
    "‖": "write norm(x)",
    "∥": "write norm(x)",
    "⊤": "write W' for the transpose",
    "ᵀ": "write W' for the transpose",
    "’": "write ' of the keyboard for the transpose",
    "‘": "write ' of the keyboard for the transpose",
    "′": "write ' of the keyboard for the transpose",
    "“": "there are no strings",
    "”": "there are no strings",
    "\N{NO-BREAK SPACE}": "replace it by a plain blank; it comes from pasted text",
    "\N{ZERO WIDTH SPACE}": "delete it; it is invisible and comes from pasted text",
    "\N{ZERO WIDTH NO-BREAK SPACE}": "delete it; it is invisible and comes from pasted text",
    "\N{IDEOGRAPHIC SPACE}": "replace it by a plain blank",
    "，": "write , of the keyboard",
    "（": "write ( of the keyboard",
    "）": "write ) of the keyboard",
    "：": "write : of the keyboard",
    "＝": "write = of the keyboard",
    '"': "there are no strings; # starts a comment",
    "`": "there are no strings; # starts a comment",
    "!": "the contrary of a claim is written: claim not lazy",
    "%": "there is no remainder; an index is a whole number, such as l-1",
    "&": "there are no conditions; state each claim on a line of its own",
    "\\": "inside ( ) and [ ] lines may be broken freely; no sign is needed",
    "≤": COMPARED,
    "≥": COMPARED,
    "?": _STATIC,
    "$": "hyperparameters are used by their names",
}


def unknown_character(character: str) -> str | None:
    """A hint for a character that the language does not use."""
    if character in _SIGNS:
        return _SIGNS[character]
    return "names have the letters a to z, digits and _" if character.isalpha() else None


_LIBRARIES = r"torch|nn|F|jnp|np|jax|tf|math|keras|numpy|flax|self|optax|hk|eqx|scipy|functional"
_KEYWORDS = r"width|axis|input|param|output|claim|learning_rate|optimizer|instance|return"
_RELATION = r"==|!=|<=|>="
_ITEM = r"[^,\[\]|]*"

_OPTIMIZER = "write: optimizer sgd(momentum = 0.9)"

_RULES: list[tuple[str, Words, Words]] = [
    # tables
    (
        r"^\s*table\b[^(]*\(.*?(?P<at>[/*^+]|(?<![\d.])[A-Za-z_]\w*).*",
        "a table holds decimal numbers",
        "list numbers such as 1, -0.5, 2e-3; factors follow where the table is used: R / sqrt(d)",
    ),
    # the optimiser
    (r"^\s*(?P<at>optimizer\s*[=:].*)", "no sign stands between 'optimizer' and its name", _OPTIMIZER),
    (r"^\s*optimizer\b.*?(?P<at>[\"'].*)", "there are no strings", f"names stand as they are; {_OPTIMIZER}"),
    (
        r"^\s*optimizer\b.*?(?P<at>\w+\s*=\s*[(\[][^()\[\]]*,[^()\[\]]*[)\]]?).*",
        "a setting is one number or one word",
        "write: optimizer adam(beta1 = 0.9, beta2 = 0.999)",
    ),
    (r"^\s*(?P<at>optimizer\s+for)\b.*", "the optimiser has no name", "write: optimizer sgd(momentum = 0.9) for W"),
    (
        r"^\s*optimizer\s+\w+\s+(?P<at>(?!for\b)\w.*)",
        "the settings of an optimiser stand in parentheses",
        _OPTIMIZER,
    ),
    (
        r"^\s*optimizer\b[^()]*\(.*?(?P<at>[\w.]+\s+\w+\s*=[^=,()]*)",
        "a comma stands between two settings",
        "write: optimizer sgd(momentum = 0.9, decay = 0.1)",
    ),
    (r"^\s*optimizer\b.*\b(?P<at>for)\s*$", "the names of weights are missing", "write: optimizer sgd for W, v"),
    (
        r"^\s*optimizer\b.*\bfor\b.*\b(?P<at>except\b.*)",
        "an optimiser is for the weights that are named",
        "give all others one without for: optimizer muon for W, and: optimizer adam",
    ),
    # statements of other languages
    (
        rf"^\s*(?P<at>(?!(?:{_KEYWORDS})\b)(?i:{_KEYWORDS}))\b\s+\w",
        "words of the language have small letters",
        lambda m: f"write {m['at'].lower()}",
    ),
    (rf"{_STATEMENT.pattern}.*", "'{at}' is not a statement of this language", _in_place_of),
    (
        r"^\s*(?P<at>from\s+(?P<module>[\w.]+)\s+import\b(?P<names>.*))",
        "an import names the functions first",
        _imported,
    ),
    (
        r"^\s*import\b.*?(?P<at>\bas\s+\w+).*\bfrom\b.*",
        "functions keep their names",
        "write: import layer_norm from norms",
    ),
    (
        r"^\s*import\s+(?P<at>[\"'].*)",
        "a module is a name, without quotes and .tp",
        "write: import layer_norm from norms",
    ),
    (
        r"^\s*program\s+(?P<at>\d\w*|[\"'][^{(]*|\w+[^\w\s{(:][^{(\s]*)\s*(?:[{(].*)?$",
        "a name has letters, digits and _, and begins with a letter",
        "write: program mlp { ... }",
    ),
    (
        r"^\s*(?P<at>program\s+\w+\s*(?:\(.*\))?)\s*$",
        "the brace of a block stands on the line of its head",
        "write: program mlp {",
    ),
    (
        r"^\s*(?P<at>import\s+(?P<module>[\w.]+)(?P<names>)\s*(?:as\s+\w+\s*)?)$",
        "an import says which functions",
        _imported,
    ),
    (r"^\s*(?P<at>@\w[\w.]*).*", "there are no decorators", "delete the line; programs are compiled already"),
    (
        r"^\s*(?P<at>(?:async\s+)?def\s+\w+\s*\([^()]*(?:\([^()]*\)[^()]*)*\)\s*(?:->.*)?:)\s*.*$",
        "a block stands in braces, not behind a colon",
        "write: def f(x, n: axis) { ...; return y }",
    ),
    (
        r"^\s*def\s+\w+\s*\([^()]*\)\s*(?P<at>->[^{]*?)\s*\{.*",
        "a function does not say what it returns",
        "write: def f(x) { return tanh(x) }",
    ),
    (
        r"^\s*def\s+\w+\s*\([^()]*\)\s*(?P<at>=.*)",
        "a function is a block that returns a value",
        "write: def f(x) { return tanh(x) }",
    ),
    (r"^\s*def\s+\w+\s*(?P<at>[{:].*)", "a function has its arguments in parentheses", "write: def f(x) { return x }"),
    (
        r"^\s*program\b\s*(?P<at>[{(:].*)$",
        "the program has no name",
        "write: program mlp { ... }",
    ),
    (
        r"^\s*(?:program\s+\w+\s*(?:\(.*\))?)\s*(?P<at>:)\s*$",
        "a block stands in braces, not behind a colon",
        "write: program mlp { ... }",
    ),
    # loops
    (
        r"^\s*for\s*\(?\s*(?P<variable>\w+)\s+in\s+(?P<at>range\s*\((?P<range>(?:[^()]|\([^()]*\))*)\)).*",
        "'range' does not exist: a range is written first..last",
        _counted,
    ),
    (
        r"^\s*for\s+(?P<at>\(?\s*\w+\s*,\s*\w+\s*\)?)\s+in\b.*",
        "a loop has one index",
        "nest two loops: for a in 1..3 { for b in 1..3 { ... } }",
    ),
    (r"^\s*for\s*(?P<at>\().*", "a loop has no parentheses", "write: for l in 1..3 { ... }"),
    (r"^\s*for\s+\w+\s*(?P<at>=|:=|<-|of\b).*", "a loop runs over a range", "write: for l in 1..3 { ... }"),
    (
        r"^\s*for\s+\w+\s+in\s+(?P<at>[^{}.:]*:[^{}.:]+?)\s*[{:].*",
        "a range is written with two dots",
        "write: for l in 1..3 { ... }; both ends belong to the range",
    ),
    (
        r"^\s*for\s+\w+\s+in\s+[^{}.]*(?P<at>\.\.(?:\.|<|=)).*",
        "a range is written with two dots",
        "write: for l in 1..3 { ... }; both ends belong to the range",
    ),
    (
        r"^\s*for\s+\w+\s+in\s+(?P<at>[^{}.:]*?\bto\b[^{}:]*?)\s*[{:].*",
        "a range is written with two dots",
        "write: for l in 1..3 { ... }; both ends belong to the range",
    ),
    (
        r"^\s*for\s+\w+\s+in\s+(?P<at>\[[^\]]*\]).*",
        "a loop runs over a range, not over a list",
        "write: for l in 1..3 { ... }",
    ),
    (r"^\s*for\b.*?(?P<at>:|\bdo\b)\s*.*$", "a block stands in braces", "write: for l in 1..3 { ... }"),
    (
        r"^\s*for\s+\w+\s+in\s+(?P<at>[^{}.]*?)\s*\{.*",
        "a range has a first and a last number",
        "write: for l in 1..3 { ... }; both ends belong to the range",
    ),
    (
        r"^\s*for\s+\w+\s+in\s+[^{}]*\.\.\s*[\w()+*-]+\s+(?P<at>[^{}]*)$",
        "a block stands in braces",
        "write: for l in 1..3 { ... }",
    ),
    # types
    (
        r"^\s*(?:param|input)\b[^:]*:\s*\[[^\]|]*\|[^\]|]*(?P<at>\|[^\]]*)",
        "a type has one bar",
        "write [outs | ins]: what the parameter makes, and what it contracts",
    ),
    (
        rf"^\s*(?:param|input)\b[^:]*:\s*\[(?:{_ITEM}[,|])*?\s*(?P<at>\d+)\s*(?=[,|\]])",
        "an axis has a name, not only a size",
        _axis_named,
    ),
    (
        rf"^\s*(?:param|input)\b[^:]*:\s*\[(?:{_ITEM}[,|])*?\s*(?P<at>\w+\s*:\s*[^,|\]]*)",
        "the size of an axis follows '='",
        "write [d=16]",
    ),
    (
        rf"^\s*(?:param|input)\b[^:]*:\s*\[(?:{_ITEM}[,|])*?\s*(?P<at>\w+\s*(?:[x×*;]|->|→)\s*[\w=]+(?:\s*[x×*;]\s*\w+)*)\s*(?=[,|\]])",
        "axes are separated by commas",
        "write [outs | ins], such as [n, d]; an axis of another size has a name of its own: width m = 2*n",
    ),
    (
        rf"^\s*(?:param|input)\b[^:]*:\s*\[(?:{_ITEM}[,|])*?\s*(?P<at>[^,|\]=]*[\w)]\s*[-+*/^][^,|\]]*)",
        "a type holds names of axes, not expressions",
        "declare a width for it, such as width m = 2*n, and write its name",
    ),
    (
        r"^\s*(?:param|input)\b[^:]*:\s*\[[^\]]*\](?P<at>\s*\[[^\]]*\]).*",
        "a type is one list of axes",
        "write [n, d], or [n | c, k] for what is contracted",
    ),
    # param
    (
        r"^\s*(?:param|input)\s+(?P<at>\w+\s*\.\..*?)\s*:.*",
        "a family has one name and a range",
        "write: param W[1..3] : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*(?:param|input)\s+(?P<at>\[[^\]]*\]).*",
        "a name comes first, then its type",
        "write: param W : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*param\b.*~\s*(?P<at>\w+\s+[\d.-].*)",
        "the arguments of a law stand in parentheses",
        "write: normal(0, 1)",
    ),
    (r"\([^()]*(?P<at>;[^()]*)", "arguments are separated by commas", "write: f(a, b)"),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\])?\s*:.*?~\s*(?P<law>\w+)\s*\((?P<args>(?P<at>[^()]*?\w+\s*=[^()]*(?:\([^()]*\)[^()]*)*))\).*",
        "the arguments of a law have no names",
        _law_given,
    ),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\.\.[^\]]*\])?\s*(?P<at>=.*)",
        "a parameter has a type and a law, not a value",
        "write: param W : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*param\s+(?P<at>\w+\s*,\s*\w+.*)",
        "one statement declares one parameter, or one family",
        "write a line for each, or a family: param W[1..3] : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\.\.[^\]]*\])?\s*(?P<at>~.*)",
        "this parameter has no type",
        "say which axes it has, before the law: param W : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*(?:param|input)\s+\w+\s*(?P<at>\[(?![^\]]*\.\.)[^\]]*\])\s*(?:[~:=].*)?$",
        "a type follows a colon",
        "write: param W : [n, n] ~ normal(0, 1), input x : [d=16]; a family has a range: param W[1..3] : ...",
    ),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\])?\s*:\s*(?P<at>[^\[\s].*)",
        "a type is a list of axes in brackets",
        "write: param W : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\])?\s*:\s*\[[^\]]*\]\s*(?P<at>(?:=|:|-|from|\w+\s*\().*)",
        "the law of a parameter follows '~'",
        "write: param W : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*param\s+\w+(?:\[[^\]]*\])?\s*:\s*(?P<at>\[[^\]]*\])\s*$",
        "this parameter has no law",
        "say how it is drawn: ~ normal(0, 1), or ~ constant(0)",
    ),
    (r"^\s*param\s+(?P<at>\w+)\s*$", "this parameter has no type", "write: param W : [n, n] ~ normal(0, 1)"),
    (
        r"^\s*param\b.*~\s*(?P<at>-?\d[\d.]*)\s*$",
        "a law stands here, not a number",
        "write constant({at}) for a weight that starts there, or normal(0, 1)",
    ),
    (
        r"^\s*param\b.*~\s*(?P<at>orthogonal|hadamard|circulant)\s*(?:(?:rate|decay)\b.*)?$",
        "a law has brackets, also where nothing stands in them",
        "write {at}()",
    ),
    (
        r"^\s*param\b.*~\s*(?P<at>\w+)\s*(?:(?:rate|decay)\b.*)?$",
        "a law has arguments",
        "write normal(0, 1): mean and deviation; or constant(0)",
    ),
    (
        r"^\s*param\b.*~\s*\w+\(.*\)[^)]*?(?P<at>(?:,\s*|\b)(?:decay\s*[=:(]|weight_decay\b|wd\b|l2\b).*)",
        "weight decay follows the law, or the learning rate, without a sign",
        "write: param W : [n, n] ~ normal(0, 1) decay 1/n",
    ),
    (
        r"^\s*param\b.*~\s*\w+\(.*\)\s*(?P<at>,?\s*(?:rate\s*[=:(]|lr\b|learning_rate\b|with\b|,).*)",
        "a learning rate follows the law without a sign",
        "write: param W : [n, n] ~ normal(0, 1) rate 1/n",
    ),
    (
        r"^\s*param\b.*~\s*\w+\(.*\)\s+decay\b.*\s(?P<at>rate\b.*)",
        "the learning rate stands before the weight decay",
        "write: param W : [n, n] ~ normal(0, 1) rate 1/n decay 1/n",
    ),
    (
        r"^\s*param\b.*~\s*\w+\(.*\)\s+(?P<at>(?!rate\b|decay\b)[A-Za-z_].*)",
        "a law ends the declaration",
        "only a learning rate and weight decay follow it: param W : [n, n] ~ normal(0, 1) rate 1/n decay 1/n; "
        "rate 0 freezes a parameter",
    ),
    (
        r"^\s*param\b.*~\s*\w+\(.*\)\s*(?P<at>[-+*/^@:\[~].*)",
        "nothing is computed with a law",
        "state the deviation in the law: normal(0, 2), or multiply where the weight is used",
    ),
    (
        r"^\s*param\b.*~\s*(?P<at>[-\d].*)",
        "a law stands here, not a number",
        "write normal(mean, deviation), or constant(0)",
    ),
    (
        r"^\s*(?P<at>\w+)(?:\[[^\]]*\])?\s*:\s*\[.*\]\s*~.*",
        "a parameter is declared with 'param'",
        "write: param {at} : [n, n] ~ normal(0, 1)",
    ),
    (
        r"^\s*(?P<at>\w+)(?:\[[^\]]*\])?\s*~.*",
        "a parameter is declared with 'param', its type and its law",
        "write: param {at} : [n, n] ~ normal(0, 1)",
    ),
    # input, width, axis, output
    (
        r"^\s*input\s+\w+\s*(?P<at>[=(~].*)",
        "an input has a type, and its values come from data",
        "write: input x : [d=16]; tp verify --data FILE reads samples",
    ),
    (
        r"^\s*input\s+(?P<at>\w+\s*,.*)",
        "one statement declares one input",
        "write a line for each: input x : [d=16]",
    ),
    (
        r"^\s*input\s+\w+\s*:\s*(?P<at>[^\[\s].*)",
        "a type is a list of axes in brackets",
        "write: input x : [d=16]",
    ),
    (
        r"^\s*input\s+\w+\s*:\s*\[[^\]]*\]\s*(?P<at>[~=].*)",
        "inputs come from data, not from a law",
        "write: input x : [d=16]",
    ),
    (r"^\s*input\s+(?P<at>\w+)\s*$", "this input has no type", "write: input x : [d=16]"),
    (r"^\s*input\s+(?P<at>[:\[].*)", "this input has no name", "write: input x : [d=16]"),
    (r"^\s*width\s*(?P<at>[=:\d].*)", "this width has no name", "write: width n"),
    (
        r"^\s*width\s+\w+\s*(?P<at>[:~\[\d(].*)",
        "a width is a name, or follows from another one",
        "write: width n, m = n^(1/2)",
    ),
    (r"^\s*axis\s*(?P<at>[=:\d\[].*)", "this axis has no name", "write: axis t = 8"),
    (r"^\s*axis\s+\w+\s*(?P<at>[:~\[\d(].*)", "the size of an axis follows '='", "write: axis t = 8"),
    (
        r"^\s*axis\s+(?P<at>\w+)\s*(?:,.*)?$",
        "a finite axis has a size",
        "write: axis {at} = 8; an axis that grows is a width: width {at}",
    ),
    (r"^\s*output\s*(?P<at>[=:].*)", "this output has no name", "write: output f = ..."),
    (r"^\s*output\s+(?P<at>\w+)\s*$", "an output has a name and a value", "write: output f = {at}"),
    (
        r"^\s*output\s+(?P<at>\w+\s*,.*)",
        "an output has one name",
        "write a line for each: output f = ..., output g = ...",
    ),
    (r"^\s*output\s+\w+\s*(?P<at>[:~].*)", "the value of an output follows '='", "write: output f = ..."),
    (
        r"^\s*output\s+\w+(?P<at>\[[^\]]*\])\s*=.*",
        "outputs are no family",
        "name each of them: output f1 = ...; or one with an axis: concat(a, b, t)",
    ),
    (
        r"^\s*output\s+\w+\s*=\s*(?:[^,()]|\((?:[^()]|\([^()]*\))*\))*(?P<at>,.*)",
        "an output has one value",
        "write a line for each: output f = ..., output g = ...",
    ),
    (r"^\s*output\s+(?P<at>(?!\w+\s*=(?!=)).+)", "an output has a name and a value", "write: output f = {at}"),
    (r"^\s*learning_rate\s*(?P<at>[=:].*)", "the learning rate has no sign before it", "write: learning_rate 1/n"),
    (r"^\s*instance\s+\w+\s*(?P<at>[:(].*)", "an instance follows '='", "write: instance layer = block(n)"),
    (r"(?P<at>\breturn)\s*(?:\}|$)", "a function returns a value", "write: return y"),
    # claims
    (
        r"^\s*claim\b.*:.*?(?P<at>,.*:.*)",
        "one statement makes one claim",
        "write a line for each claim",
    ),
    (
        r"^\s*claim\s+(?:not\s+)?\w+\s*(?P<at>\(\s*\)).*",
        "this claim has no arguments",
        "write: claim lazy; m stands in parentheses in claim linearizes(n)",
    ),
    (
        r"^\s*claim\s+(?:not\s+)?(?P<claim>lazy|stable|feature_learning|maximal_update)\s*(?P<at>[:=].*)",
        "this claim stands alone",
        "write: claim {claim}; the contrary is claim not {claim}",
    ),
    (r"^\s*claim\s+(?:not\s+)?(?P<at>C\s*\(.*?\)).*", "correlations have square brackets", "write: C[0,2]"),
    (
        r"^\s*claim\s+(?:not\s+)?(?P<at>feature[ -]learning|(?:power[ -])?weakly[ -]correlated|maximal[ -]update).*",
        "the words of a claim are joined by _",
        lambda m: f"write: claim {re.sub('[ -]', '_', m['at'])}",
    ),
    (
        r"^\s*claim\b.*?(?P<at>\b(?:log|ln)\b[^)]*\)?).*",
        "an order is a power of n",
        "logarithms are dropped: write O(1) for O(log n), O(n) for O(n log n)",
    ),
    (
        r"^\s*claim\s+(?:not\s+)?(?P<at>limit\b.*)",
        "a limit has a quantity, a number and a tolerance",
        "write: claim limit of kernel = 0.5 within 0.01",
    ),
    (
        r"^\s*claim\s+(?:not\s+)?[\w\[\], ]+(?::|=)\s*(?P<at>0)\s*$",
        "what vanishes is claimed to be zero",
        "write: claim f : zero",
    ),
    (
        rf"^\s*claim\s+(?:not\s+)?[\w\[\],() ]+?\s*(?P<at>(?:{_RELATION}|[=~<>]|\bis\b|\bin\b|\bscales\b|\bhas\b).*)",
        "the order of a quantity follows a colon",
        "write: claim f : Theta(1), or O(n^(-1/2)), or zero",
    ),
    (
        r"^\s*claim\s+(?:not\s+)?[\w\[\], ]+:\s*(?P<at>[-\d(].*|\w+\s*[\^/*].*)",
        "an order is written Theta(...), O(...) or zero",
        "write: claim f : Theta(n^(-1/2))",
    ),
    (
        r"^\s*claim\s+.*\S\s+(?P<at>(?:and|or|,|if|when|for|at)\b.*)",
        "one statement makes one claim",
        "write a line for each claim",
    ),
    (
        r"^\s*claim\s+(?P<at>\w+\s*\([^()]*\)\s*(?::.*)?\S+.*)",
        "a claim is about a quantity",
        "write: claim f : Theta(1)",
    ),
    (
        r"^\s*claim\s+(?P<at>\w+(?:\[[^\]]*\])?\s+\w+.*)",
        "the order of a quantity follows a colon",
        "write: claim f : Theta(1), or claim lazy",
    ),
    (r"^\s*(?P<at>claim)\s*$", "this claim claims nothing", "write: claim f : Theta(1), or claim lazy"),
    # conditions
    (
        r"^\s*(?!claim\b)[^#]*?(?P<at>(?<![-=<>|])[<>]=?(?![-<>]))",
        "a comparison is no value",
        COMPARED,
    ),
    (
        r"^\s*(?!claim\b)[^=#]*=[^#]*?(?P<at>\b(?:not|and|or)\b)\s",
        "'{at}' has no meaning here",
        "a program has no conditions; choose variants with a hyperparameter, such as phi: activation, and --set",
    ),
    # comments and strings
    (r"(?P<at>/\*.*)", "'/*' is no comment here", "# starts a comment, to the end of the line"),
    (r"^\s*(?P<at>//.*)", "'//' is no comment here", "# starts a comment, to the end of the line"),
    (r"^\s*(?P<at>--.*|%.*|\"\"\".*|'''.*)", "this is no comment here", "# starts a comment, to the end of the line"),
    (r"(?P<at>//)", "'//' does not exist", "/ divides, with exact fractions; # starts a comment"),
    (
        r"(?P<at>[fr]?\"[^\"]*\"?|[fr]?'[^']*[^'\w\s)][^']*')",
        "there are no strings",
        "names stand as they are: einsum and axis names need no quotes",
    ),
    # libraries, attributes and methods
    (rf"\b(?P<at>(?:{_LIBRARIES})\.(?P<name>[A-Za-z_]\w*(?:\.\w+)*))", "there is no '{at}'", _library),
    (
        r"(?P<base>[A-Za-z_]\w*(?:\[[^\]]*\])?|\))(?P<at>\.(?P<name>[A-Za-z_]\w*))",
        "values have no '{at}'",
        _method,
    ),
    (r"(?<![\w.])(?P<at>\.\d+)", "a number starts with a digit", "write 0{at}"),
    (r"(?<![\w.])(?P<at>\d+\.)(?![\d.])", "a number ends with a digit", lambda m: f"write {m['at'][:-1]}"),
    (
        r"\w\s+(?P<at>\.)\s+\w",
        "'.' is no operator",
        "W @ x applies a parameter, a * b multiplies, tanh(x) calls, dot(a, b) contracts",
    ),
    # operators of other languages
    (r"(?P<at>\|>)", "'|>' does not exist", "functions take the value first: tanh(h)"),
    (r"(?P<at>\*\*)", "'**' does not exist", "'^' is the power here: x^2, n^(-1/2)"),
    (
        r"(?P<at>\+=|-=|\*=|/=|@=|\+\+|\|=)",
        "'{at}' does not exist: every name is assigned once",
        "use a family for steps: h[2] = h[1] + ...",
    ),
    (r"(?P<at>:=|<-)", "'{at}' does not exist", "an assignment is written: y = ..."),
    (
        r"^\s*(?P<name>\w+(?:\[[^\]]*\])?)\s*(?P<at>==)\s*\S.*",
        "'==' does not exist",
        "an assignment is written with one sign: {name} = ...",
    ),
    (
        rf"(?P<at>{_RELATION})",
        "'{at}' does not exist",
        COMPARED,
    ),
    (
        r"\b(?P<at>(?P<word>if)\b.*\belse\b.*)",
        "'{word}' is not part of an expression here",
        _STATIC,
    ),
    (
        r"\b(?P<at>(?P<word>lambda)\b.*)",
        "'{word}' is not part of an expression here",
        "functions have names, and stand before the program: def f(x) { return tanh(x) }",
    ),
    (
        r"[\w)\]]\s+(?P<at>(?:and|or|is|in|not|xor|if|else)\b).*",
        "'{at}' is no operator here",
        _STATIC,
    ),
    # slices and lists
    (
        r"\w+\[\s*\w+\s*=\s*[\w+*-]+\s*\.\.\s*[\w+*-]+\s*(?P<at>(?:\.\.|:|\bstep\b|,\s*step\s*=)\s*(?P<k>[\w+*-]*))\s*\]",
        "the step of a slice follows 'by'",
        "write x[t=1..8 by {k}]; both ends belong to the slice",
    ),
    (
        r"\w+(?P<at>\[[^\[\]=]*:[^\[\]]*\])",
        "a slice names its axis, and is written with two dots",
        "write x[t=1..3]; entries count from 1, and both ends belong to the slice",
    ),
    (
        r"(?P<at>\[\s*\w+\s*=\s*[^\[\]:]*:[^\[\]]*\])",
        "a slice is written with two dots",
        "write x[t=1..3]; entries count from 1, and both ends belong to the slice",
    ),
    (
        r"\w+(?P<at>\[\s*\.\.[^\[\]]*\]|\[[^\[\]]*\.\.\.[^\[\]]*\]|\[[^\[\]]*\.\.\s*\])",
        "a slice has an axis and both ends",
        "write x[t=1..3]; axes that are not named stay",
    ),
    (
        r"(?P<at>\[[^\[\]]*\bfor\b[^\[\]]*\])",
        "there are no lists",
        "a loop makes a family: for l in 1..3 { h[l] = ... }; concat(h[1..3], t) joins it",
    ),
    (
        r"(?:[=,(+*/@-]|^)\s*(?P<at>\[[^\[\]]*\]?)",
        "there are no lists",
        "steps are a family, h[1] = ..., h[2] = ...; concat(a, b, axis) joins values",
    ),
    (
        r"[=+*/@-]\s*(?P<at>\([^()]*,[^()]*\))",
        "there are no tuples",
        "write a line for each value; concat(a, b, axis) joins two",
    ),
    (r"=\s*(?P<at>\{.*)", "braces hold statements only", "steps are a family: h[1] = ..., h[2] = ..."),
    (
        r"(?P<at>\*)\s*\w+\s*(?=[,)])",
        "nothing is unpacked",
        "write the values one by one; concat(h[1..3], t) takes a range of a family",
    ),
    (
        r"^\s*\w[\w\[\], -]*=[^=(]*?\S\s*(?P<at>,\s*\S.*)",
        "an assignment has one value",
        "write a line for each name; a function may return several values: a, b = f(x)",
    ),
    (
        r"^\s*def\b[^{]*\{\s*(?P<at>(?!return\b)[^=;{}]+?)\s*\}",
        "a function returns its value",
        "write: def f(x) { return {at} }",
    ),
    # products without a sign
    (r"(?P<at>\d+_\d[\d_]*)", "a number has digits only", lambda m: f"write {m['at'].replace('_', '')}"),
    (
        r"(?<![\w.])(?P<at>(?P<a>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(?P<b>[A-Za-z]\w*|\())",
        "a product needs a sign",
        "write {a} * {b}",
    ),
    (r"(?P<at>\|\|[^|]*\|\|)", "this is no norm here", "write norm(x), or norm(x, axis)"),
    (r"[=(+*/@-]\s*(?P<at>\|[^|]*\|)", "this is no absolute value here", "write abs(x)"),
    (
        r"(?:[=(+*/@,-]\s*)(?P<at>(?P<f>tanh|relu|gelu|silu|sigmoid|erf|sin|cos|exp|softplus|abs|sqrt|sum|mean|norm|softmax)\s+(?P<x>[\w(][^+*/@,-]*))",
        "the argument of a function stands in parentheses",
        "write {f}({x})",
    ),
    (
        r"(?:[=(+*/@,-]\s*)(?P<at>(?P<a>[A-Za-z_]\w*(?:\[[^\]]*\])?'?)\s+(?P<b>[A-Za-z_]\w*(?:\[[^\]]*\])?))(?!\s*=)",
        "two names without a sign between them",
        "write {a} @ {b} to apply a parameter, {a} * {b} to multiply, {a}({b}) to call; a statement ends with its line",
    ),
    # assignments
    (
        r"^\s*\w+(?:\[[^\]]*\])?\s*=[^=]+(?P<at>=)(?!=).*",
        "a second '=' in one statement",
        "an assignment gives one value its name: write a line for each; an axis is indexed in brackets: x[t=1]",
    ),
    (
        r"^\s*\w+\s*(?P<at>:\s*\w+.*=.*)",
        "names have no annotations",
        "write: y = ...; kinds stand in the head of a program or a function only",
    ),
    (
        r"^\s*(?P<at>[\w(][^=~:]*\([^=]*\))\s*=.*",
        "an assignment fills a name or a member of a family",
        "write: h[1] = ...; a function is written def f(x) { return x }",
    ),
    (
        r"^\s*(?P<at>[A-Za-z_]\w*\s*(?:\([^=]*\)|[-+*/@^][^=]*|\[[^\]]*\])?)\s*$",
        "a value without a name",
        "write: y = {at}, or output f = {at}",
    ),
    # lines that go on
    (
        r"^\s*(?P<at>[-+*/@^,)])",
        "a statement ends with its line, and no line starts with '{at}'",
        "an expression over several lines stands in parentheses: y = (a + b)",
    ),
    (r"(?P<at>,)\s*$", "a comma ends no statement", "delete it"),
    (
        r"(?P<at>[-+*/@^=(])\s*$",
        "the line ends in the middle of an expression",
        "an expression over several lines stands in parentheses: y = (a + b)",
    ),
]
_HABITS = [Habit(re.compile(pattern), message, hint) for pattern, message, hint in _RULES]
