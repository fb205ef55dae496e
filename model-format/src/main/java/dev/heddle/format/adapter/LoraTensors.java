package dev.heddle.format.adapter;

import dev.heddle.format.MatrixData;
import dev.heddle.format.Violations;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.safetensors.Checkpoint;
import dev.heddle.format.safetensors.TensorInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tensors of a LoRA as PEFT writes them, by the matrices of experts that they are added to. A
 * pair is a module's own, {@code …mlp.experts.5.gate_proj.lora_A.weight} and {@code lora_B}, or a
 * layer's ({@code target_parameters} of transformers 5), {@code …mlp.experts.lora_A.weight}: then A
 * has the experts' rows one after the other and B their columns in turn, and the first of two
 * adapted parameters is under {@code base_layer}.
 */
final class LoraTensors {
  static final int RANK_MAX = 1024;

  private static final Pattern NAME =
      Pattern.compile(
          "(?:base_model\\.model\\.)?(?:model\\.)?(layers\\.[A-Za-z0-9_.]+)\\.lora_([AB])\\.weight");
  private static final Pattern FUSED =
      Pattern.compile(
          "layers\\.(0|[1-9][0-9]{0,5})\\.(?:mlp|block_sparse_moe)\\.experts(?:\\.base_layer)*");

  private final Checkpoint checkpoint;
  private final ModelShape base;
  private final ExpertTensors.ExpertSize size;
  private final LoraConfig config;
  private final Violations violations;
  private final Map<String, TensorInfo> stored = new TreeMap<>(); // by module and letter
  private final Map<ExpertPart, LoraPair> pairs = new HashMap<>();

  private LoraTensors(
      Checkpoint checkpoint, ModelShape base, LoraConfig config, Violations violations) {
    this.checkpoint = checkpoint;
    this.base = base;
    this.size = ExpertTensors.ExpertSize.of(BaseExperts.of(base));
    this.config = config;
    this.violations = violations;
  }

  /** Reads all; what is wrong is noted and left out. */
  static Map<ExpertPart, LoraPair> read(
      Checkpoint checkpoint, ModelShape base, LoraConfig config, Violations violations) {
    LoraTensors tensors = new LoraTensors(checkpoint, base, config, violations);
    for (String name : checkpoint.names()) {
      tensors.account(name);
    }
    for (String key : tensors.stored.keySet()) {
      if (key.endsWith(" A") || !tensors.stored.containsKey(module(key) + " A")) {
        tensors.pair(module(key));
      }
    }
    return tensors.pairs;
  }

  private static String module(String key) {
    return key.substring(0, key.length() - 2);
  }

  private void account(String name) {
    TensorInfo tensor = checkpoint.find(name).orElseThrow();
    Matcher matcher = NAME.matcher(name);
    boolean expert =
        matcher.matches()
            && (FUSED.matcher(matcher.group(1)).matches()
                || ExpertPart.parse(matcher.group(1) + ".weight") != null);
    if (!expert) {
      violations.add(
          "lora-not-of-an-expert",
          name,
          "a LoRA of attention, router, norms or embeddings cannot be served beside other"
              + " adapters: train with target_modules or target_parameters that name experts alone");
    } else if (tensor.shape().size() != 2 || tensor.type().weights().isEmpty()) {
      violations.add("wrong-shape", name, "expected a matrix of BF16, F16 or F32");
    } else if (stored.putIfAbsent(matcher.group(1) + " " + matcher.group(2), tensor) != null) {
      violations.add("duplicate-tensor", name, "it is there under two names");
    }
  }

  private void pair(String module) {
    TensorInfo a = stored.get(module + " A");
    TensorInfo b = stored.get(module + " B");
    if (a == null || b == null) {
      violations.add(
          "missing-tensor",
          module + ".lora_" + (a == null ? "A" : "B"),
          "of a pair, only the other one is there");
      return;
    }
    boolean finite = isFinite(a);
    finite &= isFinite(b); // both are told
    if (!finite) {
      return;
    }
    Matcher fused = FUSED.matcher(module);
    if (fused.matches()) {
      layer(Integer.parseInt(fused.group(1)), module, a, b);
    } else {
      single(module, a, b);
    }
  }

