package dev.heddle.ops;

import dev.heddle.format.ExpertWeights;
import dev.heddle.format.MatrixData;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operations of one forward pass, one method each, as a backend provides them.
 *
 * <p>Tensors are opaque and live counts are tensors, so a caller never branches on contents: a CPU
 * backend executes each call as it is made, a device backend may record the calls of one pass and
 * replay them.
 *
 * <p><b>Boot.</b> Buffers and weights are declared, then {@link #prepare} shows the pass they are
 * for. Weights given before it are views that stay readable until it returns; only then may passes
 * begin.
 *
 * <p><b>Exactness.</b> On a CPU every output element of a matrix product is one sequential fused
 * multiply-add chain over k = 0..K-1, starting from 0 (a bias is added after it); sums across a row
 * (norms, the router's softmax) use the fixed orders stated in {@link Numerics}. So each row of a
 * result depends on that row of the input alone, to the bit, whatever the batch.
 *
 * <p><b>Threads.</b> One thread makes all calls, except {@link #fillSlot} and {@link #clearSlot},
 * which any thread may call for a slot that no step in flight can read.
 *
 * <p>Forward operations of a backend made for speed allocate nothing. Arguments whose shapes do not
 * fit are programming errors and throw {@link IllegalArgumentException}.
 */
public interface Ops extends AutoCloseable {

  /** The backend's name, as {@code --backend} takes it. */
  String name();

  // ---- boot: buffers and weights, all sized once

  /**
   * What the bytes of packed weights depend on beside the weights and their format, in words; null
   * where weights cannot be kept.
   */
  default @Nullable String packing() {
    return null;
  }

  /** Has weights that are made from now on, until {@link #prepare}, asked for before packing. */
  default void use(PackedWeights kept) {}

  /** A zeroed buffer of floats. */
  Tensor floats(String name, int rows, int cols);

  /** A zeroed buffer of ints. */
  Tensor ints(String name, int rows, int cols);

  /** A weight vector (of a norm, a bias) widened to float32: floats [1][n]. */
  Tensor vector(String name, MatrixData data);

  /**
   * Weights of a linear layer. Several parts of equal width are stacked by rows.
   *
   * @param format what they are kept as: as they are stored, or {@link WeightFormat#INT8}, which
   *     takes even widths alone
   */
  Matrix matrix(String name, List<MatrixData> parts, WeightFormat format);

  /** As the other, kept as they are stored. */
  default Matrix matrix(String name, List<MatrixData> parts) {
    return matrix(name, parts, WeightFormat.stored(parts));
  }

  /** One matrix a head, all of one shape; {@code transposed} packs each part's transpose. */
  HeadMatrix headMatrix(String name, List<MatrixData> parts, boolean transposed);

  /** A table to fetch rows from. */
  RowTable rowTable(String name, MatrixData data);

  /**
   * Room for {@code slots} experts of width {@code intermediate}; commits no memory yet.
   *
   * @param format as for {@link #matrix(String, List, WeightFormat)}
   */
  ExpertPool expertPool(int slots, int hidden, int intermediate, WeightFormat format);

  /** Room for the KV of {@code blocks} blocks. */
  KvCache kvCache(CacheShape shape, int blocks, int blockTokens);

  /** Buffers for the routing of up to {@code tokens} tokens and for the work of their experts. */
  Routing routing(int tokens, RouteRule rule, ExpertPool pool);

  /**
   * Ends the declarations: no buffer, matrix or pool is made after it. A backend that records runs
   * {@code pass} to see its operations, compiles them and brings the weights over; others have
   * nothing to do. Every later pass makes the same calls.
   *
   * @param pass the forward operations of one pass, without {@link #beginPass} and {@link #endPass}
   */
  default void prepare(Runnable pass) {}

  // ---- host and backend

  /** Copies the first {@code count} ints of {@code source} to the tensor's start. */
  void write(Tensor target, int[] source, int count);

  /** Copies ints to row {@code row} of the tensor. */
  void writeRow(Tensor target, int row, int[] source);

  /** Copies floats to the tensor's start. */
  void write(Tensor target, float[] source, int count);

  /** Copies {@code target.length} floats from the start of row {@code row}. */
  void read(Tensor source, int row, float[] target);

  /**
   * Scores rows of logits after a pass, to the bit as {@link Logprobs} defines it. Returns when all
   * have been told.
   */
  void score(Tensor logits, RowScoring rows);

  /** Shows rows of logits after a pass. Returns when all have been looked at. */
  void show(Tensor logits, RowReader rows);

  /** How many rows {@link #show} shows at once, at most. */
  default int lanes() {
    return 1;
  }

  /** How this backend goes over rows that it has shown. */
  default RowMath rowMath() {
    return RowMath.SCALAR;
  }

  /** Copies {@code target.length} ints from the start of row {@code row}. */
  void read(Tensor source, int row, int[] target);

  /** Packs an expert into a slot and commits its pages. Any thread; see the class comment. */
  void fillSlot(ExpertPool pool, int slot, ExpertWeights weights);

  /** Gives a slot's pages back. Any thread; see the class comment. */
  void clearSlot(ExpertPool pool, int slot);

  /** Copies one KV block to another, in every layer. */
  void copyBlock(KvCache cache, int from, int to);

  /**
   * Whether a tensor may be read as soon as the operation that writes it has returned, amid a pass;
   * false where a pass is executed at its end.
   */
  default boolean readsWithinPass() {
    return false;
  }

  // ---- forward

  /** out[t] = table[tokens[t]], widened to float32. */
  void embed(Tensor out, RowTable table, Tensor tokens, Rows rows);

  /**
   * out[t] = x[t] / sqrt(mean(x[t]^2) + eps) * weight; out may be x. A weight of n elements
   * normalises every n of a row by themselves, so that one norm can be all heads'. To the bit: the
   * sum of squares is a row sum of {@link Numerics}, {@code s = 1 / sqrt(sum / n + eps)}, and an
   * element is {@code (x * s) * weight}.
   */
  void rmsNorm(Tensor out, Tensor x, Tensor weight, float eps, Rows rows);

  /** x[t] += y[t]. */
  void add(Tensor x, Tensor y, Rows rows);

  /** out[t] = W x[t] (+ bias). x may have more columns than W; the first ones are read. */
  void matmul(Tensor out, Tensor x, Matrix w, @Nullable Tensor bias, Rows rows);

  /** gate[t] = silu(gate[t]) * up[t]. */
  void siluMul(Tensor gate, Tensor up, Rows rows);

  /**
   * Rotates, for every head h, the table's pairs of x[t][h*headStride + offset ...] by the angles
   * of positions[t]. To the bit: {@code (a, b)} becomes {@code (fma(a, cos, -(b * sin)), fma(a,
   * sin, b * cos))}.
   */
  void rope(
      Tensor x,
      int heads,
      int headStride,
      int offset,
      RopeTable table,
      Tensor positions,
      Rows rows);

  /**
   * Puts a token's latent into the cache: compressed[t] is [latent | rope]; the latent part is
   * normalised (rmsNorm with weight and eps), the rope part rotated, both stored at kvSlots[t].
   * {@code compressed} is left as it was.
   */
  void storeLatent(
      KvCache cache,
      int layer,
      Tensor compressed,
      Tensor normWeight,
      float eps,
      RopeTable table,
      Tensor positions,
      Tensor kvSlots,
      Rows rows);

  /**
   * Puts a token's keys and values into the cache at kvSlots[t], a row a group: values[t] and
   * keys[t] are [group][width], of the cache's widths, and keys are rotated already.
   */
  void storeKeyValue(
      KvCache cache, int layer, Tensor values, Tensor keys, Tensor kvSlots, Rows rows);

  /** For every head h: out[t][h*w.rows() ...] = W[h] x[t][h*headStride + 0 .. w.cols()-1]. */
  void headMatmul(Tensor out, Tensor x, int headStride, HeadMatrix w, Rows rows);

  /**
   * Attention over the paged cache, whose rows of head h's group {@code h / (heads / groups)} are
   * [value | key]: for each row j from {@code rule.first(positions[t])}, with no window the first,
   * to positions[t] of the token's sequence, score = scale * (qValue[t][h] . value[j] + q[t][h].key
   * . key[j]); out[t][h] = sum_j softmax(score)_j value[j]. In absorbed latent attention the value
   * is the latent, which scores too, and the key the part with a position; in grouped-query
   * attention the key alone scores. Rows are reduced in tiles of one KV block, by absolute
   * position, with a running maximum (online softmax, arXiv 1805.02867); rows before a window are
   * in no tile, and the first tile may have fewer.
   *
   * <p>To the bit: the dot product is one fused multiply-add chain from 0 over the value's
   * elements, if they score, and then the key's, times scale afterwards. With {@code m} the maximum
   * so far (at first minus infinity), {@code m'} that including the tile, {@code p[j] =
   * exp(score[j] - m')} and {@code c = exp(m - m')}: {@code sum = fma(sum, c, s)} with {@code s}
   * the tile's p added from 0 in rising order of j; each element of the output becomes {@code acc *
   * c} and then, key by key in rising order, {@code fma(p[j], value[j], acc)}; at the end {@code
   * acc * (1 / sum)}. Chains by key and by element let a vector hold one score of many heads, and
   * no sum crosses its lanes.
   *
   * @param out floats [tokens][heads * value width]
   * @param qValue floats [tokens][heads * value width]; null where values do not score
   * @param q floats [tokens][heads * queryDim], already rotated; a head's last floats, as many as a
   *     key has, are read
   * @param sequences ints: row of blockTables that each token's sequence has
   * @param blockTables ints [sequences][blocks a sequence may have]
   */
  void attention(
      Tensor out,
      @Nullable Tensor qValue,
      Tensor q,
      AttentionRule rule,
      KvCache cache,
      int layer,
      Tensor positions,
      Tensor sequences,
      Tensor blockTables,
      Rows rows);

  /**
   * The fused reroute: router logits to picks, weights, slots and groups of tokens by slot, in one
   * pass over the batch, O(tokens * k).
   *
   * <p>To the bit: with softmax, {@code e[i] = exp(logit[i] - max)}, the sum is a row sum of {@link
   * Numerics}, scores are {@code e[i] / sum}; otherwise they are {@link Numerics#sigmoid}, and
   * {@code score + correction} decides. Weights are {@code score * scale}, or, normalised, {@code
   * score / (s + 1e-20) * scale} with s the picks' scores added in rank order. Those of shared
   * columns are 1, or the sigmoid of the gate.
   *
   * @param logits floats [tokens][M]
   * @param correction floats [1][M], added to scores for the choice; null adds nothing
   * @param sharedGate floats [tokens][1]: logit of the weight of shared columns; null for weight 1
   * @param map ints [moeLayers * adapterRows][M + S]: expert slot of a column
   * @param mapRow first row of this layer in map; a token's is {@code mapRow + adapters[t]}
   * @param adapters ints: adapter row of each token, 0 for the base
   * @param counts ints, as many rows as map, [M] columns: each pick of a token adds 1 to the picked
   *     column of row {@code mapRow + adapters[t]}, from 2^31 - 1 on to -2^31; null to count
   *     nothing
   */
  void route(
      Routing out,
      Tensor logits,
      @Nullable Tensor correction,
      @Nullable Tensor sharedGate,
      RouteRule rule,
      Tensor map,
      int mapRow,
      Tensor adapters,
      @Nullable Tensor counts,
      Rows rows);

  /**
   * out[t] = sum over the token's experts, in rank order of the router and then the shared columns,
   * of weight * down(silu(gate x[t]) * up x[t]). To the bit: matrix products as everywhere, {@link
   * Numerics#silu} times up, and {@code out = fma(weight, y, out)} in that order, from 0.
   */
  void experts(Tensor out, Tensor x, ExpertPool pool, Routing routing, Rows rows);

  /** out[r] = x[indices[r]]. */
  void gather(Tensor out, Tensor x, Tensor indices, Rows rows);

  /**
   * Bytes of memory of its own that the backend's device has; 0 where it uses the process's memory.
   */
  default long deviceMemory() {
    return 0;
  }

  /** Most expert slots that the backend's router tells apart. */
  default int maxSlots() {
    return Integer.MAX_VALUE;
  }

  /** What the device did so far; null where the process's own processor does the work. */
  default @Nullable DeviceStats deviceStats() {
    return null;
  }

  /** Called before the first and after the last forward operation of a pass. */
  default void beginPass() {}

  /** After it, results may be read. A recording backend executes here. */
  default void endPass() {}

  /** Frees everything this backend handed out. */
  @Override
  void close();
}
