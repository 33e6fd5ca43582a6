import onnx

model = onnx.load("model.onnx")
onnx.checker.check_model(model)
print([(node.op_type, list(node.output)) for node in model.graph.node])
