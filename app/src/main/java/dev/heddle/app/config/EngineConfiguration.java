package dev.heddle.app.config;

import dev.heddle.app.api.residency.PinKeeper;
import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.quota.QuotaGate;
import dev.heddle.app.serving.AnswerFactory;
import dev.heddle.app.serving.AnswerLog;
import dev.heddle.app.serving.ChatRenderer;
import dev.heddle.app.serving.GenerationService;
import dev.heddle.app.serving.ModelResolver;
import dev.heddle.app.serving.ServedModel;
import dev.heddle.app.serving.ServingSettings;
import dev.heddle.format.model.ModelFolder;
import dev.heddle.format.text.ChatTemplate;
import dev.heddle.format.text.RenderInput;
import dev.heddle.format.text.Tokenizer;
import dev.heddle.format.text.jinja.TemplateException;
import dev.heddle.registry.access.BaseModel;
import dev.heddle.registry.snapshot.SnapshotSource;
import dev.heddle.registry.store.ExpertStore;
import dev.heddle.registry.store.HostCache;
import dev.heddle.registry.store.StoredAdapterSource;
import dev.heddle.registry.usage.UsageLog;
import dev.heddle.runtime.InferenceRuntime;
import dev.heddle.runtime.RuntimeConfig;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
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
  Tokenizer tokenizer(HeddleProperties properties) throws IOException {
    return Tokenizer.open(properties.model());
  }

  /** Comes after the registry: what cannot be kept need not be computed. */
  @Bean
  InferenceRuntime inferenceRuntime(
      HeddleProperties properties,
      ModelFolder folder,
      ExpertStore store,
      HostCache hostCache,
      SnapshotSource snapshots) {
    HeddleProperties.Engine engine = properties.engine();
    RuntimeConfig config =
        new RuntimeConfig(
            engine.backend(),
            engine.threads(),
            properties.memory() == null ? 0 : properties.memory().toBytes(),
            engine.maxBatchTokens(),
            engine.maxSequences(),
            engine.maxSequences(),
            properties.serving().queueLimit(),
            properties.serving().loadWait(),
            engine.maxContext(),
            engine.adapterRows(),
            tenant -> snapshots.current().limits(UUID.fromString(tenant)).weight());
    return InferenceRuntime.start(
        config, folder, digest -> StoredAdapterSource.open(store, hostCache, digest));
  }

  @Bean
  ServedModel servedModel(
      HeddleProperties properties,
      Tokenizer tokenizer,
      InferenceRuntime runtime,
      BaseModel registered)
      throws IOException {
    return new ServedModel(
        registered.name(),
        tokenizer,
        renderer(ChatTemplate.load(properties.model())),
        runtime.shape().vocabulary(),
        runtime.maxContext());
  }

  private static @Nullable ChatRenderer renderer(@Nullable ChatTemplate template) {
    if (template == null) {
      return null;
    }
    return messages -> {
      try {
        return template.render(new RenderInput(messages));
      } catch (TemplateException e) {
        throw new ApiException(
            ErrorCode.INVALID_REQUEST,
            "The model's chat template refuses these messages: " + e.getMessage(),
            "messages");
      }
    };
  }

  /** Threads that tokenise and decode; engine and event loops are not theirs to keep waiting. */
  @Bean(destroyMethod = "dispose")
  Scheduler textScheduler() {
    return Schedulers.newParallel(
        "heddle-text", Math.max(2, Runtime.getRuntime().availableProcessors()), true);
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
      MeterRegistry meters) {
    return new GenerationService(
        runtime::submit,
        textScheduler,
        version -> PinKeeper.slots(runtime.shape(), version.bytes()),
        gate,
        usage::record,
        new AnswerLog(meters));
  }

  @Bean
  ServingSettings servingSettings(HeddleProperties properties) {
    HeddleProperties.Serving serving = properties.serving();
    return new ServingSettings(
        serving.bodyLimit().toBytes(), serving.maxChoices(), serving.keepAlive());
  }
}
