package dev.heddle.model;

import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.ModelShape.Linear;
import dev.heddle.format.model.ModelShape.Llama3;
import dev.heddle.format.model.ModelShape.Yarn;
import dev.heddle.ops.Ops;
import dev.heddle.ops.RopeTable;
import dev.heddle.ops.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Cosines and sines of the rotary embedding, scaled as Hugging Face transformers computes it:
 * frequencies and angles are float32.
 */
final class RopeTables {
  private RopeTables() {}

  /** The angles of positions 0..context-1. */
  static RopeTable build(ModelShape shape, int context, Ops ops) {
    float[] frequencies = frequencies(shape.rope(), shape.attention().ropeDim());
    float factor = magnitude(shape.rope().yarn());
    int half = frequencies.length;
    float[] cos = new float[context * half];
    float[] sin = new float[context * half];
    for (int position = 0; position < context; position++) {
      for (int i = 0; i < half; i++) {
        float angle = position * frequencies[i];
        cos[position * half + i] = (float) StrictMath.cos(angle) * factor;
        sin[position * half + i] = (float) StrictMath.sin(angle) * factor;
      }
    }
    return new RopeTable(
        upload(ops, "rope.cos", context, half, cos),
        upload(ops, "rope.sin", context, half, sin),
        shape.rope().pairs() == ModelShape.Pairs.HALVES);
  }

  private static Tensor upload(Ops ops, String name, int rows, int cols, float[] values) {
    Tensor tensor = ops.floats(name, rows, cols);
    ops.write(tensor, values, values.length);
    return tensor;
  }

  /** Factor on the scores of attention: 1 / sqrt(queryDim), times YaRN's temperature. */
  static float attentionScale(ModelShape shape) {
    double scale = 1 / Math.sqrt(shape.attention().queryDim());
    Yarn yarn = shape.rope().yarn();
    if (yarn != null && yarn.mscaleAllDim() != 0) {
      double mscale = mscale(yarn.factor(), yarn.mscaleAllDim());
      scale *= mscale * mscale;
    }
    return (float) scale;
  }

  /** Radians per position of each pair. */
  static float[] frequencies(ModelShape.Rope rope, int dim) {
    float[] frequencies = new float[dim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      float period = (float) StrictMath.pow(rope.theta(), 2 * i / (float) dim);
      frequencies[i] =
          switch (rope.scaling()) {
            case null -> 1f / period;
            case Linear linear -> 1f / period / (float) linear.factor();
            case Llama3 llama3 -> ramp(llama3, 1f / period);
            case Yarn yarn -> blend(yarn, rope.theta(), dim, i, period);
          };
    }
    return frequencies;
  }

  /** The frequency as it is, stretched by the factor, or between the two. */
  private static float ramp(Llama3 llama3, float frequency) {
    float wavelength = (float) (2 * Math.PI) / frequency;
    float stretched = frequency / (float) llama3.factor();
    if (wavelength > llama3.originalContext() / llama3.lowFrequency()) {
      return stretched;
    }
    if (wavelength < llama3.originalContext() / llama3.highFrequency()) {
      return frequency;
    }
    float smooth =
        (llama3.originalContext() / wavelength - (float) llama3.lowFrequency())
            / (float) (llama3.highFrequency() - llama3.lowFrequency());
    return (1f - smooth) * stretched + smooth * frequency;
  }

  /**
   * Fast pairs keep their frequency, slow ones are stretched by the factor, with a ramp between.
   */
  private static float blend(Yarn yarn, double theta, int dim, int i, float period) {
    double low = Math.max(Math.floor(correctionDim(yarn, yarn.betaFast(), theta, dim)), 0);
    double high = Math.min(Math.ceil(correctionDim(yarn, yarn.betaSlow(), theta, dim)), dim - 1);
    float span = (float) (low == high ? 0.001 : high - low);
    float ramp = Math.clamp((i - (float) low) / span, 0f, 1f);
    float stretched = 1f / ((float) yarn.factor() * period);
    return stretched * ramp + 1f / period * (1f - ramp);
  }

  /** The pair that turns {@code rotations} times within the original context. */
  private static double correctionDim(Yarn yarn, double rotations, double theta, int dim) {
    double wavelength = yarn.originalContext() / (rotations * 2 * Math.PI);
    return dim * StrictMath.log(wavelength) / (2 * StrictMath.log(theta));
  }

  /** Factor on cosines and sines. */
  private static float magnitude(@Nullable Yarn yarn) {
    if (yarn == null) {
      return 1f;
    }
    if (yarn.mscale() == 0 || yarn.mscaleAllDim() == 0) {
      return (float) mscale(yarn.factor(), 1);
    }
    return (float)
        (mscale(yarn.factor(), yarn.mscale()) / mscale(yarn.factor(), yarn.mscaleAllDim()));
  }

  private static double mscale(double factor, double mscale) {
    return factor <= 1 ? 1 : 0.1 * mscale * StrictMath.log(factor) + 1;
  }
}
