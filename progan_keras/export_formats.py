"""The formats that a generator can be exported to. Pure Python."""

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Format:
    """What is to be known of a format before anything is imported.

    Attributes:
        title: String, what people call it.
        default: String, what an export is called if nobody says.
        runtime: String, the module that runs it.
        suffix: String, what its name has to end in; "" for a folder.
    """

    title: str
    default: str
    runtime: str
    suffix: str = ""

    def check(self, path):
        """Raise ValueError unless `path` has the right ending."""
        if self.suffix and Path(path).suffix != self.suffix:
            raise ValueError(
                f"A {self.title} file ends in {self.suffix}. "
                f"Received: path={str(path)!r}"
            )


FORMATS = {
    "saved_model": Format("SavedModel", "saved_model", "tensorflow"),
    "keras": Format("Keras model", "generator.keras", "keras", ".keras"),
    "onnx": Format("ONNX", "generator.onnx", "onnxruntime", ".onnx"),
    "litert": Format("LiteRT", "generator.tflite", "ai_edge_litert", ".tflite"),
    "web": Format("web page", "web", "onnxruntime"),
}
