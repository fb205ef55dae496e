package dev.heddle.app.refusal;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.log.RequestLine;
import dev.heddle.app.quota.MinuteBucket;
import dev.heddle.app.request.RequestId;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tracing.RequestTrace;
import dev.heddle.format.CodePoints;
import dev.heddle.format.Violation;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.server.ServerWebExchange;

/**
 * One line for each refused request: who asked for what, and why not. A tenant, or everybody
 * without a key together, has so many lines at once and one a second beyond them, so that no client
 * fills a disk; the next line says how many are missing. Any thread.
 */
public final class RefusalLog {
  /** As many come back in a minute. */
  static final int LINES_AT_ONCE = 60;

  private static final int TEXT_MAX = 200;
  private static final String UNKNOWN = "-";
  private static final String MODEL = RefusalLog.class.getName();
  private static final Logger log = LoggerFactory.getLogger("heddle.requests");

  private final LongSupplier nanoTime;
  private final Map<String, Allowance> byTenant = new ConcurrentHashMap<>();

  /**
   * @param nanoTime a clock as {@link System#nanoTime}
   */
  RefusalLog(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Notes which model a request names, for the line that its refusal would get. */
  public static void noteModel(ServerWebExchange exchange, String model) {
    exchange.getAttributes().put(MODEL, model);
  }

  void refused(ServerWebExchange exchange, ApiException error) {
    String tenant = Caller.isKnown(exchange) ? Caller.of(exchange).tenant() : UNKNOWN;
    Integer missing = byTenant.computeIfAbsent(tenant, name -> new Allowance(nanoTime)).take();
    if (missing == null) {
      return;
    }
    String id = RequestId.of(exchange);
    RequestLine.of(log.atInfo(), id, RequestTrace.of(exchange).traceId())
        .log(
            "id={} refused status={} code={} method={} path={} tenant={} model={}{}{}",
            id,
            error.code().status(),
            error.reason(),
            shown(exchange.getRequest().getMethod().name()),
            shown(exchange.getRequest().getPath().value()),
            tenant,
            shown(exchange.getAttributeOrDefault(MODEL, UNKNOWN)),
            cause(error),
            missing == 0 ? "" : " (" + missing + " before it are not shown)");
  }

  /** Why the server cannot do it now, which the client is not told. */
  private static String cause(ApiException error) {
    Throwable cause = error.getCause();
    String message = cause == null || error.code().status() < 500 ? null : cause.getMessage();
    return message == null ? "" : " because " + Violation.printable(message, TEXT_MAX);
  }

  /** What a client has written, in one word of bounded length. */
  private static String shown(String text) {
    return CodePoints.brief(text, TEXT_MAX).replaceAll("[^\\x21-\\x7e…]", "?");
  }

  /** How many lines a tenant has left. */
  private static final class Allowance {
    private final MinuteBucket lines;
    private int missing;

    Allowance(LongSupplier nanoTime) {
      lines = new MinuteBucket(LINES_AT_ONCE, nanoTime);
    }

    /** How many lines were left out since the last one; null if this one is left out too. */
    synchronized @Nullable Integer take() {
      if (lines.delay(1) > 0) {
        missing++;
        return null;
      }
      lines.take(1);
      int before = missing;
      missing = 0;
      return before;
    }
  }
}
