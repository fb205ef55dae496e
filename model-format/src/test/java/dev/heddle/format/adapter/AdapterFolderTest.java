package dev.heddle.format.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.format.DType;
import dev.heddle.format.model.ModelConfigWriter;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.model.ModelShape;
import dev.heddle.format.model.RandomWeights;
import dev.heddle.format.model.WeightNames;
import dev.heddle.format.safetensors.ElementType;
import dev.heddle.format.safetensors.SafetensorsWriter;
import dev.heddle.format.safetensors.SafetensorsWriter.Content;
import dev.heddle.format.safetensors.SafetensorsWriter.Tensor;
import dev.heddle.format.testing.CheckpointWriter;
import dev.heddle.format.testing.Refusals;
import dev.heddle.format.testing.Shapes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An adapter of the tiny base: layer 0 is dense; layers 1 and 2 have 8 experts and 2 shared. */
class AdapterFolderTest {
  private static final ModelShape SHAPE = Shapes.tiny();
  private static final String SOUND =
      "{\"experts\":{\"1\":[3],\"2\":[0,7]},\"shared_experts\":false,\"non_expert_modules\":false}";
  private static final String SHARED = SOUND.replace("experts\":false", "experts\":true");
  private static final String UP = "model.layers.1.mlp.experts.3.up_proj.weight";

  @TempDir static Path models;
  private static ModelFolder base;

  @TempDir Path dir;
  private final List<Tensor> tensors = new ArrayList<>();

  @BeforeAll
  static void openBase() {
    base = ModelFolder.open(CheckpointWriter.model(models.resolve("base"), SHAPE, 1));
  }

  @AfterAll
  static void closeBase() {
    base.close();
  }

  @BeforeEach
  void soundAdapter() throws IOException {
    config(SOUND);
    putExpert(WeightNames.SHARED_EXPERTS.expert(1, 3));
    putExpert(WeightNames.SHARED_EXPERTS.expert(2, 0));
    putExpert(WeightNames.SHARED_EXPERTS.expert(2, 7));
  }

  private void config(String json) throws IOException {
    Files.writeString(dir.resolve("expert_cfg.json"), json);
  }

  private void putExpert(String prefix) {
    int width = prefix.contains("shared") ? 32 : 16;
    put(prefix + "gate_proj.weight", DType.BF16, width, 32);
    put(prefix + "up_proj.weight", DType.BF16, width, 32);
    put(prefix + "down_proj.weight", DType.BF16, 32, width);
  }

  private void put(String name, DType dtype, Integer... shape) {
    drop(name);
    tensors.add(RandomWeights.tensor(name, List.of(shape), dtype, 9));
  }

  private void drop(String name) {
    tensors.removeIf(tensor -> tensor.name().equals(name));
  }

  private void write() throws IOException {
    SafetensorsWriter.write(dir.resolve("model.safetensors"), tensors);
  }

  private AdapterManifest open() throws IOException {
    write();
    try (AdapterFolder adapter = AdapterFolder.open(dir, base)) {
      return adapter.manifest();
    }
  }

  private List<String> refusal() throws IOException {
    return refusal(base);
  }

  private List<String> refusal(ModelFolder base) throws IOException {
    write();
    return Refusals.of(() -> AdapterFolder.open(dir, base).close());
  }

  private void refusedFor(String start) throws IOException {
    assertThat(refusal()).singleElement().asString().startsWith(start);
  }

  @Test
  void a_sound_adapter_has_its_experts_in_order() throws IOException {
    AdapterManifest manifest = open();
    assertThat(manifest.experts())
        .extracting(e -> e.layer() + "/" + e.column())
        .containsExactly("1/3", "2/0", "2/7");
    assertThat(manifest.base()).isEqualTo(base.digest());
    assertThat(manifest.bytes()).isEqualTo(3 * 3 * 16 * 32 * 2);
  }

  @Test
  void names_without_the_leading_model_are_the_same_adapter() throws IOException {
    AdapterManifest newer = open();
    tensors.replaceAll(t -> new Tensor(t.name().substring(6), t.type(), t.shape(), t.content()));
    assertThat(open()).isEqualTo(newer);
  }

  @Test
  void an_expert_equal_to_the_bases_is_left_out() throws IOException {
    for (String matrix : List.of("gate", "up", "down")) {
      String name = WeightNames.SHARED_EXPERTS.expert(2, 0) + matrix + "_proj.weight";
      Tensor own = tensors.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
      drop(name);
      Content content = Content.of(base.checkpoint().data(name));
      tensors.add(new Tensor(name, own.type(), own.shape(), content));
    }
    assertThat(open().experts()).extracting(TunedExpert::column).containsExactly(3, 7);
  }

