package dev.heddle.app.config;

import dev.heddle.ops.Precision;
import dev.heddle.registry.db.ConnectionLimits;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * Every setting of Heddle, by file ({@code heddle.*} in {@code application.yaml}) or environment
 * ({@code heddle.serving.load-wait} is {@code HEDDLE_SERVING_LOAD_WAIT}). Checked as a whole at
 * start: what is wrong is told all at once, and nothing starts. A rule of more than one component
 * begins its message with the setting at fault, so that it can be shown as the user typed it.
 *
 * @param host address to listen on; {@code 0.0.0.0} for every network the machine is in, as in a
 *     container
 * @param port TCP port to listen on, 0 for any free one
 * @param data folder of everything that is kept: database, experts, uploads, first admin key;
 *     {@code .heddle} in the user's home unless given
 * @param model folder of the base model
 * @param modelName what the base model is called; the folder's name unless given
 * @param modelCheckRate most bytes a second that are read in the background to prove the digests
 *     that an earlier start has left; 0 to use none of those
 * @param bootstrapAdminKey secret of the first admin key, 32 characters or more; without it one is
 *     made and written to {@code admin.key} in the data folder
 * @param memory what the engine may use in all; a share of the container's or machine's memory
 *     unless given, or of the device's where the backend has one
 */
