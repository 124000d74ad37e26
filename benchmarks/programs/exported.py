"""What runs exported files without TensorFlow."""


def litert(model, size, threads):
    from ai_edge_litert.interpreter import Interpreter

    run = Interpreter(model, num_threads=threads).get_signature_runner(f"fill_{size}")
    return lambda image, mask: run(image=image[None], mask=mask[None, ..., None])["output"][0]


def onnx(model):
    import onnxruntime

    run = onnxruntime.InferenceSession(model).run
    return lambda image, mask: run(["output"], {"image": image[None], "mask": mask[None, ..., None]})[0][0]
