package dev.heddle.app.idempotency;

import dev.heddle.app.error.ApiException;
import dev.heddle.app.error.ErrorCode;
import dev.heddle.app.refusal.ErrorHandler;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.tenant.Bearer;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Sessions;
import dev.heddle.format.Digest;
import dev.heddle.format.Digests;
import dev.heddle.registry.idempotency.Claim;
import dev.heddle.registry.idempotency.IdempotencyKeys;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * {@code Idempotency-Key} on POSTs of management: the first request with a key runs, later ones get
 * its answer with {@code Idempotent-Replayed: true}, for a day. Comes after {@code ApiKeyFilter}: a
 * key is its tenant's and its API key's own.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 30)
final class IdempotencyFilter implements WebFilter {
  static final String HEADER = "Idempotency-Key";
  static final String REPLAYED = "Idempotent-Replayed";

  private static final Pattern SANE = Pattern.compile("[\\x20-\\x7e]{1,255}");
  private static final int BODY_BYTES_MAX = 1 << 20;
  private static final MediaType UPLOAD =
      MediaType.parseMediaType("application/offset+octet-stream");

  private final IdempotencyKeys keys;
  private final ErrorHandler errors;

  IdempotencyFilter(IdempotencyKeys keys, ErrorHandler errors) {
    this.keys = keys;
    this.errors = errors;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    ServerHttpRequest request = exchange.getRequest();
    List<String> given = request.getHeaders().getOrEmpty(HEADER);
    boolean applies =
        request.getMethod().equals(HttpMethod.POST)
            && request.getPath().value().startsWith("/api/v1/")
            && !given.isEmpty()
            && Caller.isKnown(exchange);
    if (!applies) {
      return chain.filter(exchange);
    }
    if (given.size() > 1 || !SANE.matcher(given.getFirst()).matches()) {
      return refused("must be 1 to 255 printable ASCII characters, given once");
    }
    if (UPLOAD.isCompatibleWith(request.getHeaders().getContentType())) {
      return refused("is not for uploads: ask where the upload stands, and go on from there");
    }
    return JsonBody.read(request, BODY_BYTES_MAX)
        .flatMap(body -> toItsEnd(claim(exchange, chain, given.getFirst(), body)));
  }

  /** Goes on even if the client leaves: whoever asks again is told what it came to. */
  private static Mono<Void> toItsEnd(Mono<Void> work) {
    return Mono.fromFuture(work::toFuture, true);
  }

  private static Mono<Void> refused(String why) {
    return Mono.error(
        new ApiException(ErrorCode.INVALID_REQUEST, HEADER + " " + why + ".", HEADER));
  }

  private Mono<Void> claim(
      ServerWebExchange exchange, WebFilterChain chain, String key, byte[] body) {
    var caller = Caller.of(exchange);
    Digest fingerprint = fingerprint(exchange.getRequest(), body);
    AnswerSeal seal = new AnswerSeal(shown(exchange.getRequest()), key, fingerprint.bytes());
    Claim.Use use =
        new Claim.Use(
            caller.tenantId(),
            sha256(key.getBytes(StandardCharsets.UTF_8)),
            caller.keyId(),
            fingerprint);
    return Mono.fromCallable(() -> keys.claim(use))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(claim ->
            switch (claim) {
              case Claim.Begun(var attempt) ->
                  run(exchange, chain, body, new IdempotentRun(keys, attempt, seal));
              case Claim.Answered(var answer) ->
                  seal.open(answer)
                      .map(open -> replay(exchange.getResponse(), KeptAnswer.decode(open)))
                      .orElseGet(IdempotencyFilter::reused);
              case Claim.Running running ->
                  Mono.error(
                      new ApiException(
                          ErrorCode.IDEMPOTENCY_IN_PROGRESS,
                          "The request with this idempotency key is still running."));
              case Claim.Reused reused -> reused();
            });
  }

  /** The key's text, or the cookie that stands for it: a secret that we do not keep. */
  private static String shown(ServerHttpRequest request) {
    String bearer = Bearer.of(request);
    return bearer != null
        ? bearer
        : Objects.requireNonNull(request.getCookies().getFirst(Sessions.COOKIE), "was let in")
            .getValue();
  }

  private Mono<Void> run(
      ServerWebExchange exchange, WebFilterChain chain, byte[] body, IdempotentRun run) {
    ServerWebExchange recorded =
        exchange
            .mutate()
            .request(new GivenBody(exchange.getRequest(), body))
            .response(new RecordingResponse(exchange.getResponse(), run::settle))
            .build();
    return run.of(
        chain.filter(recorded).onErrorResume(failure -> errors.handle(recorded, failure)));
  }

  private static Mono<Void> replay(ServerHttpResponse response, KeptAnswer answer) {
    response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
    HttpHeaders headers = response.getHeaders();
    answer.headers().forEach(headers::put);
    headers.set(REPLAYED, "true");
    headers.setContentLength(answer.body().length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(answer.body())));
  }

  private static Mono<Void> reused() {
    return Mono.error(
        new ApiException(
            ErrorCode.IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used for another request, or with another API key."));
  }

  /** What the request says: method, path with query, body. */
  private static Digest fingerprint(ServerHttpRequest request, byte[] body) {
    String target = request.getURI().getRawPath() + "?" + request.getURI().getRawQuery();
    String line = request.getMethod().name() + " " + target + "\n";
    return sha256(line.getBytes(StandardCharsets.UTF_8), body);
  }

  private static Digest sha256(byte[]... parts) {
    MessageDigest sha = Digests.sha256();
    for (byte[] part : parts) {
      sha.update(part);
    }
    return Digest.of(sha.digest());
  }
}
