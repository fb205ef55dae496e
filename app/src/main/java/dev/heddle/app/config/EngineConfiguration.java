package dev.heddle.app.config;

import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.residency.AdapterNames;
import dev.heddle.app.residency.PinKeeper;
import dev.heddle.app.scoring.ScoringLimits;
import dev.heddle.app.scoring.Scorings;
import dev.heddle.app.serving.AnswerFactory;
import dev.heddle.app.serving.AnswerLog;
import dev.heddle.app.serving.AnswerMeters;
import dev.heddle.app.serving.ChatPrompts;
import dev.heddle.app.serving.ChatSettings;
import dev.heddle.app.serving.GenerationService;
import dev.heddle.app.serving.ModelResolver;
import dev.heddle.app.serving.PromptThreads;
import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.serving.ServingSettings;
import dev.heddle.app.serving.Structures;
import dev.heddle.app.speech.ToolFormat;
import dev.heddle.experts.AdapterCatalog;
import dev.heddle.format.Digest;
import dev.heddle.format.adapter.AdapterSource;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.ops.packed.PackedStore;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.HostCache;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.registry.usage.UsageLog;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeConfig;
import dev.heddle.score.SampleReader;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** The base model, the engine that runs it, and what turns requests into its work. */
@Configuration(proxyBeanMethods = false)
class EngineConfiguration {
  @Bean
  ModelFolder modelFolder(HeddleProperties properties) {
    return ModelFolder.open(properties.model());
  }

  @Bean
  Tokenizer tokenizer(ModelFolder folder) throws IOException {
    return Tokenizer.open(folder.path());
  }

  /** Where packed weights are kept for the next start; the engine's from its start on. */
  @Bean
  PackedStore packedStore(
      HeddleProperties properties, ModelFolder folder, DataFolder data, BaseModelProof proof)
      throws IOException {
    String setting = properties.engine().packedWeights();
    if (setting.equals(HeddleProperties.Engine.NOT_PACKED)) {
      return PackedStore.none();
    }
    Path place = BaseModelProof.place(data.path(), folder);
    Path parent =
        setting.equals(HeddleProperties.Engine.WITH_DATA)
            ? place.resolveSibling("")
            : Path.of(setting);
    PackedStore store = PackedStore.in(parent, place.getFileName().toString(), proof::awaitProof);
    proof.onDamage(store::forget);
    return store;
  }

  /** Comes after the registry: what cannot be kept need not be computed. */
  @Bean
  InferenceRuntime inferenceRuntime(
      HeddleProperties properties,
      ModelFolder folder,
      ExpertStore store,
      HostCache hostCache,
      PackedStore packedStore,
      AdapterNames names,
      SnapshotSource snapshots) {
    RuntimeConfig config =
        RuntimeSettings.of(
            properties, tenant -> snapshots.current().limits(UUID.fromString(tenant)).weight());
    AdapterCatalog catalog =
        new AdapterCatalog() {
          @Override
          public AdapterSource open(Digest adapter) throws IOException {
            return StoredAdapterSource.open(store, hostCache, adapter);
          }

          @Override
          public String name(Digest adapter) {
            return names.of(adapter);
          }
        };
    return InferenceRuntime.start(config, folder, catalog, packedStore);
  }

  @Bean
  ServedModel servedModel(
      HeddleProperties properties,
      ModelFolder folder,
      Tokenizer tokenizer,
      InferenceRuntime runtime,
      BaseModel registered) {
    ChatTemplate template = ChatTemplate.load(folder.path());
    ChatSettings settings = chatSettings(properties.serving());
    return new ServedModel(
        registered.name(),
        tokenizer,
        template == null ? null : new ChatPrompts(tokenizer, template, settings),
        new Structures(tokenizer, runtime.shape().eosTokens()),
        runtime.shape().vocabulary(),
        runtime.maxContext());
  }

  private static ChatSettings chatSettings(HeddleProperties.Serving serving) {
    return new ChatSettings(
        serving.parseSpecialTokens(),
        serving.toolFormat().equals("auto")
            ? null
            : ToolFormat.valueOf(serving.toolFormat().toUpperCase(Locale.ROOT)),
        serving.reasoning().equals("auto")
            ? null
            : Boolean.valueOf(serving.reasoning().equals("think")));
  }

  @Bean(destroyMethod = "close")
  Scorings scorings(
      HeddleProperties properties,
      ModelFolder folder,
      Tokenizer tokenizer,
      InferenceRuntime runtime) {
    ScoringSettings settings = properties.scoring();
    return new Scorings(
        runtime,
        new SampleReader(tokenizer, ChatTemplate.load(folder.path())),
        new ScoringLimits(
            settings.maxBytes().toBytes(), settings.maxSamples(), settings.maxLength()));
  }

  @Bean(destroyMethod = "close")
  PromptThreads promptThreads(HeddleProperties properties) {
    return new PromptThreads(
        HeddleProperties.Serving.threads(properties.serving().promptThreads()));
  }

  /** Threads that decode; engine and event loops are not theirs to keep waiting. */
  @Bean(destroyMethod = "dispose")
  Scheduler textScheduler(HeddleProperties properties) {
    return Schedulers.newParallel(
        "heddle-text", HeddleProperties.Serving.threads(properties.serving().textThreads()), true);
  }

  @Bean
  ModelResolver modelResolver(SnapshotSource snapshots) {
    return new ModelResolver(snapshots::current);
  }

  @Bean
  AnswerFactory answerFactory(
      ModelResolver models, ServedModel served, HeddleProperties properties) {
    return new AnswerFactory(models, served, properties.serving().defaultMaxTokens());
  }

  @Bean
  QuotaGate quotaGate(SnapshotSource snapshots, PinKeeper pins, MeterRegistry meters) {
    return new QuotaGate(
        tenant -> snapshots.current().limits(tenant),
        pins::slots,
        System::nanoTime,
        limit -> meters.counter("heddle.quota.refusals", "limit", limit.text()).increment());
  }

  @Bean
  GenerationService generationService(
      InferenceRuntime runtime,
      Scheduler textScheduler,
      QuotaGate gate,
      UsageLog usage,
      ServedModel served,
      HeddleProperties properties,
      MeterRegistry meters) {
    return new GenerationService(
        runtime::submit,
        runtime::submitPatiently,
        runtime::checkQueue,
        textScheduler,
        version -> PinKeeper.slots(runtime.shape(), version.bytes()),
        gate,
        usage::record,
        new AnswerLog(
            new AnswerMeters(meters, served.name(), properties.metrics().adapterNames())));
  }

  @Bean
  ServingSettings servingSettings(HeddleProperties properties) {
    HeddleProperties.Serving serving = properties.serving();
    return new ServingSettings(
        serving.bodyLimit().toBytes(),
        serving.maxChoices(),
        serving.keepAlive(),
        serving.drainWait(),
        serving.linger());
  }
}