  private boolean isFinite(TensorInfo tensor) {
    NonFinite scan =
        NonFinite.scan(checkpoint.data(tensor.name()), tensor.type().weights().orElseThrow());
    if (scan.count() > 0) {
      violations.add(
          "not-finite", tensor.name(), scan.count() + " of its elements are NaN or infinite");
    }
    return scan.count() == 0;
  }

  private void single(String module, TensorInfo a, TensorInfo b) {
    ExpertPart part = ExpertPart.parse(module + ".weight");
    if (part == null || !isThere(part.layer(), part.expert(), module)) {
      return;
    }
    List<Integer> shape = size.shape(part);
    int rank = rank(a.shape().getFirst(), 1, a);
    if (rank > 0
        && fits(a, List.of(rank, shape.getLast()))
        && fits(b, List.of(shape.getFirst(), rank))) {
      float scale = config.scale("model." + module, rank);
      put(part, new LoraPair(matrix(a), matrix(b), rank, 0, 0, 1, false, 0, scale));
    }
  }

  /** The pair of all experts of a layer: of gate and up together, or of down. */
  private void layer(int layer, String module, TensorInfo a, TensorInfo b) {
    int experts = base.experts().routed();
    if (!isThere(layer, 0, module)) {
      return;
    }
    int rank = rank(a.shape().getFirst(), experts, a);
    if (rank == 0) {
      return;
    }
    int hidden = base.hidden();
    int width = base.experts().intermediate();
    long in = a.shape().getLast();
    long out = b.shape().getFirst();
    boolean up = (in == hidden && out == 2L * width) || (in == 2L * width && out == hidden);
    boolean down = (in == width && out == hidden) || (in == hidden && out == width);
    if (up == down || b.shape().getLast() != (long) rank * experts) {
      violations.add(
          "wrong-shape",
          a.name(),
          "A %s and B %s fit neither gate_up_proj nor down_proj of %d experts"
              .formatted(a.shape(), b.shape(), experts));
      return;
    }
    String parameter = up ? "gate_up_proj" : "down_proj";
    float scale =
        config.scale("model." + module.replace(".base_layer", "") + "." + parameter, rank);
    boolean transposed = up ? in != hidden : in != width;
    for (int e = 0; e < experts; e++) {
      for (String name : up ? List.of("gate", "up") : List.of("down")) {
        int firstOut = name.equals("up") ? width : 0;
        LoraPair pair =
            new LoraPair(
                matrix(a), matrix(b), rank, e * rank, e, experts, transposed, firstOut, scale);
        put(new ExpertPart(layer, e, name), pair);
      }
    }
  }

  private void put(ExpertPart part, LoraPair pair) {
    if (pairs.putIfAbsent(part, pair) != null) {
      violations.add(
          "duplicate-tensor", part.tensor(size.names()), "two pairs are added to the same matrix");
    }
  }

  private boolean isThere(int layer, int expert, String module) {
    boolean there =
        layer < base.layers()
            && base.isMoe(layer)
            && expert < base.experts().routed()
            && (expert != ExpertPart.SHARED || base.experts().shared() > 0);
    if (!there) {
      violations.add("expert-out-of-range", module, "the base model has no such expert");
    }
    return there;
  }

  /** Rank of each of several experts; 0 and a violation if there is none. */
  private int rank(long rows, int experts, TensorInfo a) {
    if (rows % experts != 0 || rows / experts < 1 || rows / experts > RANK_MAX) {
      violations.add(
          "wrong-shape",
          a.name(),
          "expected 1 to %d rows%s, found %d"
              .formatted(
                  RANK_MAX, experts > 1 ? " for each of " + experts + " experts" : "", rows));
      return 0;
    }
    return Math.toIntExact(rows / experts);
  }

  private boolean fits(TensorInfo tensor, List<Integer> shape) {
    if (!tensor.hasShape(shape)) {
      violations.add(
          "wrong-shape", tensor.name(), "it has shape " + tensor.shape() + ", not " + shape);
      return false;
    }
    return true;
  }

  private MatrixData matrix(TensorInfo tensor) {
    return checkpoint.matrix(
        tensor.name(),
        Math.toIntExact(tensor.shape().getFirst()),
        Math.toIntExact(tensor.shape().getLast()));
  }
}
