"""What every diagnostic code means, with an example of the fault and of what to write instead.

The examples of TP001 to TP499 are lines of a program in which this much is declared already; a test checks
that each bad one gives its code and that each good one is accepted:

    width n
    input x : [d=4, t=3]
    param U : [n, d] ~ normal(0, 1)
    param W : [n, n] ~ normal(0, 1)
    param v : [n] ~ normal(0, 1)
    h = tanh(U @ x[t=1])
"""

from __future__ import annotations

from typing import NamedTuple

from tp.diagnostics.diagnostic import error


class Code(NamedTuple):
    """One page of ``tp explain``. Either example may be empty."""

    title: str
    explanation: str
    bad: str
    good: str

    def __str__(self) -> str:
        parts = [self.title, "", self.explanation]
        for head, example in (("Wrong:", self.bad), ("Right:", self.good)):
            if example:
                parts += ["", head, *("    " + line for line in example.split("\n"))]
        return "\n".join(parts)


_SYNTAX: dict[str, Code] = {
    "TP001": Code(
        "unknown character",
        "The language uses letters, digits, _ and the signs ( ) [ ] { } + - * / ^ @ ' = : ~ | , . ; "
        "and # for comments.",
        "y = 3 % 2",
        "y = 3 / 2",
    ),
    "TP002": Code(
        "unclosed bracket",
        "A bracket is never closed, or closed by one of another kind. The message points at the opening one.",
        "y = dot(v, h",
        "y = dot(v, h)",
    ),
    "TP003": Code("bracket that closes nothing", "A closing bracket has no opening one.", "y = h)", "y = h"),
    "TP004": Code(
        "syntax error",
        "The text does not have the form of a statement or expression at this place. Statements end with their line "
        "(or with ;), except inside ( ) and [ ].",
        "y = = h",
        "y = h",
    ),
    "TP005": Code(
        "too deep nesting",
        "At most 100 brackets, signs or braces may be nested. Give names to parts of a large expression.",
        "y = " + "(" * 101 + "h" + ")" * 101,
        "y = ((h))",
    ),
    "TP006": Code(
        "number or name too long",
        "Names have at most 100 characters. Numbers have at most 40 characters and lie between 1e-300 and 1e300.",
        "y = 1e999 * h",
        "y = 1e9 * h",
    ),
    "TP007": Code("not UTF-8", "Programs are UTF-8 text. Convert the file, for example with iconv.", "", ""),
    "TP101": Code(
        "unknown name",
        "Nothing of this name is defined before this place. Names are defined by width, axis, input, param, "
        "instance, "
        "def, import or an assignment.",
        "y = W @ g",
        "y = W @ h",
    ),
    "TP102": Code(
        "undefined member",
        "The family exists, but it has no member with this index. Ranges include both ends.",
        "z[1] = h\ny = z[2]",
        "z[1] = h\ny = z[1]",
    ),
    "TP103": Code(
        "unknown activation", "No activation has this name. Activations are functions of one number.", "", ""
    ),
    "TP104": Code(
        "not a function", "Only functions, instances and activations can be called.", "y = h(3)", "y = 3 * h"
    ),
    "TP105": Code(
        "wrong arguments",
        "The arguments do not fit the function: their number, their names or their kinds.",
        "y = sqrt(h, 2)",
        "y = sqrt(2)",
    ),
    "TP106": Code(
        "defined twice",
        "Every name is assigned once, so a name means the same everywhere. Use a family (z[1], z[2]) for steps.",
        "y = h\ny = W @ h",
        "y[1] = h\ny[2] = W @ h",
    ),
    "TP107": Code(
        "statement in the wrong place",
        "Widths, inputs, outputs, claims and the global learning rate belong to the program; return belongs "
        "to functions.",
        "return h",
        "y = h",
    ),
    "TP108": Code(
        "unknown module",
        "Modules are files of functions, NAME.tp, beside the importing file or in the packaged library. Paths never "
        "leave those folders, and modules must not import each other in a circle.",
        "import f from nowhere\nprogram p {\n}",
        "",
    ),
    "TP109": Code(
        "recursion",
        "Functions must not call themselves; a static for loop repeats things.",
        "def f(x) {\n  return f(x)\n}\nprogram p {\n  width n\n  input x : [d=4]\n  output y = f(x)\n}",
        "",
    ),
    "TP110": Code(
        "unknown kind",
        "Arguments have one of the kinds int, real, rational, activation and axis; without a kind they are tensors.",
        "program p(depth: integer = 3) {\n  width n\n  input x : [d=4]\n  output y = x\n}",
        "program p(depth: int = 3) {\n  width n\n  input x : [d=4]\n  output y = x\n}",
    ),
    "TP111": Code(
        "incomplete program",
        "A file to check holds exactly one program, with a width, an input and an output.",
        "def f(x) {\n  return x\n}",
        "program p {\n  width n\n  input x : [d=4]\n  output y = x\n}",
    ),
    "TP201": Code(
        "not a value",
        "Something else (an axis, a function, a family) stands where a tensor or a number should.",
        "z[1] = h\ny = z + h",
        "z[1] = h\ny = z[1] + h",
    ),
    "TP202": Code(
        "no such axis",
        "The value does not have this axis, or the name is not that of an axis.",
        "y = sum(h, t)",
        "y = sum(x, t)",
    ),
    "TP203": Code(
        "axis sizes differ",
        "Axes are matched by name, so an axis has one size wherever values meet. Slices and unpadded convolutions "
        "change the size of an axis.",
        "y = x + x[t=1..2]",
        "y = x[t=2..3] + x[t=1..2]",
    ),
    "TP204": Code(
        "wide parameter read as a value",
        "A parameter that is wide on both sides is never a value of its own (it may not even fit in "
        "memory); it is only "
        "applied with @. The same holds for a transpose.",
        "y = W * h",
        "y = W @ h",
    ),
    "TP205": Code(
        "not applicable",
        "Left of @ stands a parameter with input axes, or its transpose. Two values are contracted with dot.",
        "y = h @ h",
        "y = dot(h, h)",
    ),
    "TP206": Code(
        "nothing to contract",
        "The parameter contracts axes that the value does not have.",
        "y = U @ h",
        "y = W @ h",
    ),
    "TP207": Code(
        "axis made twice",
        "The result would have an axis twice: the parameter makes one that the value brings along. Rename it first.",
        "param P : [n, d | t] ~ normal(0, 1)\ny = P @ x",
        "param P : [n, d | t] ~ normal(0, 1)\ny = P @ rename(x, d, e)",
    ),
    "TP208": Code(
        "wrong number of values",
        "A function with several results is assigned to as many names.",
        "y, z = h",
        "y = h",
    ),
    "TP209": Code(
        "arguments of an activation",
        "The numbers behind the value do not fit the activation.",
        "y = tanh(h, 2)",
        "y = tanh(2 * h)",
    ),
    "TP210": Code(
        "impossible operation",
        "This has no meaning, for example a division by zero or the square root of a negative number.",
        "y = h / 0",
        "y = h / 2",
    ),
    "TP211": Code(
        "wrong index",
        "Families are indexed by whole numbers, h[2]; finite axes by name, x[t=2].",
        "y = x[2]",
        "y = x[t=2]",
    ),
    "TP212": Code(
        "which axis?",
        "Without named axes, sum, mean, norm and dot need exactly one wide axis.",
        "y = mean(x)",
        "y = mean(x, t)",
    ),
    "TP213": Code(
        "wide axis taken apart",
        "Wide axes are never indexed, shifted or joined: they are only contracted, by @, dot, sum, mean and norm.",
        "y = h[n=1]",
        "y = mean(h, n)",
    ),
    "TP214": Code(
        "out of range",
        "Entries of an axis are counted from 1 to its size, and blocks of a pooling fill it.",
        "y = x[t=4]",
        "y = x[t=3]",
    ),
    "TP215": Code(
        "type of a parameter",
        "A type is [outs | ins]. With two axes and no bar the last is the input; with three or more the bar is needed.",
        "param P : [n, d, t] ~ normal(0, 1)",
        "param P : [n | d, t] ~ normal(0, 1)",
    ),
    "TP216": Code(
        "wide input or output",
        "Inputs and outputs have finite axes only: what goes in and comes out does not grow with the width.",
        "output y = h",
        "output y = mean(h)",
    ),
    "TP217": Code(
        "shared parameter differs",
        "All calls of an instance share its parameters, so these have one type and one law.",
        "",
        "",
    ),
    "TP301": Code(
        "not a static number",
        "Indices, ranges, exponents, laws and sizes are known before anything is computed.",
        "y = h^v",
        "y = h^2",
    ),
    "TP302": Code(
        "not a whole or rational number",
        "An index or a size is a whole number, an exponent an exact rational.",
        "y[1/2] = h",
        "y[1] = h",
    ),
    "TP303": Code("wrong exponent", "Exponents are rational numbers, such as 2, -1 or 1/2.", "y = h^0", "y = h^3"),
    "TP304": Code(
        "sum of different powers",
        "Numbers are constants times powers of widths, so that orders are exact. n + 1 is none.",
        "y = h * (n + 1)",
        "y = h * n",
    ),
    "TP305": Code(
        "not a width",
        "A width is a positive rational times a positive power of another width.",
        "width k = 8",
        "width k = n/8",
    ),
    "TP306": Code(
        "negative learning rate",
        "Learning rates are not negative.",
        "param P : [n] ~ normal(0, 1) rate -1",
        "param P : [n] ~ normal(0, 1) rate 1/n",
    ),
    "TP307": Code(
        "unknown law",
        "Initial laws are normal, uniform, rademacher, laplace, student_t, exponential, truncated_normal and constant.",
        "param P : [n] ~ gauss(0, 1)",
        "param P : [n] ~ normal(0, 1)",
    ),
    "TP308": Code(
        "arguments of a law",
        "A law has a mean and a deviation, then its own argument; constant has one value.",
        "param P : [n] ~ normal(0)",
        "param P : [n] ~ normal(0, 1)",
    ),
    "TP309": Code(
        "infinite variance",
        "Student's t has a variance only beyond 2 degrees of freedom, and laws are scaled by their deviation.",
        "param P : [n] ~ student_t(0, 1, 2)",
        "param P : [n] ~ student_t(0, 1, 5)",
    ),
    "TP401": Code(
        "unknown claim",
        "Claims are Theta, O and zero of a quantity; weakly_correlated, power_weakly_correlated and linearizes with a "
        "power of n; lazy, feature_learning and stable.",
        "claim weakly_corelated(n)",
        "claim weakly_correlated(n)",
    ),
    "TP402": Code(
        "claim about nothing",
        "The subject of a claim is F, kernel, hessian, C[D,d] with 1 <= d <= 6 for D = 0 and D = 1 and 1 <= d <= 2 "
        "for D = 2, an output or a name of the program.",
        "claim g : Theta(1)",
        "claim h : Theta(1)",
    ),
    "TP403": Code(
        "not an order",
        "An order is a positive number times a power of n. The m of weak correlations and of linearization is a power "
        "of n that grows.",
        "claim linearizes(1)",
        "claim linearizes(n)",
    ),
}

