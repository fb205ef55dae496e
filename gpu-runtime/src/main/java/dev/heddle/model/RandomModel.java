package dev.heddle.model;

import dev.heddle.format.DType;
import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import dev.heddle.format.model.ModelShape;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/**
 * Weights made up in memory, for speed alone: BF16, every matrix a piece of one block of random
 * numbers, every norm 1.
 */
public final class RandomModel implements WeightSource {
  private static final short ONE = 0x3f80;
  private static final int SPARE = 1 << 20;

  private final ModelShape shape;
  private final MemorySegment noise;
  private final MemorySegment ones;

  /** A model of this shape, whose dtype is BF16. */
  public RandomModel(ModelShape shape) {
    this.shape = shape;
    noise = numbers(largest(shape) + SPARE, 1 / Math.sqrt(shape.hidden()));
    ones = Arena.ofAuto().allocate(2L * Math.max(shape.hidden(), 1 << 16));
    for (long i = 0; i < ones.byteSize() / 2; i++) {
      ones.setAtIndex(ValueLayout.JAVA_SHORT, i, ONE);
    }
  }

  /** DeepSeek-V2-Lite's shape with fewer layers, the first of them dense. */
  public static ModelShape lite(int layers) {
    return new ModelShape(
        "deepseek_v2",
        DType.BF16,
        102400,
        2048,
        layers,
        16,
        new ModelShape.Latent(0, 512, 128, 64, 128, false),
        10944,
        new ModelShape.Experts(64, 2, 1408, 6, 1, 1, false, 1f, 1, 1),
        new ModelShape.Rope(10000, new ModelShape.Yarn(40, 4096, 32, 1, 0.707, 0.707)),
        1e-6f,
        1e-6f,
        false,
        163840,
        100000,
        List.of(100001));
  }

  /** As {@link #lite}, a quarter as wide in all but the vocabulary. */
  public static ModelShape small(int layers) {
    ModelShape lite = lite(layers);
    return new ModelShape(
        lite.family(),
        lite.dtype(),
        lite.vocabulary(),
        lite.hidden() / 4,
        layers,
        lite.heads() / 4,
        new ModelShape.Latent(0, 128, 128, 64, 128, false),
        lite.denseIntermediate() / 4,
        new ModelShape.Experts(64, 2, 352, 6, 1, 1, false, 1f, 1, 1),
        lite.rope(),
        lite.rmsNormEps(),
        lite.latentNormEps(),
        lite.tiedEmbeddings(),
        lite.maxContext(),
        lite.bosToken(),
        lite.eosTokens());
  }

  /** Qwen3-30B-A3B's shape with fewer layers. */
  public static ModelShape qwen3(int layers) {
    return new ModelShape(
        "qwen3_moe",
        DType.BF16,
        151936,
        2048,
        layers,
        32,
        new ModelShape.Grouped(4, 128, 128, ModelShape.QueryKeyNorm.HEAD, false, false),
        6144,
        new ModelShape.Experts(128, 0, 768, 8, 1, 1, true, 1f, 0, 1),
        new ModelShape.Rope(1e6, ModelShape.Pairs.HALVES, null),
        1e-6f,
        1e-6f,
        false,
        40960,
        151643,
        List.of(151645));
  }

  /** Mixtral-8x7B's shape with fewer layers. */
  public static ModelShape mixtral(int layers) {
    return new ModelShape(
        "mixtral",
        DType.BF16,
        32000,
        4096,
        layers,
        32,
        new ModelShape.Grouped(8, 128, 128, ModelShape.QueryKeyNorm.NONE, false, false),
        14336,
        new ModelShape.Experts(8, 0, 14336, 2, 1, 1, true, 1f, 0, 1),
        new ModelShape.Rope(1e6, ModelShape.Pairs.HALVES, null),
        1e-5f,
        1e-6f,
        false,
        32768,
        1,
        List.of(2));
  }

  private static long largest(ModelShape shape) {
    long wide = Math.max(shape.vocabulary(), shape.denseIntermediate());
    long queries = (long) shape.heads() * shape.attention().queryDim();
    return Math.max(wide, queries) * Math.max(shape.hidden(), shape.attention().valueWidth());
  }

  private static MemorySegment numbers(long count, double deviation) {
    MemorySegment segment = Arena.ofAuto().allocate(2 * count);
    float width = (float) (deviation * Math.sqrt(12));
    Random random = new Random(1);
    for (long i = 0; i < count; i++) {
      float value = (random.nextFloat() - 0.5f) * width;
      segment.setAtIndex(
          ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
    }
    return segment;
  }

  @Override
  public ModelShape shape() {
    return shape;
  }

  @Override
  public MatrixData matrix(String name, int rows, int cols) {
    long offset = 2L * Math.floorMod(name.hashCode() * 0x9E3779B9, SPARE);
    return MatrixData.dense(DType.BF16, rows, cols, noise.asSlice(offset, 2L * rows * cols));
  }

  @Override
  public MatrixData vector(String name, int size) {
    return MatrixData.dense(DType.BF16, 1, size, ones.asSlice(0, 2L * size));
  }

  @Override
  public ExpertWeights expert(int layer, int column) {
    int width = shape.experts().intermediate();
    String name = layer + "." + column;
    return new ExpertWeights(
        matrix(name + ".gate", width, shape.hidden()),
        matrix(name + ".up", width, shape.hidden()),
        matrix(name + ".down", shape.hidden(), width));
  }
}
