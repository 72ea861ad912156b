"""Writes the nets as one ONNX graph: normalisation, the three nets, their average, and an honest uncertainty."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from features import FEATURES
from net import CUT, LOG_VARIANCE
from response import OUTPUT_LIMITS_DB, OUTPUTS

STRANGE_DB2 = 20.0
"""Variance for a mean squared excess of one deviation beyond the range of training, over all features."""


class Graph:
    """Collects nodes and constants."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name, value, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def add(self, kind, inputs, output, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output


def _net(g, i, layers, x):
    """Moves and variances of one net."""
    for n, (weight, bias) in enumerate(layers):
        w, b = g.constant(f"w{i}_{n}", np.asarray(weight)), g.constant(f"b{i}_{n}", np.asarray(bias))
        x = g.add("Gemm", [x, w, b], f"gemm{i}_{n}")
        if n + 1 < len(layers):
            x = g.add("Relu", [x], f"relu{i}_{n}")
    raw = g.add("Slice", [x, "zero", "middle", "axis"], f"raw{i}")
    raw = g.add("Div", [raw, "limits"], f"share{i}")
    moves = g.add("Mul", [g.add("Tanh", [raw], f"tanh{i}"), "limits"], f"moves{i}")
    spread = g.add("Slice", [x, "middle", "end", "axis"], f"spread{i}")
    spread = g.add("Clip", [spread, "least", "most"], f"log_variance{i}")
    return moves, g.add("Exp", [spread], f"variance{i}")


def write(path, nets, scale, properties):
    """`scale`: mean, deviation, low and high end of each feature."""
    g = Graph()
    mean, deviation, low, high = scale
    for name, value in (("mean", mean), ("deviation", deviation), ("low", low), ("high", high)):
        g.constant(name, np.asarray(value)[None])
    g.constant("limits", OUTPUT_LIMITS_DB[None])
    for name, value in (("cut_low", -CUT), ("cut_high", CUT), ("least", LOG_VARIANCE[0]), ("most", LOG_VARIANCE[1])):
        g.constant(name, value)
    g.constant("strange", STRANGE_DB2)
    g.constant("share", 1.0 / len(nets))
    for name, value in (("zero", [0]), ("middle", [OUTPUTS]), ("end", [2 * OUTPUTS]), ("axis", [1])):
        g.constant(name, value, np.int64)

    x = g.add("Sub", ["features", "mean"], "centred")
    x = g.add("Div", [x, "deviation"], "scaled")
    x = g.add("Clip", [x, "cut_low", "cut_high"], "cut")
    outputs = [_net(g, i, layers, x) for i, layers in enumerate(nets)]

    def average(parts, name):
        whole = parts[0]
        for n, part in enumerate(parts[1:]):
            whole = g.add("Add", [whole, part], f"{name}_sum{n}")
        return g.add("Mul", [whole, "share"], name)

    moves = average([m for m, _ in outputs], "move_db")
    variance = average([v for _, v in outputs], "variance")
    apart = []
    for i, (m, _) in enumerate(outputs):
        d = g.add("Sub", [m, moves], f"apart{i}")
        apart.append(g.add("Mul", [d, d], f"apart_squared{i}"))
    variance = g.add("Add", [variance, average(apart, "disagreement")], "variance_of_all")

    over = g.add("Relu", [g.add("Sub", ["features", "high"], "above_end")], "above")
    under = g.add("Relu", [g.add("Sub", ["low", "features"], "below_end")], "below")
    excess = g.add("Div", [g.add("Add", [over, under], "outside"), "deviation"], "excess")
    excess = g.add("Mul", [excess, excess], "excess_squared")
    excess = g.add("ReduceMean", [excess], "mean_excess", axes=[1], keepdims=1)
    penalty = g.add("Mul", [excess, "strange"], "penalty")
    g.add("Sqrt", [g.add("Add", [variance, penalty], "uncertainty_squared")], "uncertainty_db")

    value = lambda name, size: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, size])
    graph = helper.make_graph(
        g.nodes,
        "balance",
        [value("features", FEATURES)],
        [value("move_db", OUTPUTS), value("uncertainty_db", OUTPUTS)],
        g.constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="auracore")
    model.ir_version = 8
    helper.set_model_props(model, properties)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
