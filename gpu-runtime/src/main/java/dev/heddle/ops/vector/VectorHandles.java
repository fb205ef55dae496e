package dev.heddle.ops.vector;

import dev.heddle.format.DType;
import dev.heddle.ops.CacheShape;
import dev.heddle.ops.KvCache;
import dev.heddle.ops.Routing;
import dev.heddle.ops.RowTable;
import dev.heddle.ops.Tensor;

/** Handles that pair data with the code that was sized for it. */
final class VectorHandles {
  private VectorHandles() {}

  /** Rows as they are stored, without gaps. */
  record Table(int rows, int cols, DType dtype, long address) implements RowTable {
    long row(int row) {
      return address + (long) row * cols * dtype.bytes();
    }
  }

  /** A cache, and attention over it. */
  record Cache(KeyValueRows keys, PagedAttention attention) implements KvCache {
    @Override
    public CacheShape shape() {
      return keys.shape();
    }

    @Override
    public int blocks() {
      return keys.blocks();
    }

    @Override
    public int blockTokens() {
      return keys.blockTokens();
    }
  }

  /** A routed batch, what routes it, and what runs its experts. */
  record Routed(PanelRouting batch, Rerouting router, Experts experts) implements Routing {
    @Override
    public Tensor picks() {
      return batch.picks();
    }

    @Override
    public Tensor weights() {
      return batch.weights();
    }

    @Override
    public Tensor slots() {
      return batch.slots();
    }
  }
}
