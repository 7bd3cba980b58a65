// SPDX-License-Identifier: Apache-2.0
// The generator, in a worker: the page stays awake while it computes.
//
// Takes {latent, label}, a Float32Array and an integer or null. Sends
// {ready: true} once it can; then for each message {pictures, milliseconds},
// one picture for each resolution, from small to large: {side, pixels}, the
// pixels RGBA; or {error}, a string.

importScripts("onnxruntime/ort.wasm-core.min.js");

const WASM = "ort-wasm-simd.wasm";
const loading = load();
loading.then(() => postMessage({ ready: true }), fail);

onmessage = async ({ data }) => {
  try {
    const started = performance.now();
    const pictures = await generate(await loading, data.latent, data.label);
    const milliseconds = performance.now() - started;
    const buffers = pictures.map(({ pixels }) => pixels.buffer);
    postMessage({ pictures, milliseconds }, buffers);
  } catch (error) {
    fail(error);
  }
};

function fail(error) {
  postMessage({ error: String(error.message ?? error) });
}

/** Start the runtime and read the generator. */
async function load() {
  const [runtime, model] = await Promise.all([
    bytesOf(`onnxruntime/${WASM}.gz`).then(unpacked),
    bytesOf("generator.onnx"),
  ]);
  // More threads would need headers that plain servers do not send.
  ort.env.wasm.numThreads = 1;
  const blob = new Blob([runtime], { type: "application/wasm" });
  ort.env.wasm.wasmPaths = { [WASM]: URL.createObjectURL(blob) };
  return ort.InferenceSession.create(model, { executionProviders: ["wasm"] });
}

async function bytesOf(path) {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Contents of a gzip file; some servers have unpacked it on the way. */
async function unpacked(bytes) {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes]).stream();
  const plain = stream.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(plain).arrayBuffer());
}

async function generate(session, latent, label) {
  const inputs = {
    latents: new ort.Tensor("float32", latent, [1, latent.length]),
  };
  if (label !== null) {
    inputs.labels = new ort.Tensor("int32", Int32Array.of(label), [1]);
  }
  const outputs = await session.run(inputs);
  return Object.values(outputs).map(picture).sort((a, b) => a.side - b.side);
}

/** Float image, about [-1, 1], grey, RGB or RGBA, to {side, pixels}. */
function picture({ data, dims: [, side, , channels] }) {
  const pixels = new Uint8ClampedArray(4 * side * side).fill(255);
  for (let i = 0; i < side * side; i++) {
    for (let c = 0; c < Math.max(3, channels); c++) {
      // Grey is all three colours. Storing rounds and clips.
      const value = data[i * channels + Math.min(c, channels - 1)];
      pixels[4 * i + c] = (value + 1) * 127.5;
    }
  }
  return { side, pixels };
}