_REST: dict[str, Code] = {
    "TP500": Code(
        "wrong usage", "The command line is not understood; tp --help shows what is.", "tp chek a.tp", "tp check a.tp"
    ),
    "TP501": Code(
        "not enough memory",
        "The weights or the arrays of a computation would need more memory than the machine has left. "
        "Nothing was started.",
        "tp verify a.tp --widths 1000000",
        "tp verify a.tp --widths 256:4096",
    ),
    "TP502": Code(
        "too large",
        "A program, a table of numbers or a width is beyond what the tool takes on: static loops are unrolled, so huge "
        "ranges make huge graphs. What repeats along a finite axis costs one node.",
        "for l in 1..1000000000 { h[l] = tanh(h[l-1]) }",
        "for l in 1..10 { h[l] = tanh(h[l-1]) }",
    ),
    "TP503": Code(
        "number of seeds", "At least one seed is needed.", "tp verify a.tp --seeds 0", "tp verify a.tp --seeds 8"
    ),
    "TP504": Code(
        "unknown number format or engine",
        "Numbers are float32 or float64. Engines are auto, dense or conditioned.",
        "tp run a.tp --dtype float16",
        "tp run a.tp --dtype float64",
    ),
    "TP505": Code(
        "unknown quantity",
        "Quantities are F, kernel, hessian and C[D,d].",
        "tp orders a.tp --quantities D[0,2]",
        "tp orders a.tp --quantities C[0,2]",
    ),
    "TP506": Code(
        "setting that does not fit",
        "--set name=value sets a hyperparameter of the program, or the size of a finite axis that it declares.",
        "tp check mlp.tp --set dept=5",
        "tp check mlp.tp --set depth=5",
    ),
    "TP507": Code("no such file", "The program file does not exist or is a folder.", "", ""),
    "TP508": Code("cannot write", "The output file cannot be written.", "", ""),
    "TP509": Code("unknown code", "No diagnostic has this code.", "tp explain TP999", "tp explain TP101"),
    "TP510": Code(
        "no certificate",
        "The file is not the JSON that tp orders --certificate writes. A certificate that is one and does not check is "
        "rejected with the line that does not follow, and exit code 1.",
        "tp certify mlp.tp",
        "tp orders mlp.tp --certificate mlp.json && tp certify mlp.json",
    ),
    "TP511": Code(
        "nothing to condition",
        "The conditioned engine draws products with a weight from the law of a Gaussian matrix. Every weight of this "
        "program that is wide on both sides has another initial law, for which there is no such shortcut.",
        "tp verify uniform.tp --engine conditioned",
        "tp verify uniform.tp --engine dense",
    ),
    "TP512": Code(
        "cannot be trained",
        "Training needs one finite output that depends on the input, and weights that are shared along finite axes "
        "only: the updates of a weight that is shared along a wide axis are sums of more and more outer products.",
        "",
        "",
    ),
    "TP513": Code(
        "impossible training",
        "Steps, batches, samples and probes are counts, the learning rate is positive, the momentum and the share that "
        "weight decay takes in a step are below 1, and weights that decay have no mean.",
        "tp train mlp.tp --steps 0",
        "tp train mlp.tp --steps 20",
    ),
    "TP514": Code(
        "optimiser without known orders",
        "The order calculus predicts training from the displacement of the weights, which this optimiser does not "
        "state. Runs need no prediction.",
        "",
        "",
    ),
    "TP599": Code("internal error", "A fault of the tool, not of the program. Please report it.", "", ""),
    "TP601": Code("unreadable file", "The file is missing, locked, of an unknown kind, or damaged.", "", ""),
    "TP602": Code(
        "data do not fit",
        "The shape of the samples is not that of the input. --set changes the size of a finite axis.",
        "tp verify mlp.tp --data digits",
        "tp verify mlp.tp --data digits --set d=64",
    ),
    "TP603": Code("not enough samples", "The data hold fewer samples than the quantities need.", "", ""),
    "TP604": Code("data not finite", "The data contain infinities or NaN.", "", ""),
    "TP605": Code("too few distinct samples", "Distinct inputs are needed, and the data repeat themselves.", "", ""),
    "TP606": Code(
        "digits do not fit", "The 8 by 8 digits fit inputs of 64, 8 by 8, or 8 tokens of 8 features.", "", ""
    ),
    "TP608": Code(
        "labels do not fit",
        "Targets have the shape of the output: one number, or one for each class. The digits have two classes (0 and "
        "1) for an output without axes and ten for one with ten entries; a file brings an array called targets.",
        "",
        "",
    ),
    "TP701": Code("malformed graph text", "The textual form of a graph cannot be read at this place.", "", ""),
    "TP702": Code("ill-typed graph text", "A node of a graph does not fit its operands or its stated type.", "", ""),
    "TP703": Code("broken graph", "A graph violates its own rules; a fault of whatever made it.", "", ""),
    "TP704": Code("wide output", "An output of a graph has a wide axis.", "", ""),
    "TP711": Code(
        "results cannot be kept",
        "The folder for results cannot be written: the disk is full, the folder is missing or read-only. The run goes "
        "on, but what it draws is in memory only, and a run that is broken off starts from the beginning.",
        "tp verify mlp.tp --store /",
        "tp verify mlp.tp --store results",
    ),
    "TP712": Code(
        "damaged result",
        "A stored file of results was cut short or altered, or holds something else than its name says. It is not "
        "used: what it held is drawn again and the file replaced. tp results --prune --damaged removes such files.",
        "",
        "",
    ),
    "TP713": Code(
        "nothing to prune is named",
        "tp results --prune removes what its options select, and needs one; --all selects everything.",
        "tp results --prune",
        "tp results --prune --older 30",
    ),
    "TP714": Code(
        "cannot export",
        "The kind of file is unknown, or a package that writes it is missing.",
        "tp results --export results.xls",
        "tp results --export results.csv",
    ),
    "TP715": Code("no store", "The folder for results cannot be read.", "", ""),
    "TP716": Code(
        "no workers",
        "The scheduler does not answer, the package that talks to it is missing, or its workers keep failing. "
        "Workers need the same version of tp.",
        "tp verify mlp.tp --scheduler localhost",
        "tp verify mlp.tp --scheduler tcp://localhost:8786",
    ),
    "TP717": Code(
        "lost worker",
        "A worker process ended in the middle of its work, for example for lack of memory. Its work is done again, "
        "and no number changes.",
        "",
        "",
    ),
}

CODES: dict[str, Code] = {**_SYNTAX, **_REST}


def explain(code: str) -> str:
    """The page of a diagnostic code, such as ``"TP501"``: what it means, a wrong and a right example.

    Raises:
        TpError: TP509 where no diagnostic has that code.
    """
    found = CODES.get(code.upper())
    if found is None:
        raise error("TP509", f"no diagnostic has the code {code}", hint=f"codes run from {min(CODES)} to {max(CODES)}")
    return f"{code.upper()}: {found}"
