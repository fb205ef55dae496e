package dev.heddle.app.api.scoring;

import dev.heddle.app.api.PageView;
import dev.heddle.app.api.residency.ExpertCfg;
import dev.heddle.app.request.JsonBody;
import dev.heddle.app.scoring.ScoringProgress;
import dev.heddle.app.scoring.Scorings;
import dev.heddle.app.tenant.Caller;
import dev.heddle.app.tenant.Requires;
import dev.heddle.format.adapter.ExpertConfig;
import dev.heddle.registry.ConflictException;
import dev.heddle.registry.access.Scope;
import dev.heddle.score.ExpertChoice;
import dev.heddle.score.ExpertScores;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Runs sample data through the base model to tell which experts a task needs. */
@RestController
@Requires(Scope.ADAPTERS)
@Tag(name = "Scorings")
@RequestMapping("/api/v1/scorings")
final class ScoringsController {
  static final String JSON_LINES = "application/jsonl";

  private final Scorings scorings;

  ScoringsController(Scorings scorings) {
    this.scorings = scorings;
  }

  @Operation(
      summary = "Score every expert from sample data, in the background; 400 naming each bad line.",
      description =
          "A JSON object a line: `{\"text\": …}`, or `{\"messages\": [{\"role\": …, \"content\":"
              + " …}, …]}`, which go through the base model's chat template. 429 while too many"
              + " jobs have not ended; 409 where the engine's backend cannot tell.")
  @RequestBody(
      required = true,
      content =
          @Content(mediaType = ScoringsController.JSON_LINES, schema = @Schema(type = "string")))
  @ApiResponse(responseCode = "202")
  @ApiResponse(responseCode = "429")
  @PostMapping(consumes = {ScoringsController.JSON_LINES, MediaType.APPLICATION_JSON_VALUE})
  Mono<ResponseEntity<ScoringView>> begin(ServerWebExchange exchange) {
    UUID tenant = Caller.of(exchange).tenantId();
    scorings.requirePossible();
    return JsonBody.read(exchange.getRequest(), scorings.limits().maxBytes())
        .flatMap(data ->
            Mono.fromCallable(() -> scorings.begin(tenant, data))
                .subscribeOn(Schedulers.boundedElastic()))
        .map(ScoringsController::accepted);
  }

  private static ResponseEntity<ScoringView> accepted(ScoringProgress job) {
    return ResponseEntity.accepted()
        .location(URI.create("/api/v1/scorings/" + job.id()))
        .body(ScoringView.of(job));
  }

  @Operation(summary = "List the tenant's latest scorings, the latest first, without scores.")
  @GetMapping
  PageView<ScoringView> list(ServerWebExchange exchange) {
    UUID tenant = Caller.of(exchange).tenantId();
    return new PageView<>(scorings.list(tenant).stream().map(ScoringView::inList).toList(), null);
  }

  @Operation(summary = "Show how far a scoring is, and its scores once it is done.")
  @GetMapping("/{id}")
  ScoringView get(@PathVariable String id, ServerWebExchange exchange) {
    return ScoringView.of(scorings.get(Caller.of(exchange).tenantId(), id));
  }

  @Operation(summary = "Cancel a scoring; one that has ended stays as it is.")
  @DeleteMapping("/{id}")
  ScoringView cancel(@PathVariable String id, ServerWebExchange exchange) {
    return ScoringView.of(scorings.cancel(Caller.of(exchange).tenantId(), id));
  }

  @Operation(
      summary = "Choose each layer's most relevant experts: an expert_cfg.json to train by.",
      description =
          "As few as their scores sum to `p`; where all that any token was sent to stay below it,"
              + " all of those. 409 until the scoring is done.")
  @ApiResponse(responseCode = "200")
  @ApiResponse(responseCode = "409")
  @GetMapping("/{id}/expert-cfg")
  ResponseEntity<ExpertCfg> choose(
      @PathVariable String id,
      @Parameter(
              description = "Which score counts.",
              schema =
                  @Schema(
                      type = "string",
                      allowableValues = {"gate", "token"},
                      defaultValue = "token"))
          @RequestParam(required = false)
          @Nullable String score,
      @Parameter(
              description = "Above 0, at most 1; 0.2 for `token` and 0.1 for `gate` unless given.",
              schema = @Schema(type = "number"))
          @RequestParam(required = false)
          @Nullable String p,
      ServerWebExchange exchange) {
    ExpertScores scores = scorings.get(Caller.of(exchange).tenantId(), id).scores();
    ChoiceParams params = ChoiceParams.read(score, p);
    if (scores == null) {
      throw new ConflictException("scoring-not-done", "the scoring is not done");
    }
    ExpertConfig chosen = ExpertChoice.of(scores, params.relevance(), params.p()).config();
    ContentDisposition file = ContentDisposition.attachment().filename(ExpertConfig.FILE).build();
    return ResponseEntity.ok()
        .header(HttpHeaders.CONTENT_DISPOSITION, file.toString())
        .body(ExpertCfg.of(chosen));
  }
}