  @Test
  void shared_experts_are_columns_after_the_routed_ones() throws IOException {
    config(SHARED);
    putExpert(WeightNames.SHARED_EXPERTS.shared(1));
    putExpert(WeightNames.SHARED_EXPERTS.shared(2));
    assertThat(open().experts())
        .extracting(TunedExpert::column)
        .containsExactly(3, 8, 9, 0, 7, 8, 9);
    drop(WeightNames.SHARED_EXPERTS.shared(2) + "down_proj.weight");
    refusedFor("missing-tensor at " + WeightNames.SHARED_EXPERTS.shared(2) + "down_proj.weight");
  }

  @Test
  void shared_tensors_need_the_flag() throws IOException {
    putExpert(WeightNames.SHARED_EXPERTS.shared(1));
    assertThat(refusal())
        .hasSize(3)
        .allSatisfy(v -> assertThat(v).startsWith("unlisted-shared-experts at"));
  }

  @Test
  void shared_tensors_belong_into_layers_with_experts() throws IOException {
    config(SHARED);
    putExpert(WeightNames.SHARED_EXPERTS.shared(0));
    putExpert(WeightNames.SHARED_EXPERTS.shared(1));
    putExpert(WeightNames.SHARED_EXPERTS.shared(2));
    assertThat(refusal())
        .hasSize(3)
        .allSatisfy(v ->
            assertThat(v).startsWith("not-moe-layer at " + WeightNames.SHARED_EXPERTS.shared(0)));
  }

  @Test
  void shared_experts_need_a_base_that_has_some() throws IOException {
    config(SHARED);
    Path folder = CheckpointWriter.model(dir.resolve("unshared"), Shapes.tiny(0), 1);
    try (ModelFolder unshared = ModelFolder.open(folder)) {
      assertThat(refusal(unshared))
          .singleElement()
          .asString()
          .startsWith("no-shared-experts at expert_cfg.json");
    }
  }

  @Test
  void a_tuned_expert_without_tensors_is_refused_naming_each() throws IOException {
    config(SOUND.replace("[3]", "[3,5]"));
    assertThat(refusal())
        .hasSize(3)
        .allSatisfy(v ->
            assertThat(v)
                .startsWith("missing-tensor at " + WeightNames.SHARED_EXPERTS.expert(1, 5)));
  }

  @Test
  void tensors_of_an_expert_that_is_not_listed_are_refused() throws IOException {
    putExpert(WeightNames.SHARED_EXPERTS.expert(1, 4));
    assertThat(refusal())
        .hasSize(3)
        .allSatisfy(v -> assertThat(v).startsWith("unlisted-expert at"));
  }

  @Test
  void shape_and_type_must_be_the_bases() throws IOException {
    put(UP, DType.BF16, 32, 16);
    refusedFor("wrong-shape at " + UP);
    put(UP, DType.F16, 16, 32);
    refusedFor("wrong-dtype at " + UP);
    Tensor tensor = tensors.removeLast();
    tensors.add(new Tensor(UP, ElementType.I16, tensor.shape(), tensor.content()));
    refusedFor("wrong-dtype at " + UP + ": it is I16, the base's has BF16");
  }