@Validated
@ConfigurationProperties("heddle")
public record HeddleProperties(
    @DefaultValue("127.0.0.1") @NotBlank String host,
    @DefaultValue("8080") @Min(0) @Max(65535) int port,
    Path data,
    @NotNull(message = "must be given: the base model's folder") Path model,
    @Nullable
        @Pattern(
            regexp = "[a-z0-9][a-z0-9._-]{0,62}",
            message = "must have 1 to 63 characters a-z, 0-9, '.', '_', '-'")
        String modelName,
    @DefaultValue("64MB") @NotNull DataSize modelCheckRate,
    @Nullable @Size(min = 32, message = "must have 32 characters or more") String bootstrapAdminKey,
    @Nullable DataSize memory,
    @DefaultValue @Valid Engine engine,
    @DefaultValue @Valid Serving serving,
    @DefaultValue @Valid Uploads uploads,
    @DefaultValue @Valid Usage usage,
    @DefaultValue @Valid ImportSettings imports,
    @DefaultValue @Valid ScoringSettings scoring,
    @DefaultValue @Valid StoreSettings store,
    @DefaultValue @Valid Database database,
    @DefaultValue @Valid Replica replica,
    @DefaultValue @Valid CorsSettings cors,
    @DefaultValue @Valid ConsoleSettings console,
    @DefaultValue @Valid Metrics metrics,
    @DefaultValue @Valid TracingSettings tracing,
    @DefaultValue @Valid Log log) {

  public HeddleProperties {
    data = Objects.requireNonNullElse(data, Path.of(System.getProperty("user.home"), ".heddle"));
  }

  /** Never shows the key. */
  @Override
  public String toString() {
    return "HeddleProperties[" + host + ":" + port + ", data=" + data + ", model=" + model + "]";
  }

  @AssertTrue(message = "model-check-rate: must not be negative")
  boolean isModelCheckRateSane() {
    return !modelCheckRate.isNegative();
  }

  /** Whether {@link #model} is there, if it is given. */
  @AssertTrue(message = "model: is not a folder of this machine")
  boolean isModelFolder() {
    return model == null || Files.isDirectory(model);
  }

  @AssertTrue(message = "host: must be an address alone; the port goes into HEDDLE_PORT")
  boolean isHostAlone() {
    return !host.matches("[^:]*:\\d*|\\[.*]:\\d*|.*/.*");
  }

  @AssertTrue(message = "memory: must be at least 64MB")
  boolean isMemoryEnough() {
    return memory == null || memory.compareTo(DataSize.ofMegabytes(64)) >= 0;
  }

  /**
   * How the engine computes.
   *
   * @param backend {@code auto}, {@code tornado}, {@code vector} or {@code reference}
   * @param threads workers, 0 for one a processor
   * @param weights what weights are kept as: {@code stored}, or {@code int8}, which rounds experts,
   *     projections and the output head to 8 bits when they are loaded
   * @param maxBatchTokens most tokens of a step; longer prompts are computed in chunks
   * @param maxSequences most answers computed at once
   * @param maxContext most tokens of prompt and answer together, 0 for the model's own limit
   * @param adapterRows most adapters resident at once
   * @param adapterSlots expert slots for adapters, the rest of the memory being KV's; 0 for a share
   *     of what the model leaves
   * @param loadThreads how many experts are read and written to slots at a time
   * @param packedWeights where weights that were packed for this machine are kept for the next
   *     start: {@code data} for the data folder, {@code off} for nowhere, or a folder of its own
   * @param stuckAfter how long one step may take before liveness goes down
   */
  public record Engine(
      @DefaultValue("auto") @Pattern(regexp = "auto|tornado|vector|onednn|reference")
          String backend,
      @DefaultValue("0") @Min(0) @Max(1024) int threads,
      @DefaultValue("stored") @NotNull Precision weights,
      @DefaultValue("256") @Min(1) @Max(65536) int maxBatchTokens,
      @DefaultValue("64") @Min(1) @Max(4096) int maxSequences,
      @DefaultValue("0") @Min(0) int maxContext,
      @DefaultValue("64") @Min(1) @Max(100_000) int adapterRows,
      @DefaultValue("0") @Min(0) @Max(10_000_000) int adapterSlots,
      @DefaultValue("2") @Min(1) @Max(256) int loadThreads,
      @DefaultValue(Engine.WITH_DATA) @NotBlank String packedWeights,
      @DefaultValue("1m") @NotNull Duration stuckAfter) {
    static final String WITH_DATA = "data";
    static final String NOT_PACKED = "off";

    @AssertTrue(message = "packed-weights: must be data, off, or a folder's path from the root")
    boolean isPackedWeightsSane() {
      return packedWeights.equals(WITH_DATA)
          || packedWeights.equals(NOT_PACKED)
          || packedWeights.startsWith("/");
    }

    @AssertTrue(message = "max-batch-tokens: must not be less than max-sequences")
    boolean isMaxBatchTokensEnough() {
      return maxBatchTokens >= maxSequences;
    }
  }

  /**
   * How requests are served.
   *
   * @param defaultMaxTokens tokens of an answer whose request states no max_tokens
   * @param maxChoices most answers of one request
   * @param bodyLimit most bytes of a JSON request
   * @param queueLimit most requests that wait for the engine; more are answered 429
   * @param queueWait how long a request that has its adapter waits for its turn; one that would
   *     wait longer is answered 429 at once; 0 for no limit
   * @param loadWait how long a request waits for its adapter to become resident
   * @param hostCache memory for experts that were read lately, beside that of the engine; a
   *     sixteenth of it unless given, 0 for none
   * @param connections most that are open at once; further ones are closed as they come
   * @param readWait how long a request's header may take, and a pause in its body
   * @param keepAlive after how much silence a stream gets a comment
   * @param drainWait how long a stopping server waits for its answers to end
   * @param linger how long a server that is told to stop goes on taking requests first, until no
   *     balancer sends it any; then it waits for as long as {@code drainWait} until none is left
   * @param promptThreads read, render and tokenise short prompts; one a processor, but at least
   *     two, unless given; long prompts have one more
   * @param textThreads make text of tokens; one a processor, but at least two, unless given
   * @param parseSpecialTokens whether special tokens that a chat message spells are parsed as
   *     control tokens; otherwise they stay text
   * @param toolFormat how the model writes calls of tools: {@code hermes}, {@code llama}, {@code
   *     mistral}, {@code deepseek}, or {@code auto} to tell by its chat template
   * @param reasoning whether {@code <think>} blocks are reasoning: {@code think}, {@code none}, or
   *     {@code auto} to tell by the chat template
   */
  public record Serving(
      @DefaultValue("512") @Min(1) @Max(1 << 24) int defaultMaxTokens,
      @DefaultValue("16") @Min(1) @Max(1024) int maxChoices,
      @DefaultValue("4MB") @NotNull DataSize bodyLimit,
      @DefaultValue("1024") @Min(1) @Max(1_000_000) int queueLimit,
      @DefaultValue("30s") @NotNull Duration queueWait,
      @DefaultValue("30s") @NotNull Duration loadWait,
      @Nullable DataSize hostCache,
      @DefaultValue("10000") @Min(10) @Max(1_000_000) int connections,
      @DefaultValue("1m") @NotNull Duration readWait,
      @DefaultValue("10s") @NotNull Duration keepAlive,
      @DefaultValue("15s") @NotNull Duration drainWait,
      @DefaultValue("0s") @NotNull Duration linger,
      @DefaultValue("0") @Min(0) @Max(1024) int promptThreads,
      @DefaultValue("0") @Min(0) @Max(1024) int textThreads,
      @DefaultValue("false") boolean parseSpecialTokens,
      @DefaultValue("auto") @Pattern(regexp = "auto|hermes|llama|mistral|deepseek")
          String toolFormat,
      @DefaultValue("auto") @Pattern(regexp = "auto|think|none") String reasoning) {

    /** How many threads a number of 0 means. */
    static int threads(int given) {
      return given > 0 ? given : Math.max(2, Runtime.getRuntime().availableProcessors());
    }

    @AssertTrue(message = "host-cache: must not be negative")
    boolean isHostCacheSane() {
      return hostCache == null || !hostCache.isNegative();
    }

    @AssertTrue(message = "body-limit: must be between 1KB and 1GB")
    boolean isBodyLimitSane() {
      return bodyLimit.toBytes() >= 1024 && bodyLimit.toBytes() <= 1 << 30;
    }

    @AssertTrue(message = "queue-wait: must not be negative")
    boolean isQueueWaitSane() {
      return !queueWait.isNegative();
    }

    @AssertTrue(message = "load-wait: must not be negative")
    boolean isLoadWaitSane() {
      return !loadWait.isNegative();
    }

    @AssertTrue(message = "read-wait: must be 100ms to 1h")
    boolean isReadWaitSane() {
      return readWait.compareTo(Duration.ofMillis(100)) >= 0
          && readWait.compareTo(Duration.ofHours(1)) <= 0;
    }

    @AssertTrue(message = "keep-alive: must be 10ms to 20s")
    boolean isKeepAliveSane() {
      return within(keepAlive, Duration.ofSeconds(20));
    }

    @AssertTrue(message = "drain-wait: must be 10ms to 1h")
    boolean isDrainWaitSane() {
      return within(drainWait, Duration.ofHours(1));
    }

    @AssertTrue(message = "linger: must be 0s to 5m")
    boolean isLingerSane() {
      return !linger.isNegative() && linger.compareTo(Duration.ofMinutes(5)) <= 0;
    }

    private static boolean within(Duration value, Duration most) {
      return value.compareTo(Duration.ofMillis(10)) >= 0 && value.compareTo(most) <= 0;
    }
  }

  /**
   * How files of adapters come in.
   *
   * @param keep how long an upload in several requests waits for more before it is given up
   * @param keepVersions how long a version that was begun waits to be completed, from the last file
   *     that came
   */
  public record Uploads(
      @DefaultValue("24h") @NotNull Duration keep,
      @DefaultValue("7d") @NotNull Duration keepVersions) {
    @AssertTrue(message = "keep-versions: must be 1m or longer")
    boolean isKeepVersionsSane() {
      return keepVersions.compareTo(Duration.ofMinutes(1)) >= 0;
    }

    @AssertTrue(message = "keep: must be 1m to 30d")
    boolean isKeepSane() {
      return keep.compareTo(Duration.ofMinutes(1)) >= 0 && keep.compareTo(Duration.ofDays(30)) <= 0;
    }
  }

  /**
   * What is kept of answers for accounts.
   *
   * @param keepRecords how long each answer has its row; sums by the hour stay
   */
  public record Usage(@DefaultValue("90d") @NotNull Duration keepRecords) {
    @AssertTrue(message = "keep-records: must be 1d or longer")
    boolean isKeepRecordsSane() {
      return keepRecords.compareTo(Duration.ofDays(1)) >= 0;
    }
  }

  /**
   * What metrics tell to whoever can reach them, which takes no key.
   *
   * @param adapterNames adapters by {@code tenant/name@number} instead of by digest
   */
  public record Metrics(@DefaultValue("false") boolean adapterNames) {}

  /**
   * What the log looks like.
   *
   * @param format {@code text} for people, or {@code json}: one object a line, as the Elastic
   *     Common Schema has it
   */
  public record Log(@DefaultValue("text") @Pattern(regexp = "text|json") String format) {
    /** Whether each line is an object. */
    public boolean isJson() {
      return format.equals("json");
    }
  }

  /**
   * This process as one of several on a database.
   *
   * @param name what people call it; the machine's name and the port unless given
   * @param address where the other processes reach it, {@code http://HOST:PORT}; they do not unless
   *     given
   * @param beat how often it announces itself; without a word for three times as long it is gone
   * @param forwarding {@code forward} a request for an adapter to the replica where it is at home,
   *     or {@code serve} every request here
   */
  public record Replica(
      @Nullable @Size(max = 200, message = "must have at most 200 characters") String name,
      @Nullable String address,
      @DefaultValue("2s") @NotNull Duration beat,
      @DefaultValue("serve") @Pattern(regexp = "serve|forward") String forwarding) {
    private static final String ADDRESS =
        "https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(:\\d{1,5})?/?";

    @AssertTrue(message = "beat: must be 100ms to 1m")
    boolean isBeatSane() {
      return beat.toMillis() >= 100 && beat.compareTo(Duration.ofMinutes(1)) <= 0;
    }

    @AssertTrue(message = "address: must be such as http://10.0.0.5:8080")
    boolean isAddressSane() {
      return address == null || address.isBlank() || address.matches(ADDRESS);
    }

    boolean isForwarding() {
      return forwarding.equals("forward");
    }

    /** Where the others reach it, null if they do not. */
    @Nullable URI reachable() {
      return address == null || address.isBlank()
          ? null
          : URI.create(address.replaceFirst("/$", ""));
    }
  }

  /**
   * Which PostgreSQL keeps the registry.
   *
   * @param url JDBC URL; without it an embedded server is started on the data folder
   * @param user owner of the schema; the role that the application runs as is made by it
   * @param connections most at once
   * @param connectWait for a new connection, or for one that is in use
   * @param statementWait how long a statement may give no answer
   */
  public record Database(
      @Nullable String url,
      @DefaultValue("heddle") String user,
      @DefaultValue("") String password,
      @DefaultValue("10") @Min(2) @Max(1000) int connections,
      @DefaultValue("5s") @NotNull Duration connectWait,
      @DefaultValue("10s") @NotNull Duration statementWait) {

    @AssertTrue(message = "connect-wait: must be 1s to 10m")
    boolean isConnectWaitSane() {
      return isWait(connectWait);
    }

    @AssertTrue(message = "statement-wait: must be 1s to 10m")
    boolean isStatementWaitSane() {
      return isWait(statementWait);
    }

    private static boolean isWait(Duration value) {
      return value.compareTo(Duration.ofSeconds(1)) >= 0
          && value.compareTo(Duration.ofMinutes(10)) <= 0;
    }

    ConnectionLimits limits() {
      return new ConnectionLimits(connections, connectWait, statementWait);
    }

    @AssertTrue(
        message =
            "url: must be jdbc:postgresql://HOST:PORT/DATABASE, with HEDDLE_DATABASE_USER and"
                + " HEDDLE_DATABASE_PASSWORD beside it")
    boolean isUrlSane() {
      String external = external();
      return external == null || external.startsWith("jdbc:postgresql:");
    }

    /** The URL of a database that is somebody else's, null if it is the embedded one. */
    public @Nullable String external() {
      return url == null || url.isBlank() ? null : url;
    }

    /** Shows neither the password nor the URL, which may hold it. */
    @Override
    public String toString() {
      return "Database[" + (external() == null ? "embedded" : "external") + ", user=" + user + "]";
    }
  }
}
