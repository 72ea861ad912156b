"""Makes tiny.onnx: a model of the right shape and with every operator that a trained one has, but of random weights.

For tests of how models are loaded and run: python tiny_model.py. Needs numpy and onnx.
"""

import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FEATURES, HIDDEN, PREDICTED, MEMBERS = 134, 6, 13, 2
rng = np.random.default_rng(1)
nodes, weights = [], []


def weight(name, values):
    weights.append(numpy_helper.from_array(np.asarray(values), name))
    return name


def node(operator, inputs, output, **attributes):
    nodes.append(helper.make_node(operator, inputs, [output], **attributes))
    return output


def f32(*values):
    return np.array(values, np.float32)


mean = weight("mean", rng.normal(0, 2, (1, FEATURES)).astype(np.float32))
scale = weight("scale", rng.uniform(1, 4, (1, FEATURES)).astype(np.float32))
low, high = weight("low", f32(-4).reshape(())), weight("high", f32(4).reshape(()))
normal = node("Div", [node("Sub", ["features", mean], "centred"), scale], "normal")
clipped = node("Clip", [normal, low, high], "clipped")
beyond = node("ReduceMean", [node("Abs", [node("Sub", [normal, clipped], "over")], "size")], "beyond", axes=[1], keepdims=1)

parts = []
for member in range(MEMBERS):
    shapes = {"a": (FEATURES, HIDDEN), "c": (HIDDEN, 2 * PREDICTED)}
    a, c = (
        weight(f"{key}{member}", (rng.normal(0, 1, shape) / np.sqrt(shape[0])).astype(np.float32))
        for key, shape in shapes.items()
    )
    b = weight(f"b{member}", rng.normal(0, 0.1, HIDDEN).astype(np.float32))
    hidden = node("Relu", [node("Gemm", [clipped, a, b], f"gemm{member}")], f"relu{member}")
    out = node("MatMul", [hidden, c], f"out{member}")
    axis = weight(f"axis{member}", np.array([1], np.int64))
    for i, kind in enumerate(("move", "deviation")):
        starts = weight(f"start_{kind}{member}", np.array([i * PREDICTED], np.int64))
        ends = weight(f"end_{kind}{member}", np.array([(i + 1) * PREDICTED], np.int64))
        node("Slice", [out, starts, ends, axis], f"{kind}{member}")
    parts.append(node("Exp", [f"deviation{member}"], f"variance{member}"))

moves = [f"move{member}" for member in range(MEMBERS)]
half = weight("half", f32(1 / MEMBERS))
node("Mul", [node("Add", moves, "sum"), half], "move_db")
variance = node("Mul", [node("Add", parts, "variances"), half], "variance")
squares = [node("Mul", [x, x], f"square{i}") for i, x in enumerate(moves)]
square_sum = node("Mul", [node("Add", squares, "squares"), half], "mean_square")
spread = node("Sub", [square_sum, node("Mul", ["move_db", "move_db"], "square")], "spread_raw")
spread = node("Relu", [spread], "spread")
deviation = node("Sqrt", [node("Add", [variance, spread], "total")], "deviation")
node("Add", [deviation, beyond], "uncertainty_db")

graph = helper.make_graph(
    nodes,
    "tiny",
    [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, FEATURES])],
    [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, PREDICTED]) for name in ("move_db", "uncertainty_db")],
    weights,
)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
helper.set_model_props(model, {"recipe": "random weights for tests", "seed": "1", "licence": "MIT OR Apache-2.0"})
onnx.checker.check_model(model, full_check=True)
onnx.save(model, pathlib.Path(__file__).with_name("tiny.onnx"))