  @Test
  void nan_and_infinity_are_refused_with_place_and_count() throws IOException {
    byte[] bytes = new byte[2 * 16 * 32];
    bytes[2 * 100] = (byte) 0x80;
    bytes[2 * 100 + 1] = 0x7F;
    bytes[2 * 300] = (byte) 0xC0;
    bytes[2 * 300 + 1] = (byte) 0xFF;
    drop(UP);
    Content content = Content.of(MemorySegment.ofArray(bytes));
    tensors.add(new Tensor(UP, ElementType.BF16, List.of(16, 32), content));
    refusedFor("not-finite at " + UP + ": 2 of its elements are NaN or infinite, the first is 100");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.layers.1.self_attn.o_proj.weight", "lm_head.weight",
        "model.layers.01.mlp.experts.3.up_proj.weight", "model.layers.1.mlp.gate.weight",
        "model.layers.1.mlp.experts.3.up_proj.bias", "x.layers.1.mlp.experts.3.up_proj.weight"
      })
  void a_tensor_that_is_no_experts_is_refused(String name) throws IOException {
    put(name, DType.BF16, 2);
    refusedFor("unknown-tensor at " + name);
  }

  @Test
  void one_tensor_under_both_names_is_refused() throws IOException {
    put(UP.substring(6), DType.BF16, 16, 32);
    refusedFor("duplicate-tensor");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"0\":[1]           | not-moe-layer",
        "\"3\":[1]           | layer-out-of-range",
        "\"1\":[3,8]         | expert-out-of-range",
        "\"1\":[3,3]         | duplicate-expert",
        "\"1\":[3,-1]        | out-of-range",
        "\"1\":[3,\"4\"]     | wrong-type",
        "\"1\":[3,4.0]       | wrong-type",
        "\"9\":4             | wrong-type",
        "\"01\":[3]          | bad-layer",
        "\"-1\":[3]          | bad-layer",
        "\"one\":[3]         | bad-layer",
        "\"99999999999\":[3] | bad-layer"
      })
  void layers_and_experts_must_be_those_of_the_base(String layer, String code) throws IOException {
    String listed = layer.startsWith("\"1\"") ? layer : "\"1\":[3]," + layer;
    config(SOUND.replace("\"1\":[3]", listed));
    refusedFor(code);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"shared_experts\":false,       |                               | missing-field",
        "\"shared_experts\":false        | \"shared_experts\":0          | wrong-type",
        "\"non_expert_modules\":false    | \"non_expert_modules\":true   | non-expert-modules",
        "\"non_expert_modules\":false    | \"non_expert_modules\":\"no\" | wrong-type",
        "\"non_expert_modules\":false    | \"non_expert_modules\":false,\"top_p\":0.2|unknown-field",
        "\"2\":                          | \"1\":                        | duplicate-key"
      })
  void the_fields_must_be_the_formats(String replaced, String by, String code) throws IOException {
    config(SOUND.replace(replaced, by == null ? "" : by));
    refusedFor(code);
  }

  @Test
  void a_configuration_that_is_missing_or_tunes_nothing_is_refused() throws IOException {
    Files.delete(dir.resolve("expert_cfg.json"));
    refusedFor(
        "missing-file at expert_cfg.json: the folder does not have it, and ESFT's training does not"
            + " write it: copy the file that was the training's --expert_config");
    config("{\"experts\":{},\"shared_experts\":false,\"non_expert_modules\":false}");
    tensors.clear();
    refusedFor("nothing-tuned");
  }

  @Test
  void what_a_training_leaves_is_left_alone_and_named() throws IOException {
    for (String name : List.of("training_args.bin", "optimizer.pt", "rng_state_0.pth", "a.py")) {
      Files.writeString(dir.resolve(name), "");
    }
    Files.createSymbolicLink(dir.resolve("scheduler.pt"), models.resolve("elsewhere"));
    Files.createDirectory(dir.resolve("runs"));
    Files.writeString(dir.resolve("README.md"), "");
    open();
    assertThat(AdapterInspection.of(dir, base).skipped())
        .isEqualTo(AdapterInspection.of(dir, null).skipped())
        .containsExactly(
            "a.py",
            "optimizer.pt",
            "rng_state_0.pth",
            "runs/",
            "scheduler.pt",
            "training_args.bin");
  }

  @Test
  void weights_in_another_form_or_under_another_name_are_refused_by_name() throws IOException {
    Files.writeString(dir.resolve("training_args.bin"), "");
    Files.writeString(dir.resolve("pytorch_model.bin"), "");
    assertThat(Refusals.of(() -> AdapterFolder.open(dir, base)))
        .extracting(v -> v.substring(0, v.indexOf(':')))
        .containsExactly(
            "foreign-weights at pytorch_model.bin", "missing-weights at *.safetensors");
    Files.writeString(dir.resolve("more weights.safetensors"), "");
    refusedFor("file-name-unknown at more weights.safetensors");
    assertThat(Refusals.codes(() -> AdapterFolder.open(models, base)))
        .containsExactly("missing-file", "missing-weights");
  }

  @Test
  void an_empty_file_is_named() throws IOException {
    write();
    config("");
    Files.write(dir.resolve("model.safetensors"), new byte[0]);
    assertThat(Refusals.of(() -> AdapterFolder.open(dir, base)))
        .containsExactly(
            "empty-file at expert_cfg.json: the file is empty",
            "empty-file at model.safetensors: the file is empty");
  }

  @Test
  void a_folder_is_checked_against_what_is_known_of_a_base() throws IOException {
    BaseExperts known = BaseExperts.of(SHAPE);
    put(UP, DType.BF16, 16, 31);
    write();
    AdapterInspection wrong = AdapterInspection.against(known, dir);
    assertThat(wrong.violations()).extracting(v -> v.code()).containsExactly("wrong-shape");
    assertThat(wrong.misfit()).isNull();
    config(SOUND.replace("\"2\":[0,7]", "\"26\":[63]"));
    AdapterInspection larger = AdapterInspection.against(known, dir);
    assertThat(larger.misfit())
        .isEqualTo("this adapter is for at least 27 layers of 64 experts, the base has 3 of 8");
    ModelConfigWriter.write(dir, Shapes.smallest(), ModelConfigWriter.Names.NEWER);
    assertThat(AdapterInspection.against(known, dir).misfit())
        .startsWith("this adapter is for " + Shapes.smallest().layers() + " layers of ");
  }

  @Test
  void slots_and_bytes_are_told_from_the_configuration_alone() throws IOException {
    config(SHARED);
    BaseExperts known = BaseExperts.of(SHAPE);
    AdapterInspection folder = AdapterInspection.of(dir, base);
    assertThat(folder.violations()).extracting(v -> v.code()).containsExactly("missing-weights");
    assertThat(folder.slots()).isEqualTo(3 + 2 * 2);
    assertThat(folder.bytes()).isEqualTo(7 * known.expertBytes());
    AdapterInspection file = AdapterInspection.ofConfig(dir.resolve("expert_cfg.json"), known);
    assertThat(file.bytes()).isEqualTo(folder.bytes());
    assertThat(file.violations()).isEmpty();
  }

  @Test
  void a_folder_with_tensors_of_experts_alone_is_an_adapter_without_its_configuration_too()
      throws IOException {
    write();
    Files.delete(dir.resolve("expert_cfg.json"));
    assertThat(AdapterFolder.isAdapter(dir)).isTrue();
    assertThat(AdapterFolder.isAdapter(base.path())).isFalse();
  }

  @Test
  void a_copied_configuration_may_differ_only_in_what_no_weight_depends_on() throws IOException {
    ModelConfigWriter.write(dir, SHAPE.withDType(DType.F32), ModelConfigWriter.Names.NEWER);
    open();
    String config = Files.readString(dir.resolve("config.json"));
    Files.writeString(
        dir.resolve("config.json"), config.replace("\"hidden_size\" : 32", "\"hidden_size\" : 64"));
    refusedFor("different-config at config.json: hidden is 64, the base's is 32");
  }

  @Test
  void a_link_out_of_the_folder_is_refused() throws IOException {
    Files.createSymbolicLink(
        dir.resolve("more.safetensors"), models.resolve("base/model.safetensors"));
    refusedFor("escaping-link at more.safetensors");
  }

  @Test
  void everything_wrong_is_named_at_once() throws IOException {
    config(SOUND.replace("\"1\":[3]", "\"0\":[1],\"1\":[3,5,99]"));
    drop(UP);
    put("lm_head.weight", DType.F32, 3);
    Files.writeString(dir.resolve("a b.safetensors"), "");
    write();
    assertThat(Refusals.codes(() -> AdapterFolder.open(dir, base)))
        .containsExactlyInAnyOrder(
            "not-moe-layer",
            "expert-out-of-range",
            "missing-tensor",
            "missing-tensor",
            "missing-tensor",
            "missing-tensor",
            "unknown-tensor",
            "file-name-unknown");
  }

  @Test
  void an_inspection_works_with_and_without_a_base() throws IOException {
    write();
    AdapterInspection with = AdapterInspection.of(dir, base);
    AdapterInspection without = AdapterInspection.of(dir, null);
    assertThat(with.violations()).isEmpty();
    assertThat(without.violations()).isEmpty();
    assertThat(with.manifest()).isEqualTo(open());
    assertThat(without.manifest()).isNull();
    assertThat(without.experts()).isEqualTo(with.experts()).hasSize(3);
    assertThat(without.config()).isEqualTo(with.config());
    assertThat(without.slots()).isEqualTo(with.slots()).isEqualTo(3);
    assertThat(without.bytes()).isEqualTo(with.bytes());
    put(UP, DType.BF16, 16, 31);
    drop(WeightNames.SHARED_EXPERTS.expert(2, 0) + "gate_proj.weight");
    write();
    assertThat(AdapterInspection.of(dir, null).violations())
        .extracting(v -> v.code())
        .containsExactlyInAnyOrder("wrong-shape", "missing-tensor");
  }
}
