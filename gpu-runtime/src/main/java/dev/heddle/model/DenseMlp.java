package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.ops.Matrix;
import dev.heddle.ops.Ops;
import dev.heddle.ops.Tensor;

/** The gated MLP of a layer without experts: {@code down(silu(gate x) * up x)}. */
final class DenseMlp implements FeedForward {
  /** Activations that the dense layers share: floats [tokens][intermediate]. */
  record Activations(Tensor gate, Tensor up) {}

  private final Ops ops;
  private final Activations shared;
  private final Matrix gate;
  private final Matrix up;
  private final Matrix down;

  DenseMlp(Ops ops, Activations shared, int layer, WeightLoader loader) {
    this.ops = ops;
    this.shared = shared;
    ModelShape shape = loader.shape();
    String at = "model.layers." + layer + ".mlp.";
    int width = shape.denseIntermediate();
    gate = loader.matrix(at + "gate_proj.weight", width, shape.hidden());
    up = loader.matrix(at + "up_proj.weight", width, shape.hidden());
    down = loader.matrix(at + "down_proj.weight", shape.hidden(), width);
  }

  @Override
  public void forward(Tensor out, Tensor x, BatchInputs batch) {
    ops.matmul(shared.gate, x, gate, null, batch.tokenRows);
    ops.matmul(shared.up, x, up, null, batch.tokenRows);
    ops.siluMul(shared.gate, shared.up, batch.tokenRows);
    ops.matmul(out, shared.gate, down, null, batch.tokenRows);
  }
}
